"""Owner of the schema: Alembic, sequential names, SQL first."""
