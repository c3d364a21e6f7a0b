"""A vocabulary ordered by how often its words are used, so that searches meet common and rare words as in real text."""

from __future__ import annotations

from itertools import islice, product

VOCABULARY = 20_000
# Ranks 20 to 60, stop words left out: in 30 to 80 percent of the tickets.
COMMON = (
    *("printer", "page", "screen", "account", "password", "login"),
    *("email", "message", "report", "update", "server", "version"),
)
# In about every tenth ticket, and in about one of a thousand.
MEDIUM_RANK = 120
RARE_RANK = 15_000
_FREQUENT = """
the to and a of is in i it that we for you on not with this have my are can be but please from as your when our at
error after no an if printer or was new page does all screen since will account what password login do see one there
has email work now by user invoice again file get message working today how report update so server version need
paper which still customer order already time morning open every only then help same set browser day also system
problem tried button list shows sent until laptop network thanks office two before export first could change phone
data any slow wrong nothing connect license table found payment support missing access because keyboard light
delivery refund battery calendar monitor backup contract folder template attachment signature upload certificate
warning adapter cable toner tray stripe scanner router firewall subscription webhook tenant timezone translation
""".split()
_ONSETS = ("b", "br", "c", "d", "dr", "f", "g", "gr", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v")
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "io", "ou")
_CODAS = ("lm", "n", "nd", "r", "rk", "s", "st", "t", "x", "z")


def vocabulary() -> list[str]:
    """The word of rank 1 first. After the real ones come pronounceable ones that mean nothing."""
    made = ("".join(parts) for parts in product(_ONSETS, _NUCLEI, _ONSETS, _NUCLEI, _CODAS))
    # Every 7th: neighbours in rank shall not look alike.
    invented = islice(made, 0, None, 7)
    words = list(dict.fromkeys(_FREQUENT))
    known = set(words)
    words += islice((word for word in invented if word not in known), VOCABULARY - len(words))
    return words


def words_around(rank: int, count: int) -> list[str]:
    """Words that are about as frequent as each other, so that a search does not meet the same one every time."""
    return vocabulary()[rank - 1 : rank - 1 + count]
