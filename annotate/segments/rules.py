"""The rules for doubtful marks: each looks at a mark's neighbours and decides, or does not know."""

import re
from collections.abc import Callable

from annotate.segments import abbreviations as words
from annotate.segments.abbreviations import ABBREVIATIONS, CONSONANTS
from annotate.segments.place import Place

_TITLES_TOO = frozenset({"Mr", "Mrs", "Ms"})  # of the words that open sentences
_LONGEST_MARKER = 30
_ROW = re.compile(r"[_=*~]{2,}")
_BULLETS = frozenset("•●▪■◆‣*►➤")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_MARKER = re.compile(
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[)\]]?"
    r"|\d{1,2}(?:[:.]\d\d)?\s?[aApP]\.?[mM]|[-–—*•●▪]\s*\d{1,3}"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)*[A-Za-z]?|[IVX]+")
_NAMED = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w.'’-]*|of|de|van|von|der|the|al|and)\s+){0,5}[A-ZÀ-Þ][\w'’-]*"
    r"(?:(?<=['’]s)\s+[a-z-]+(?:\s+[a-z-]+){0,2})?"  # the minister's brother
    r"(?:,[^.!?\"“”,]{1,60},)?\s+"
    r"(?:said|says|asked|asks|added|wrote|writes|replied|cried|shouted|demanded|wondered|exclaimed"
    r"|told|yelled|tweeted|joked|quipped|recalled|continued|responded|answered|thundered|screamed)"
    r"(?=\s*(?:$|[.,:;—–-])|\s+(?:in|on|at|during|after|to|of|as|when|while|before|from|aloud|again"
    r"|later|him|her|them|me|us|reporters|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
    r"|with|afterwards?|angrily|rhetorically|recently|last|this|earlier|through|into|back|via)\b)"
)
_LEFT_OUT = re.compile(r"(?:\.\.\.|…)\s*[\"'“‘(]?[A-ZÀ-Þ]")
_DASH = re.compile(r"(?:--|[-–—])\s*[\"'“‘(]?[A-ZÀ-Þ]")
_LOWER_NAME = re.compile(r"[a-z]{1,2}[A-Z]|(?:al|el|d|l)[-'’][A-Z]|https?://|www\.|[\w.]+@")
_PARTICLE = re.compile(rf"(?:{'|'.join(sorted(words.PARTICLES))})\s+(?:[a-z]+\s+)?[A-Z]")
LOWER_OPENER = re.compile(f"{_LOWER_NAME.pattern}|{_PARTICLE.pattern}")
"""What may begin a sentence in lower case."""
_BEFORE_WORDS = frozenset("@#$£€¥₹¿¡<~%'’\"")
_ENDS = frozenset(".!?")
_CLOSED_DAY = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=\s*[.,]|\s+(?:in|on|at|after|during|as|night)\b)"
)


def list_marker(place: Place) -> bool | None:
    """A number or a letter at the beginning belongs to what follows: "2. Wash your hands."."""
    if place.mark != "." or place.length > _LONGEST_MARKER:
        return None
    said = place.said.strip("“\"‘'_. ")
    if _MARKER.fullmatch(said):
        return False
    noun, _, number = said.partition(" ")
    return False if noun.lower() in words.NUMBERED and _NUMBER.fullmatch(number) else None


def no_blank(place: Place) -> bool | None:
    """A blank was forgotten, unless the word looks like a name or an address: "Ask?Me"."""
    if not place.glued or place.quoted or place.mark not in _ENDS:
        return None
    if place.last.islower() and not any(sign in place.said.split()[-1] for sign in "@/_"):
        return place.last not in ABBREVIATIONS
    return place.mark == "." and place.opens and place.last not in ABBREVIATIONS


def bullet(place: Place) -> bool | None:
    """A bullet begins an entry of a list, a row of signs another part."""
    return True if place.rest[0] in _BULLETS or _ROW.match(place.rest) else None


def more_marks(place: Place) -> bool | None:
    """A dash, a comma or another mark goes on with the sentence."""
    if place.rest[0] in ",;:)]&/|+=":
        return False
    if _LEFT_OUT.match(place.rest):
        return place.mark in _ENDS and place.last not in ABBREVIATIONS
    if _DASH.match(place.rest):
        return not place.quoted and "." not in place.last and place.last not in ABBREVIATIONS
    return False if place.rest[0] in ".!?…–—-" else None


def symbol(place: Place) -> bool | None:
    """A symbol such as an emoji stays with the words before it."""
    known = place.first.isalnum() or place.first in _BEFORE_WORDS
    return None if known else False


