"""The role of contacts obeys the policy that hides a withdrawn name: phone, address and representative go with it.

The policy named the three levels; the role that reads the contacts of an opening (0015) was forgotten.
"""

from alembic import context, op

revision = "0022"
down_revision = "0021"

UP = """
alter policy hidden on person
  to "{prefix}lv_organization", "{prefix}lv_district", "{prefix}lv_region", "{prefix}lv_contacts";
"""


def upgrade() -> None:
    op.execute(UP.replace("{prefix}", context.config.attributes["role_prefix"]))


def downgrade() -> None:
    """Nothing: what the policy hides stays hidden in every state of the schema that has it."""
