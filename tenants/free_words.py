"""Words that people type: a name may slip into any of them.

`tenants.subjects.mentions` looks for names in them before an act of destruction is signed, and the journal, which
nobody can change afterwards, says of them only that they changed.
"""

from collections.abc import Mapping

FREE_WORDS: Mapping[str, frozenset[str]] = {
    "destruction": frozenset({"return_reason"}),
    "document_mark": frozenset({"number"}),
    "explanation": frozenset({"text"}),
    "file": frozenset({"name"}),
    "measure": frozenset({"title", "period_raw", "question_answer", "responsible", "result", "details"}),
    "measure_execution": frozenset({"note"}),
    "meeting": frozenset({"topic"}),
    "participation": frozenset({"class_name"}),
    "name_opening": frozenset({"reason"}),
    "name_opening_event": frozenset({"reason"}),
    "programme": frozenset({"title"}),
    "record_history": frozenset({"before"}),
    "remark_answer": frozenset({"text"}),
    "revision_cell": frozenset({"text_value", "adjustment_reason"}),
    "roadmap": frozenset({"title"}),
    "roadmap_import": frozenset({"reading"}),
    "roadmap_remark": frozenset({"text"}),
    "roadmap_state": frozenset({"reason"}),
    "roadmap_version": frozenset({"title"}),
    "subject_request": frozenset({"prolonged_words"}),
    "submission_cell": frozenset({"text_value", "adjustment_reason"}),
    "submission_event": frozenset({"reason"}),
    "submission_remark": frozenset({"text"}),
    "submission_remark_answer": frozenset({"text"}),
    "submission_remark_draft": frozenset({"text"}),
    "submission_state": frozenset({"reason"}),
    "version_measure": frozenset({"title", "period_raw", "question_answer", "responsible", "result", "details"}),
}
"""By table, the columns."""
