from __future__ import annotations

import secrets

# Without vowels nothing looks like a suffix to a stemmer, and no two random words are a typo apart.
_LETTERS = "bcdfghjklmnpqrtvwxz"


def word() -> str:
    """A word that nobody else uses: what is found with it was made here."""
    return "q" + "".join(secrets.choice(_LETTERS) for _ in range(11))
