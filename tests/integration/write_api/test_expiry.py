from __future__ import annotations

from datetime import timedelta

import pytest
from pytest import MonkeyPatch

from tests.integration.write_api.conftest import Someone
from write_api.persistence import expiry
from write_api.persistence.expiry import EXPIRIES, Expiry, forget_expired
from write_api.persistence.unit_of_work import Pool

# How to put one row into each table; $1 is the time that decides.
INSERTS = {
    "idempotency_keys": "INSERT INTO idempotency_keys (principal_id, route, key, request_hash, status, created_at)"
    " VALUES ($2, 'r', gen_random_uuid()::text, 'h', 201, $1)",
    "sessions": "INSERT INTO sessions (id, user_id, last_used_at, expires_at, version, created_at, updated_at)"
    " VALUES (gen_random_uuid(), $2, $1, $1, 1, $1, $1)",
    "refresh_tokens": "INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)"
    " SELECT uuid_send(gen_random_uuid()), id, $1, $1 FROM sessions WHERE user_id = $2 LIMIT 1",
    "api_tokens": "INSERT INTO api_tokens"
    " (id, user_id, name, scopes, token_hash, hint, expires_at, version, created_at, updated_at)"
    " VALUES (gen_random_uuid(), $2, 'n', '{read}', uuid_send(gen_random_uuid()), '', $1, 1, $1, $1)",
    "password_resets": "INSERT INTO password_resets (token_hash, user_id, created_at, expires_at)"
    " VALUES (uuid_send(gen_random_uuid()), $2, $1, $1)",
    "sign_in_networks": "INSERT INTO sign_in_networks (user_id, network, last_used_at)"
    " VALUES ($2, gen_random_uuid()::text, $1)",
    "attachments": "WITH file AS (INSERT INTO attachment_files (storage_key, created_at)"
    " VALUES (encode(sha256(uuid_send(gen_random_uuid())), 'hex'), $1) RETURNING storage_key)"
    " INSERT INTO attachments (id, owner_id, file_name, media_type, size_bytes, sha256, storage_key, version,"
    " created_at, updated_at)"
    " SELECT gen_random_uuid(), $2, 'a.png', 'image/png', 1, sha256(''), storage_key, 1, $1, $1 FROM file",
}


@pytest.mark.parametrize("expired", EXPIRIES, ids=lambda expired: expired.table)
async def test_what_served_its_time_goes_and_the_rest_stays(
    customer: Someone, pool: Pool, expired: Expiry, monkeypatch: MonkeyPatch
) -> None:
    # What other tests left.
    await forget_expired(pool)
    monkeypatch.setattr(expiry, "ROWS_PER_TRANSACTION", 2)
    now = await pool.fetchval("SELECT now()")
    day = timedelta(days=1)
    before = await pool.fetchval(f"SELECT count(*) FROM {expired.table}")
    for at in [now - expired.keep - day] * 5 + [now - expired.keep + timedelta(hours=1), now]:
        await pool.execute(INSERTS[expired.table], at, customer.user.id)
    assert await forget_expired(pool) == 5
    assert await pool.fetchval(f"SELECT count(*) FROM {expired.table}") == before + 2
