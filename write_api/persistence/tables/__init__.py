"""The schema. Alembic compares these tables with the database; statements take their column lists from here."""

from write_api.persistence.tables import identity, knowledge, outbox, tickets
from write_api.persistence.tables.metadata import metadata

__all__ = ["identity", "knowledge", "metadata", "outbox", "tickets"]
