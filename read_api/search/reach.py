"""How far a search reaches: words as they are typed first, and further only where that finds few or nothing.

To look for misspelt words costs more than all the rest of a search, and what it finds stands behind the rest: where
many have the word as it is typed, nobody gets that far.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

# With fewer than these it looks for misspelt words, too.
FEW = 10


class Reach(IntEnum):
    """Each finds what the one before finds, ahead of what it adds."""

    # All words, as they are typed or inflected.
    TYPED = 0
    # All words, also with a letter or two wrong.
    MISSPELT = 1
    # Most of the words.
    SOME = 2


def may_be_misspelt(word: str) -> bool:
    """A number with another digit is another number."""
    return not any(character.isdigit() for character in word)


def further(reach: Reach, found: int, words: Sequence[str]) -> Reach | None:
    """Where to look after so many were found; None: that is all. `words`: those that are required."""
    if reach is Reach.TYPED and found < FEW and any(map(may_be_misspelt, words)):
        return Reach.MISSPELT
    if reach is not Reach.SOME and found == 0 and len(words) > 1:
        return Reach.SOME
    return None
