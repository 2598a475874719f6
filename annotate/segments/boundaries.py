"""Where a line's sentences end: one pass over the final marks, and a rule for each doubtful one.

Most full stops follow an ordinary word and stand before a capital: those end a sentence at once.
Every other mark is put to `RULES` in their order, and the first that knows decides.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from annotate.segments import abbreviations as words

_OPEN = "\"'“‘«„‚`([\xa0 "
_QUOTES = frozenset("\"'“”‘’»«`")
_BULLETS = frozenset("•●▪■◆‣*►➤")

_MARK = re.compile(
    r"""
    (?P<mark>[.!?…]+|[。！？｡।॥؟۔]+)
    (?P<close>[\"'”’»)\]]*(?:[“‘](?=\s))?(?:\[\d{1,3}\])*(?:\s*[☀-➿🀀-🫿️‍]+[\"'”’»)\]]*)*)
    (?:
        (?P<gap>\s+)
      | (?<=[。！？｡।॥”])(?=\S)
      | (?<=[a-z)”][.])(?=[“‘]?[A-Z][a-z])
      | (?<=[a-z)][.!?][\"”’])(?=[A-Z“‘])
    )
    """,
    re.VERBOSE,
)
_STRAY = re.compile(r"(''|[\"”’'»)\]])(?:\s+|$)")
_WORD = re.compile(r"[^\W\d_]+")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_CONSONANTS = re.compile(r"[A-Z][bcdfghjklmnpqrstvwxz]{1,3}")
_MARKER = re.compile(
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[)\]]?|[-–—*•●▪]\s*\d{1,3}"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)*[A-Za-z]?")
_NAMED = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w.'’-]*|of|de|van|von|der|the|al|and)\s+){0,5}[A-ZÀ-Þ][\w'’-]*"
    r"(?:,[^.!?\"“”,]{1,60},)?\s+"
    r"(?:said|says|asked|asks|added|wrote|writes|replied|cried|shouted|demanded|wondered|exclaimed"
    r"|told|yelled|tweeted|joked|quipped|recalled|continued|responded|answered|thundered|screamed)"
    r"(?=\s*(?:$|[.,:;—–-])|\s+(?:in|on|at|during|after|to|of|as|when|while|before|from|aloud|again"
    r"|later|him|her|them|me|us|reporters|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    r"|with|afterwards?|angrily|rhetorically|recently|last|this|earlier|through|into|back|via)\b)"
)
_LEFT_OUT = re.compile(r"(?:\.\.\.|…)\s*[\"'“‘(]?[A-ZÀ-Þ]")
_DASH = re.compile(r"(?:--|[-–—])\s+[\"'“‘(]?[A-ZÀ-Þ]")
_LOWER_NAME = re.compile(r"[a-z]{1,2}[A-Z]|(?:al|el|d|l)[-'’][A-Z]|https?://|www\.|[\w.]+@")
_ENDS = frozenset(".!?")
_CLOSED_DAY = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=\s*[.,]|\s+(?:in|on|at|after|during|as|night)\b)"
)


@dataclass(slots=True)
class Break:
    """The end of a sentence and the beginning of the next one."""

    end: int
    start: int


class Place:
    """A mark that may end a sentence, and what stands around it."""

    def __init__(
        self, text: str, found: re.Match[str], *, line: int, start: int, limit: int
    ) -> None:
        self.text = text
        self.line = line
        self.start = start  # of the sentence
        self.limit = limit  # of the line
        self.at = found.start()
        self.mark: str = found["mark"]
        self.close: str = found["close"]
        self.glued = found["gap"] is None
        self.after = found.end()

    @cached_property
    def said(self) -> str:
        """The sentence so far, without its last mark."""
        return self.text[self.start : self.at]

    @cached_property
    def token(self) -> str:
        """The word before the mark, dots inside it kept."""
        begin = max(self.start, self.at - 40)
        token = self.text[begin : self.at].rsplit(None, 1)[-1:] or [""]
        return re.split(r"[-–—/(\[\"“‘'’&]", token[0])[-1]

    @cached_property
    def before(self) -> str:
        """The word before that word, with what is attached to it."""
        left = self.text[max(self.start, self.at - 80) : self.at].rstrip()
        return (left[: len(left) - len(self.token)].split() or [""])[-1]

    @cached_property
    def rest(self) -> str:
        """What follows, up to the line's end or so."""
        return self.text[self.after : min(self.limit, self.after + 160)]

    @cached_property
    def first(self) -> str:
        """The first character of what follows that is no opening mark; empty at the end."""
        return self.rest.lstrip(_OPEN)[:1]

    @cached_property
    def word(self) -> str:
        """The first word of what follows, or nothing."""
        found = _WORD.match(self.rest.lstrip(_OPEN))
        return found[0] if found else ""

    @property
    def inside_quotation(self) -> bool:
        """Whether a quotation is open at the mark, as far as the line tells."""
        line = self.text[self.line : self.at]
        straight = line.count('"') + line.count("''")
        return line.count("“") > line.count("”") or straight % 2 == 1

    @property
    def quoted(self) -> bool:
        """Whether a quotation mark closes after the mark."""
        return not _QUOTES.isdisjoint(self.close)

    @cached_property
    def opens(self) -> bool:
        """Whether what follows begins as sentences do, and names hardly ever."""
        rest = self.rest.lstrip(_OPEN)
        single = len(self.word) == 1 and rest[1:2] == "."
        return self.word in words.OPENERS and not single

    @property
    def ellipsis(self) -> bool:
        """Whether the mark stands for words left out."""
        return "…" in self.mark or ".." in self.mark or self.said.endswith((" .", "\xa0."))


def breaks(text: str, start: int, limit: int) -> Iterator[Break]:
    """Where a sentence ends inside the line ``text[start:limit]`` and the next begins."""
    line = start
    for found in _MARK.finditer(text, start, limit):
        after = found.end()
        if after >= limit:
            return
        if _plainly(text, found, after, start) or _decided(
            Place(text, found, line=line, start=start, limit=limit)
        ):
            end = found.end("close")
            stray = _STRAY.match(text, after, limit) if text[after] in "\"'”’»)]" else None
            if stray and _closes(text, stray, start):
                end, after = stray.end(1), stray.end()
                if after >= limit:
                    return
            yield Break(end, after)
            start = after


def _plainly(text: str, found: re.Match[str], after: int, start: int) -> bool:
    """Whether a full stop after an ordinary word stands before a capital."""
    at = found.start()
    word = text[text.rfind(" ", start, at) + 1 : at]
    return (
        word.isalpha()
        and word not in _ABBREVIATIONS
        and text[after].isupper()
        and found.group() == ". "
        and (len(word) > 4 or (len(word) > 1 and not _CONSONANTS.fullmatch(word)))
    )


def _closes(text: str, stray: re.Match[str], start: int) -> bool:
    """Whether a quotation mark with blanks around it closes what was opened in the sentence."""
    mark = stray[1]
    return mark not in {'"', "''", "'"} or text.count(mark, start, stray.start()) % 2 == 1


def _decided(place: Place) -> bool:
    for rule in RULES:
        decision = rule(place)
        if decision is not None:
            return decision
    return True


def nothing_said_yet(place: Place) -> bool | None:
    """A sentence has letters or digits."""
    return None if any(c.isalnum() for c in place.said) else False


def list_marker(place: Place) -> bool | None:
    """A number or a letter at the beginning belongs to what follows: "2. Wash your hands."."""
    if place.mark != "." or len(place.said) > 30:
        return None
    said = place.said.strip("“\"‘'")
    if _MARKER.fullmatch(said):
        return False
    noun, _, number = said.partition(" ")
    return False if noun.lower() in words.NUMBERED and _NUMBER.fullmatch(number) else None


def bullet(place: Place) -> bool | None:
    """A bullet begins an entry of a list."""
    return True if place.rest[0] in _BULLETS else None


def more_marks(place: Place) -> bool | None:
    """A dash, a comma or another mark goes on with the sentence."""
    if place.rest[0] in ",;:)]&/|+=":
        return False
    if _LEFT_OUT.match(place.rest):
        return place.mark in _ENDS and place.token not in _ABBREVIATIONS
    if _DASH.match(place.rest):
        return not place.quoted and "." not in place.token and place.token not in _ABBREVIATIONS
    return False if place.rest[0] in ".!?…–—-" else None


def symbol(place: Place) -> bool | None:
    """A symbol such as an emoji stays with the words before it."""
    first = place.first
    return None if first.isalnum() or first in "@#$£€¥₹¿¡<~%'’\"" else first in _OPEN and bool(first)


def lower_case(place: Place) -> bool | None:
    """A sentence hardly begins in lower case, but for names such as iPhone or al-Shabab."""
    if not place.first.islower():
        return None
    if place.token in _ABBREVIATIONS or place.mark != "." or "." in place.token:
        return False
    name = _LOWER_NAME.match(place.rest.lstrip(_OPEN))
    particle = re.match(r"([a-z]+)\s+(?:[a-z]+\s+)?[A-Z]", place.rest)
    if name or (particle and particle[1] in words.PARTICLES):
        return not place.quoted
    return False


def left_out(place: Place) -> bool | None:
    """Words left out end a sentence before a capital."""
    if not place.ellipsis:
        return None
    if not place.first.isupper():
        return False
    if place.said[-1:].isspace() and not place.said.endswith((" .", "\xa0.")):
        return place.opens and place.word != "I"
    return place.word != "I" or place.mark.startswith("....")


def attribution(place: Place) -> bool | None:
    """Who asked or cried stays with the question: "“Why?” Mr Orme asked."."""
    if not place.quoted:
        return None
    if _NAMED.match(place.rest):
        return False
    return False if place.mark != "." and _CLOSED_DAY.match(place.rest) else None


def marked_name(place: Place) -> bool | None:
    """A name that ends in a mark: "Yahoo! Inc."."""
    if place.mark not in {"!", "?"} or place.quoted or not place.token[:1].isupper():
        return None
    if place.token in words.MARKED:
        return place.opens
    alone = place.said == place.token and place.token not in words.CRIES and place.mark == "!"
    noun = place.before.isalpha() and place.before in words.NAMED
    return place.opens if (alone or noun) and not place.inside_quotation else None


def only_full_stops(place: Place) -> bool | None:
    """Questions, exclamations and closed quotations end; what follows is about full stops."""
    if place.mark != ".":
        return True
    return True if place.quoted and place.token not in words.TITLES else None


def title(place: Place) -> bool | None:
    """A name follows a title."""
    if place.token == "St" and place.opens and place.before[:1].isupper():
        return True  # a street
    return False if place.token in words.TITLES or place.token in words.INNER else None


def before_number(place: Place) -> bool | None:
    """"No. 5" and "p. 5", but "She said no."."""
    if place.token not in words.BEFORE_NUMBER:
        return None
    return False if place.first.isdigit() else None if len(place.token) == 1 else True


def month(place: Place) -> bool | None:
    """"Sept. 11", but "in Sept. Turnout fell."."""
    return not place.first.isdigit() if place.token in words.MONTHS else None


def hour(place: Place) -> bool | None:
    """"at 5 p.m. Monday", but "at 5 p.m. Police came."."""
    if place.token not in words.HOURS:
        return None
    return place.first.isupper() and place.word not in words.AFTER_HOURS


def state(place: Place) -> bool | None:
    """"in Fresno, Calif. Turnout fell.", but "the Calif. Legislature"."""
    if place.token not in words.STATES:
        return None
    if place.rest[0] == "(":
        return place.opens
    return place.opens or (place.before.endswith(",") and place.word not in words.TITLES)


def lettered(place: Place) -> bool | None:
    """"Plan B. Nobody asked." has no initial."""
    if len(place.token) != 1 or not place.token.isalpha():
        return None
    return True if place.before.lower() in words.LETTERED else None


def abbreviation(place: Place) -> bool | None:
    """Initials and what else may end a sentence or not: the next word tells."""
    token = place.token
    shaped = _INITIALS.fullmatch(token) or _CONSONANTS.fullmatch(token)
    single = len(token) == 1 and token.isalpha()
    if not (shaped or single or token in words.OFTEN_INNER):
        return None
    return place.opens or (place.rest[0] in "“\"‘" and place.first.isupper() and not single)


RULES: tuple[Callable[[Place], bool | None], ...] = (
    nothing_said_yet,
    list_marker,
    bullet,
    more_marks,
    symbol,
    lower_case,
    attribution,
    left_out,
    marked_name,
    only_full_stops,
    title,
    before_number,
    month,
    hour,
    state,
    lettered,
    abbreviation,
)
"""In order; a rule says whether the sentence is over, or None where it does not know."""

_ABBREVIATIONS = (
    words.TITLES
    | words.INNER
    | words.BEFORE_NUMBER
    | words.MONTHS
    | words.STATES
    | words.OFTEN_INNER
    | words.HOURS
)
