"""Forms of English verbs and nouns by the regular endings."""

from dataclasses import dataclass

_SIBILANT = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Forms:
    """A verb's five forms; of a regular one the past and its participle are the same."""

    base: str
    s: str
    ed: str
    en: str
    ing: str


def verb_forms(verb: str) -> Forms:
    """The forms of a verb.

    Args:
        verb: a regular verb such as ``deny``, or all five forms, ``say says said said saying``.
            A verb that doubles its last letter is given by its forms too.

    Raises:
        ValueError: neither one word nor five.
    """
    match verb.split():
        case [base]:
            return Forms(base, _with_s(base), _with_ed(base), _with_ed(base), _with_ing(base))
        case [base, s, ed, en, ing]:
            return Forms(base, s, ed, en, ing)
        case _:
            msg = f"{verb!r} is neither one verb nor its five forms"
            raise ValueError(msg)


def noun_forms(noun: str) -> tuple[str, str]:
    """Singular and plural of a noun: of one word by the endings, of two as they stand.

    Raises:
        ValueError: more than two words.
    """
    match noun.split():
        case [one]:
            return one, _with_s(one)
        case [one, more]:
            return one, more
        case _:
            msg = f"{noun!r} is neither one noun nor its singular and plural"
            raise ValueError(msg)


def _with_s(word: str) -> str:
    if _ends_in_y(word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(_SIBILANT) else f"{word}s"


def _with_ed(word: str) -> str:
    if _ends_in_y(word):
        return f"{word[:-1]}ied"
    return f"{word}d" if word.endswith("e") else f"{word}ed"


def _with_ing(word: str) -> str:
    silent = word.endswith("e") and not word.endswith(("ee", "oe", "ye"))
    return f"{word[:-1]}ing" if silent else f"{word}ing"


def _ends_in_y(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in _VOWELS
