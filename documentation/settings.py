"""Every setting, from the class that reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr
from pydantic.fields import ModelField

from documentation.markdown import code, prose, table
from runtime.saved_environment import PREFIX
from runtime.settings import Settings

# Of settings whose default depends on the machine.
COMPUTED = {"attachment_folder": "`attachments` in the data folder"}

INTRODUCTION = f"""# Settings

All processes read the same settings from the environment: `{PREFIX}` and the name in capitals. Lists are separated by
commas. A setting that is out of its limits stops the process at its start, with the reason. The default secrets are
public: `{PREFIX}ENVIRONMENT=production` refuses them. What the environment does not name is taken from the stack of
`tidedesk up`, if one runs here.
"""


def page() -> str:
    rows = [
        (code(variable(name)), kind(field), default(name, field), limits(field), prose(description(field)))
        for name, field in ordered()
    ]
    return f"{INTRODUCTION}\n{table(('variable', 'type', 'default', 'limits', 'what'), rows)}"


def ordered() -> list[tuple[str, ModelField]]:
    """Those of every process first."""
    return sorted(Settings.__fields__.items(), key=lambda one: one[0] not in Settings.__annotations__)


def variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def description(field: ModelField) -> str:
    return field.field_info.description or ""


def kind(field: ModelField) -> str:
    if field.type_ is SecretStr:
        name = "secret"
    else:
        name = {str: "text", int: "number", float: "number", bool: "true or false"}.get(_plain(field.type_), "choice")
    return f"list of {name}" if is_list(field) else name


def is_list(field: ModelField) -> bool:
    return str(field.outer_type_).startswith("tuple")


def default(name: str, field: ModelField) -> str:
    if name in COMPUTED:
        return COMPUTED[name]
    value = field.get_default()
    if field.type_ is SecretStr:
        return "a public one, for development" if value else "none"
    if isinstance(value, tuple):
        value = ",".join(value)
    if isinstance(value, bool):
        value = str(value).lower()
    return "none" if value == "" else code(value)


def limits(field: ModelField) -> str:
    return ", ".join(_limits(field))


def _limits(field: ModelField) -> Iterator[str]:
    info = field.field_info
    choices = _choices(field)
    if choices:
        yield ", ".join(code(choice) for choice in choices)
    if info.ge is not None:
        yield f"at least {info.ge:,}"
    if info.le is not None:
        yield f"at most {info.le:,}"
    if info.min_length is not None:
        yield f"at least {info.min_length} character{'' if info.min_length == 1 else 's'}"
    if info.max_length is not None:
        yield f"at most {info.max_length:,} characters"
    if info.regex is not None:
        yield f"matches {code(info.regex)}"


def _choices(field: ModelField) -> tuple[Any, ...]:
    return () if isinstance(field.type_, type) else tuple(getattr(field.type_, "__args__", ()))


def _plain(kind: Any) -> Any:
    """Constrained types are subclasses of what they constrain."""
    if not isinstance(kind, type):
        return None
    return next((base for base in (bool, int, float, str) if issubclass(kind, base)), None)
