"""${message}

Rules: forward only; plain SQL types, no import from haechi (the code moves on, a revision stays); one
transaction; each revision has a test that opens a ledger of the one before it.
"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """${message}"""
    ${upgrades if upgrades else "pass"}
