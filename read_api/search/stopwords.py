"""Words that a question carries and an answer may lack: searched for, but not required when others are there."""

from __future__ import annotations

from collections.abc import Iterable

_STOPWORDS = {
    "en": (
        "a an and are as at be but by can could do does for from have how i if in into is it its me my no not "
        "of on or our should so such that the their then there these they this to us was we were what when "
        "where which who why will with would you your"
    ),
    "de": (
        "aber als am an auch auf aus bei bin das dass dem den der des die du ein eine einem einen einer es "
        "für haben hat ich im in ist kann man mein meine meinen mich mir mit nach nicht noch oder sich sie "
        "sind und um uns vom von vor was wenn wer wie wird wir wo zu zum zur"
    ),
    "es": (
        "al con como cómo de del el ella en es esta este la las lo los me mi no o para pero por que qué se si "
        "sin sobre su sus un una y ya yo"
    ),
    "fr": (
        "à au aux avec ce ces comment dans de des du elle en est et il je la le les leur ma mais mes mon ne "
        "nous on ou où par pas pour que qui sa se ses son sur un une vous"
    ),
    "it": (
        "a al alla che come con da dal de dei del della di e è gli ha ho i il in io la le lo ma mi mio nel "
        "non o per perché più se si sono su un una"
    ),
    "nl": (
        "aan als bij dat de die dit een en er het hoe ik in is kan maar met mijn naar niet of om op over te "
        "tot uit van voor wat wie zijn"
    ),
    "pt": (
        "a ao as até com como da das de do dos e é ela ele em esta este eu mas me meu minha na não nas no nos "
        "o os ou para pelo por que se sem seu sua um uma"
    ),
}
_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}


def split(words: Iterable[str], languages: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional). Where every word is a stopword, all are required: somebody wants just those."""
    known = frozenset().union(*(_BY_LANGUAGE.get(language, frozenset()) for language in languages))
    typed = tuple(words)
    required = tuple(word for word in typed if word.lower() not in known)
    if not required:
        return typed, ()
    return required, tuple(word for word in typed if word.lower() in known)
