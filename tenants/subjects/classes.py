"""What the words in tenant tables are: a contract refuses a text column that stands in none of these classes.

Personal columns are marked in the models (`info={"personal": True}`), words that a person types stand in
`tenants.free_words`. Here are the others: words of the program (codes, titles, digests, names of staff).
"""

from collections.abc import Mapping

_PLACE = frozenset({"section_code", "row_code", "column_code"})
_MEASURE = frozenset({"stage_number", "stage_title", "group_title", "number", "recurrence", "anchor", "question"})

PROGRAM_WORDS: Mapping[str, frozenset[str]] = {
    "consent_text": frozenset({"goal", "data", "actions", "processor", "term"}),
    "consent_withdrawal": frozenset({"ended"}),
    "document_mark": frozenset({"document"}),
    "name_opening": frozenset({"user_name", "place_name"}),
    "name_opening_event": frozenset({"user_name", "place_name"}),
    "region_logo": frozenset({"sha256"}),
    "region_setting": frozenset({"value", "reason", "actor_name"}),
    "register_import": frozenset({"headings", "cells", "fields", "answers", "report", "moved"}),
    "reorganization": frozenset({"author_name", "reason", "card", "outcome", "order_number"}),
    "destruction": frozenset(
        {"proposed_by_name", "proposed_by_post", "confirmed_by_name", "confirmed_by_post", "replay_of"}
    ),
    "destruction_subject": frozenset({"counts"}),
    "edition": frozenset({"code", "version", "title", "kind", "periodicity", "definition", "template", "sha256"}),
    "explanation": frozenset({"control_id", "condition_key", "cells", "author_name"}),
    "fact": _PLACE,
    "file": frozenset({"sha256", "media_type"}),
    "journal": frozenset({"actor_name", "event", "subject_kind", "detail"}),
    "measure": _MEASURE,
    "member_set": frozenset({"sha256", "record_kind"}),
    "mentorship": frozenset({"mentoring_form", "role_model", "order_number"}),
    "participation": frozenset({"mentoring_form", "category"}),
    "person_history": frozenset({"table_name", "operation"}),
    "programme": frozenset({"mentoring_form"}),
    "record_history": frozenset({"table_name", "operation"}),
    "remark_answer": frozenset({"author_name"}),
    "report_run": frozenset(
        {
            "parameters",
            "formats",
            "series",
            "asking_key",
            "progress",
            "asked_by_name",
            "figures",
            "fingerprint",
            "protocol",
            "error",
        }
    ),
    "request_key": frozenset({"key", "endpoint", "location"}),
    "retention_term": frozenset({"kind", "ground", "set_by_name"}),
    "revision": frozenset({"author_name", "findings", "changes"}),
    "revision_cell": _PLACE | {"adjusted_by_name"},
    "roadmap_event": frozenset({"detail", "actor_name"}),
    "roadmap_remark": frozenset({"stage_title", "author_name"}),
    "roadmap_state": frozenset({"order_number"}),
    "roadmap_template": frozenset({"title"}),
    "roadmap_version": frozenset({"sha256", "sender_name"}),
    "rollup": _PLACE,
    "submission_cell": _PLACE | {"adjusted_by_name"},
    "submission_event": frozenset({"actor_name", "cells"}),
    "submission_remark": _PLACE | {"author_name"},
    "submission_remark_answer": frozenset({"author_name"}),
    "submission_remark_draft": _PLACE,
    "submission_state": frozenset({"open_cells", "reviewer_name"}),
    "template_measure": frozenset(
        {
            "stage_number",
            "stage_title",
            "number",
            "title",
            "start_day",
            "end_day",
            "recurrence",
            "due_day",
            "responsible",
            "result",
        }
    ),
    "version_measure": _MEASURE,
}
"""Words of the program or of staff at work: codes, digests, titles from templates, names of employees."""
