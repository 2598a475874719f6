"""The patterns of rules: regular expressions over words and classes of words instead of letters.

``SAY`` stands for any word of that class and ``SAY.ed`` for its past forms, ``deny`` for that word,
``!SAY`` for any token but those, ``~3`` for up to three words without a mark between them,
``...`` for anything within the sentence, ``^`` and ``$`` for its ends. What is left is Python's
syntax: ``( | ) ? * + {2,3} (?! (?<!``. Blanks only part one token from the next.

A pattern is quick where it begins with a word, a class or ``^``: these are looked for without
trying the rest.
"""

import re
from collections.abc import Callable, Mapping

Codes = Mapping[str, str]
"""The characters that stand for each class and word in a coded sentence."""

END_CODE = "\n"
"""Stands after each coded sentence, and before the first."""
WORD = "WORD"
"""The class of all words, those of no class among them; marks are not of it."""

ATOM = r"[A-Z][A-Z_]*(?:\.[a-z]+)?|[a-z][a-z'-]*"
_TOKEN = re.compile(
    rf"(?P<group>\(\?P<\w+>|\(\?[:=!<]+)|(?P<open>\()|(?P<unlike>!)?(?P<atom>{ATOM})"
    r"|~(?P<gap>\d+)|(?P<any>\.\.\.)|(?P<edge>[\^$])|\s+"
)
_EDGES = {"^": END_CODE, "$": f"(?={END_CODE})"}


def atoms_of(pattern: str) -> frozenset[str]:
    """The classes and words that a pattern names."""
    found = {match["atom"] for match in _TOKEN.finditer(pattern) if match["atom"]}
    return frozenset(found | {WORD} if "~" in pattern else found)


def compile_pattern(pattern: str, codes: Codes, *, then: str = "") -> re.Pattern[str]:
    """The pattern as a regular expression over coded sentences.

    Args:
        pattern: as said above.
        codes: of every atom of the pattern.
        then: a regular expression over codes that follows.

    Raises:
        ValueError: not a regular expression.
    """
    try:
        return re.compile(_TOKEN.sub(_in_codes(codes), pattern) + then)
    except re.error as error:
        msg = f"{pattern!r} is no pattern: {error.msg}"
        raise ValueError(msg) from None


def _in_codes(codes: Codes) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "atom":
            return _either(codes[match["atom"]], unlike=match["unlike"] is not None)
        if kind == "gap":
            return f"{_either(codes[WORD])}{{0,{match['gap']}}}"
        if kind == "edge":
            return _EDGES[match["edge"]]
        return {"any": f"[^{END_CODE}]*?", "open": "(?:", None: ""}.get(kind, match.group())

    return replace


def _either(characters: str, *, unlike: bool = False) -> str:
    """A set of the characters, or of all others of the sentence."""
    inside = "".join(f"\\u{ord(character):04x}" for character in characters)
    return f"[^{inside}{END_CODE}]" if unlike else f"[{inside}]"
