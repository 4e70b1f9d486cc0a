"""A deputy may be invited: the invitation says for whom, from when until when, why, and whether the other one rests.

The term starts at the later of the stated day and the acceptance and ends on the stated day. One address may be offered
a role for good and as somebody's deputy at once, so the open ones are told apart by the membership stood in for.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

UP = """
alter table invitation
  add column deputy_of_id bigint,
  add column since date,
  add column until date,
  add column suspends boolean not null default false,
  add column reason text not null default '' check (char_length(reason) <= 300),
  add constraint fk_invitation_deputy_of foreign key (deputy_of_id) references membership (id),
  add constraint ck_invitation_deputy check (
    (deputy_of_id is null) = (since is null) and (deputy_of_id is null) = (until is null) and until < since + 90);
create index ix_invitation_deputy_of_id on invitation (deputy_of_id) where deputy_of_id is not null;
drop index uq_invitation_open;
create unique index uq_invitation_open on invitation (organization_id, email, role, coalesce(deputy_of_id, 0))
  where accepted_at is null and taken_back_at is null;
comment on column invitation.deputy_of_id is 'The membership that the invited person is to stand in for; null for a role for good.';
"""

DOWN = """
delete from invitation where deputy_of_id is not null;
drop index uq_invitation_open;
alter table invitation drop column deputy_of_id, drop column since, drop column until, drop column suspends, drop column reason;
create unique index uq_invitation_open on invitation (organization_id, email, role)
  where accepted_at is null and taken_back_at is null;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
