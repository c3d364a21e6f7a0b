from __future__ import annotations

from domain.shared.errors import ValidationFailed, json_pointer
from domain.shared.text import clean_text
from domain.shared.values import to_items

MAX_TAGS = 64
MAX_TAG_LENGTH = 64


class TooManyTags(ValidationFailed):
    code = "tags.too_many"


def normalise_tags(values: object, field: str = "tags") -> tuple[str, ...]:
    """Lower case, trimmed, each once, in the order given."""
    tags: dict[str, None] = {}
    for index, value in enumerate(to_items(values, json_pointer(field))):
        pointer = json_pointer(field, index)
        lowered = value.lower() if isinstance(value, str) else value
        tags[clean_text(lowered, pointer=pointer, max_length=MAX_TAG_LENGTH)] = None
    if len(tags) > MAX_TAGS:
        raise TooManyTags(
            f"There are {len(tags)} different tags, but at most {MAX_TAGS} are allowed. Remove some.",
            pointer=json_pointer(field),
            details={"count": len(tags), "max_count": MAX_TAGS},
        )
    return tuple(tags)
