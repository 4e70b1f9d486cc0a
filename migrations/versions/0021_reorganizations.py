"""Mergers of up to twenty organizations; who of the staff goes with a split."""

from alembic import op

revision = "0021"
down_revision = "0020"

UP = """
alter table reorganization drop constraint reorganization_sources_check;
alter table reorganization add constraint reorganization_sources_check check (cardinality(sources) between 1 and 20);

-- Staff that is named in neither list stays in the source.
alter table reorganization_choice
  add column staff_going bigint[] not null default '{}',
  add column staff_both bigint[] not null default '{}',
  add constraint reorganization_choice_staff_check check (not staff_going && staff_both);
comment on column reorganization_choice.staff_going is 'Accounts that leave the source with every role they hold there.';

-- Splits that were planned before this step had promised everybody the same roles in the new organization.
-- Forced row security hides rows from the owner too.
alter table reorganization_choice no force row level security;
alter table reorganization no force row level security;
update reorganization_choice c set staff_both = array(
  select distinct m.user_id from membership m join reorganization r on m.organization_id = any (r.sources)
  where r.region_id = c.region_id and r.id = c.reorganization_id and m.ended_at is null
  order by m.user_id);
alter table reorganization force row level security;
alter table reorganization_choice force row level security;
"""

DOWN = """
alter table reorganization_choice drop column staff_both, drop column staff_going;
alter table reorganization drop constraint reorganization_sources_check;
alter table reorganization add constraint reorganization_sources_check check (cardinality(sources) between 1 and 10);
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
