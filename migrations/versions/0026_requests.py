"""A request of a subject may be prolonged once, and a withdrawal may answer a request to stop.

The law lets the answer with data and the stop of processing be prolonged by five working days with a reasoned notice
(152-FZ, article 20, parts 1 and 2; article 21, part 5.1), a correction never (article 20, part 3). `due_on` moves, so
whatever looks at it follows; the day it was before stays beside it.
"""

from alembic import op

revision = "0026"
down_revision = "0025"

UP = """
alter table subject_request
  add column prolonged_on date,
  add column prolonged_from date,
  add column prolonged_for text check (prolonged_for in ('volume', 'archive', 'identity', 'other')),
  add column prolonged_words text not null default '' check (char_length(prolonged_words) <= 500),
  add constraint ck_subject_request_prolonged check (
    (prolonged_on is null) = (prolonged_from is null) and (prolonged_on is null) = (prolonged_for is null)
    and prolonged_on <= prolonged_from and prolonged_from < due_on),
  add constraint ck_subject_request_prolongable check (prolonged_on is null or kind in ('copy', 'stop'));
comment on column subject_request.due_on is 'Last day for the answer; after a prolongation the later one.';
comment on column subject_request.prolonged_from is 'Last day for the answer before the prolongation; null without one.';
comment on column subject_request.prolonged_words is 'The reason in the school''s own words; it stands in the notice.';

alter table consent_withdrawal
  add column request_id bigint,
  add constraint fk_consent_withdrawal_request foreign key (region_id, organization_id, request_id)
    references subject_request (region_id, organization_id, id);
create index ix_consent_withdrawal_request on consent_withdrawal (region_id, organization_id, request_id)
  where request_id is not null;
comment on column consent_withdrawal.request_id is 'The request to stop that it answers; null where it came by itself.';
"""

DOWN = """
alter table consent_withdrawal drop column request_id;
alter table subject_request drop column prolonged_on, drop column prolonged_from, drop column prolonged_for,
  drop column prolonged_words;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
