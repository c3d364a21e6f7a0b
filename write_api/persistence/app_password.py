"""The password of the role that the processes have. The migrations make the role, and know no password."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from write_api.persistence.hosts import Hosts

_STATEMENT = "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)"


async def give_password(owner_url: str, app_url: str) -> str | None:
    """Lets the role that `app_url` names sign in with the password that stands there; its name, if there is one.

    The owner's own password is whoever's made the owner, and stays as it is.
    """
    app, owner = urlsplit(app_url), urlsplit(owner_url)
    if not app.username or not app.password or app.username == owner.username:
        return None
    role, password = unquote(app.username), unquote(app.password)
    connection = await Hosts(owner_url).connect()
    try:
        # It takes no parameters.
        await connection.execute(await connection.fetchval(_STATEMENT, role, password))
    finally:
        await connection.close()
    return role
