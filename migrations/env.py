"""Alembic's entry: runs on the connection that `migrations.apply` hands over, one transaction for all steps."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
