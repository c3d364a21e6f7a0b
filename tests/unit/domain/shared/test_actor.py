from __future__ import annotations

import pytest

from domain.shared.actor import Role
from tests.unit.domain.builders import actor


@pytest.mark.parametrize(
    ("role", "staff", "admin"), [(Role.ADMIN, True, True), (Role.AGENT, True, False), (Role.CUSTOMER, False, False)]
)
def test_roles(role: Role, staff: bool, admin: bool) -> None:
    assert (actor(role).is_staff, actor(role).is_admin) == (staff, admin)
