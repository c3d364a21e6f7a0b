"""audit: who did it from where, and a role that cannot change what is written there"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "b83f5c2d9e10"
down_revision = "b83f5c1a7d46"
branch_labels = None
depends_on = None

APP = "tidedesk_app"
APPEND_ONLY = ("domain_events", "sign_in_failures")
_PRIVILEGES = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT, UPDATE"}
_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("ip_address", sa.Text()),
    ("user_agent", sa.Text()),
    ("session_id", sa.UUID()),
    ("api_token_id", sa.UUID()),
)

# Roles belong to the whole server, so another database may have made this one already.
_MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') THEN
        CREATE ROLE {APP} LOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role {APP} is missing, and this user may not make it.'
            USING HINT = 'Let an administrator run: CREATE ROLE {APP} LOGIN. Then migrate again.';
END $$"""

# Freshness asks for the transactions of everybody, also of a person at psql.
_LET_SEE_TRANSACTIONS = f"""
DO $$ BEGIN
    IF NOT pg_has_role('{APP}', 'pg_read_all_stats', 'MEMBER') THEN
        GRANT pg_read_all_stats TO {APP};
    END IF;
EXCEPTION
    WHEN unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'Only an administrator may do this: GRANT pg_read_all_stats TO {APP}';
END $$"""

_REFUSE = """
CREATE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Nothing of % can be changed or removed: it is the audit log.', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$"""

_REFUSE_TOO_EARLY = """
CREATE FUNCTION refuse_to_forget_too_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.occurred_at >= now() - interval '90 days' THEN
        RAISE EXCEPTION 'Failed sign-ins are kept for 90 days.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$"""

# The only way in which the role may remove anything: it has no DELETE of its own.
_FORGET = """
CREATE FUNCTION forget_sign_in_failures(most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH forgotten AS (
        DELETE FROM sign_in_failures WHERE id = ANY (ARRAY(
            SELECT id FROM sign_in_failures
            WHERE occurred_at < now() - interval '90 days' ORDER BY occurred_at LIMIT most
        )) RETURNING id
    ), taken_out AS (
        INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
        SELECT 1, get_byte(uuid_send(id), 15) & 15, 'sign_in', id, 1, id, 'SignInFailureForgotten' FROM forgotten
    )
    SELECT count(*) FROM forgotten
$$"""


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, column_type in _COLUMNS:
        op.add_column("domain_events", sa.Column(name, column_type, nullable=True))
    op.execute(_REFUSE)
    op.execute(_REFUSE_TOO_EARLY)
    op.execute(_FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_sign_in_failures FROM PUBLIC")
    op.execute(_trigger("domain_events", "UPDATE OR DELETE OR TRUNCATE"))
    op.execute(_trigger("sign_in_failures", "UPDATE OR TRUNCATE"))
    op.execute(
        "CREATE TRIGGER keep_for_a_while BEFORE DELETE ON sign_in_failures"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_forget_too_early()"
    )
    _grant()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _revoke()
    op.execute("DROP TRIGGER keep_for_a_while ON sign_in_failures")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION forget_sign_in_failures, refuse_to_forget_too_early, refuse_to_rewrite_history")
    for name, _ in reversed(_COLUMNS):
        op.drop_column("domain_events", name)


def _trigger(table: str, events: str) -> str:
    return (
        f"CREATE TRIGGER append_only BEFORE {events} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()"
    )


def _grant() -> None:
    op.execute(_MAKE_ROLE)
    op.execute(_LET_SEE_TRANSACTIONS)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
    for objects, privileges in _PRIVILEGES.items():
        op.execute(f"GRANT {privileges} ON ALL {objects} IN SCHEMA public TO {APP}")
        # Of every later migration, too.
        op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {privileges} ON {objects} TO {APP}")
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APP}")
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP}")
    op.execute(f"GRANT EXECUTE ON FUNCTION forget_sign_in_failures TO {APP}")


def _revoke() -> None:
    """The role itself stays: other databases of this server may use it."""
    for objects in _PRIVILEGES:
        op.execute(f"REVOKE ALL ON ALL {objects} IN SCHEMA public FROM {APP}")
        op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {objects} FROM {APP}")
    op.execute(f"REVOKE ALL ON SCHEMA public FROM {APP}")
