"""The schema. Alembic compares these tables with the database; statements take their column lists from here."""

from write_api.persistence.tables import api_tokens, identity, knowledge, outbox, sign_in, tickets
from write_api.persistence.tables.metadata import metadata

__all__ = ["api_tokens", "identity", "knowledge", "metadata", "outbox", "sign_in", "tickets"]
