"""The same spans by grammar, where a spaCy pipeline with a parser is installed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from annotate.records import Span
from annotate.rules.book import RuleBook
from annotate.rules.spans import SpanFinder

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

_SPEAKERS: Final = ("nsubj", "nsubj:pass", "nsubjpass")
_SAID: Final = ("ccomp", "xcomp", "dobj", "obj", "oprd", "parataxis")


class ParsedSpanFinder:
    """Proposes spans by subjects and objects of cue verbs; by patterns where there are none."""

    def __init__(self, book: RuleBook, nlp: "Language") -> None:
        """Take the words of a book of rules and a pipeline.

        Args:
            book: its classes ``CUE`` and ``DENIES`` hold the verbs.
            nlp: any pipeline; one without a parser finds what the patterns find.
        """
        self._nlp = nlp
        self._cues = frozenset(book.classes.get("CUE", ()))
        self._denying = frozenset(book.classes.get("DENIES", ()))
        self._patterns = SpanFinder(book)

    def find(self, text: str) -> tuple[Span, ...]:
        """The spans of a sentence in the order of the text."""
        found = self._parsed(self._nlp(text))
        return tuple(sorted(found, key=lambda span: span.start)) or self._patterns.find(text)

    def _parsed(self, doc: "Doc") -> list[Span]:
        """The spans around the first cue that has a subject and something said."""
        for cue in doc if doc.has_annotation("DEP") else ():
            if cue.lower_ in self._cues and cue.dep_ != "amod":
                source, said = _source(cue), _said(cue)
                if source and said:
                    role = "target" if cue.lower_ in self._denying else "content"
                    return [*_spans("source", source), *_spans("cue", [cue]), *_spans(role, said)]
        return []


def _source(cue: "Token") -> list["Token"]:
    """Who says it: the subject, or of a passive verb the agent."""
    agents = [word for by in cue.children if by.dep_ == "agent" for word in by.children]
    subjects = [child for child in cue.children if child.dep_ in _SPEAKERS[:1]]
    return [token for head in (agents or subjects)[:1] for token in head.subtree]


def _said(cue: "Token") -> list["Token"]:
    """What is said: the clause or object of the verb, or of a passive verb the subject."""
    roles = _SPEAKERS[1:] if any(child.dep_ == "agent" for child in cue.children) else _SAID
    heads = [child for child in cue.children if child.dep_ in roles]
    words = [token for head in heads[:1] for token in head.subtree]
    return words[1:] if words and words[0].dep_ == "mark" and words[0].lower_ == "that" else words


def _spans(role: str, tokens: Iterable["Token"]) -> Iterator[Span]:
    """One span from the first to the last of the words, without marks around them."""
    words = [token for token in tokens if not token.is_punct and not token.is_space]
    if words:
        yield Span(start=words[0].idx, end=words[-1].idx + len(words[-1]), label=role)