def lower_case(place: Place) -> bool | None:
    """A sentence hardly begins in lower case, but for names such as iPhone or al-Shabab."""
    if not place.first.islower():
        return None
    if place.last in ABBREVIATIONS or place.mark != "." or "." in place.last:
        return False
    name = _LOWER_NAME.match(place.inner) or _PARTICLE.match(place.rest)
    return name is not None and not place.quoted


def left_out(place: Place) -> bool | None:
    """Words left out end a sentence before a capital."""
    if not place.ellipsis:
        return None
    if not place.first.isupper():
        return False
    if place.said[-1:].isspace() and not place.said.endswith((" .", "\xa0.")):
        return place.opens and place.word not in _TITLES_TOO | {"I"}
    return place.word != "I" or place.mark.startswith("....")


def attribution(place: Place) -> bool | None:
    """Who asked or cried stays with the question: "“Why?” Mr Orme asked."."""
    if not place.quoted:
        return None
    if _NAMED.match(place.rest) and not (place.opens and place.word not in _TITLES_TOO):
        return False
    return False if place.mark != "." and _CLOSED_DAY.match(place.rest) else None


def marked_name(place: Place) -> bool | None:
    """A name that ends in a mark: "Yahoo! Inc."."""
    if place.mark not in {"!", "?"} or place.quoted or not place.last[:1].isupper():
        return None
    if place.last in words.MARKED:
        return place.opens
    alone = place.length == len(place.last) and place.last not in words.CRIES and place.mark == "!"
    noun = place.before.isalpha() and place.before in words.NAMED
    return place.opens if (alone or noun) and not place.inside_quotation else None


def only_full_stops(place: Place) -> bool | None:
    """Questions, exclamations and closed quotations end; what follows is about full stops."""
    if place.mark != ".":
        return True
    return True if place.quoted and place.last not in words.TITLES else None


def title(place: Place) -> bool | None:
    """A name follows a title."""
    if place.last == "St" and place.opens and place.before[:1].isupper():
        return True  # a street
    return False if place.last in words.TITLES or place.last in words.INNER else None


def before_number(place: Place) -> bool | None:
    """A number, or a word: "No. 5" and "p. 5", but "She said no."."""
    if place.last not in words.BEFORE_NUMBER:
        return None
    if place.first.isdigit():
        return False
    return None if len(place.last) == 1 else True  # "P. Rust" may be an initial


def month(place: Place) -> bool | None:
    """A date goes on: "Sept. 11", but "in Sept. Turnout fell."."""
    return not place.first.isdigit() if place.last in words.MONTHS else None


def hour(place: Place) -> bool | None:
    """A day goes with a time: "at 5 p.m. Monday", but "at 5 p.m. Police came."."""
    if place.last not in words.HOURS:
        return None
    return place.first.isupper() and place.word not in words.AFTER_HOURS


def state(place: Place) -> bool | None:
    """A state ends after its town, "in Fresno, Calif. Turnout fell.", and hardly else."""
    if place.last not in words.STATES:
        return None
    if place.rest[0] == "(":
        return place.opens
    return place.opens or (place.before.endswith(",") and place.word not in words.TITLES)


def lettered(place: Place) -> bool | None:
    """A letter after certain nouns is no initial: "Plan B. Nobody asked."."""
    if len(place.last) != 1 or not place.last.isalpha():
        return None
    return True if place.before.lower() in words.LETTERED else None


def abbreviation(place: Place) -> bool | None:
    """Initials and what else may end a sentence or not: the next word tells."""
    last = place.last
    shaped = _INITIALS.fullmatch(last) or CONSONANTS.fullmatch(last)
    single = len(last) == 1 and last.isalpha()
    if not (shaped or single or last in words.OFTEN_INNER):
        return None
    return place.opens or (place.rest[0] in '“"‘' and place.first.isupper() and not single)


_RULES_OF_WORDS = (title, before_number, month, hour, state, lettered, abbreviation)

RULES: tuple[Callable[[Place], bool | None], ...] = (
    list_marker,
    no_blank,
    bullet,
    more_marks,
    symbol,
    lower_case,
    attribution,
    left_out,
    marked_name,
    only_full_stops,
    *_RULES_OF_WORDS,
)
"""In order; a rule says whether the sentence is over, or None where it does not know."""

RULES_OF_STOPS = (list_marker, left_out, *_RULES_OF_WORDS)
"""Those that may know of a single full stop with a blank, then a capital or a digit after it."""
