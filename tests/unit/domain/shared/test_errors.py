from __future__ import annotations

import importlib
import json
import pkgutil

import pytest

import domain
from domain.shared.errors import DomainError, UnknownField, VersionMismatch, json_pointer


def every_error() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    found = [DomainError]
    for error in found:
        found.extend(error.__subclasses__())
    # Subclasses elsewhere, loaded by other tests of the same run, are not the domain's.
    own = {error for error in found if error.__module__.startswith("domain.")}
    return sorted(own, key=lambda error: error.__name__)


@pytest.mark.parametrize("error", every_error())
def test_every_error_has_a_code_of_its_own(error: type[DomainError]) -> None:
    assert "code" in vars(error)
    assert [other for other in every_error() if other.code == error.code] == [error]


def test_a_pointer_escapes_what_the_rfc_asks_for() -> None:
    assert json_pointer("custom_fields", "a/b~c", 0) == "/custom_fields/a~1b~0c/0"


def test_an_error_about_a_broken_key_can_still_be_sent() -> None:
    error = UnknownField("\ud800", ("subject",))
    assert error.pointer == "/?"
    json.dumps([error.message, error.pointer], ensure_ascii=False).encode()


def test_an_error_may_point_nowhere() -> None:
    error = DomainError("It does not work.")
    assert (error.pointer, dict(error.details), str(error)) == (None, {}, "It does not work.")


def test_a_version_mismatch_tells_both_versions() -> None:
    error = VersionMismatch(current_version=9, expected_version=7)
    assert error.current_version == 9
    assert error.details == {"current_version": 9, "expected_version": 7}
