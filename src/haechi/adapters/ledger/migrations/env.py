"""What Alembic runs for each command: on the connection it is given, in the transaction that is open there."""

from alembic import context

from haechi.adapters.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
