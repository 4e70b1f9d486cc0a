"""The journal read by time: a page of an organization, and of everything below a district or a region."""

from alembic import op

revision = "0019"
down_revision = "0018"

UP = """
create index ix_journal_at on journal (region_id, at desc) where part_of_id is null;
create index ix_journal_district_at on journal (region_id, district_id, at desc) where part_of_id is null;
create index ix_journal_organization_at on journal (region_id, organization_id, at desc) where part_of_id is null;
create index ix_journal_part_of on journal (region_id, organization_id, part_of_id) where part_of_id is not null;
create index ix_account_event_region_id on account_event (region_id, at desc);
"""

DOWN = """
drop index ix_account_event_region_id, ix_journal_part_of, ix_journal_organization_at, ix_journal_district_at, ix_journal_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
