"""Plain text files: a dated opening, front matter, simple headers, or nothing but the text."""

import re
from collections.abc import Iterator
from dataclasses import replace

from annotate.documents.article import Article, Found, UnusableError
from annotate.documents.encodings import decode
from annotate.documents.entry import Entry
from annotate.documents.front_matter import split_front_matter
from annotate.documents.options import ReadingOptions
from annotate.text import normalise

_DATED = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})(?:[ \t]+|\s*\n|$)")
_HTML = re.compile(r"\s*<(!doctype\s+html|html[\s>])", re.IGNORECASE)


def read_plain(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The article in a plain text file.

    It may open with `` date YYYY-MM-DD `` and go on with the text on the same line, with YAML
    between lines of ``---``, or with ``key: value`` lines (title, outlet, url, date, byline, id,
    family, language) that end at a blank line. All of these leave the text. Without any, the file
    is the text.

    Raises:
        UnusableError: not a text file, or too large for an article.
    """
    original = text_of(entry, options)
    if _HTML.match(original):
        msg = "is HTML, whatever its name says; call it .html"
        raise UnusableError(msg)
    text = normalise(original)
    if dated := _DATED.match(text.text):
        rest = text.cut(dated.end(), len(text.text))
        yield Article(rest, entry.name, original, entry.name, published=dated[1])
        return
    fields, rest = split_front_matter(text, options.names)
    article = Article(rest, entry.name, original, entry.name)
    yield replace(article, **fields)  # type: ignore[arg-type]  # names are those of the article


def text_of(entry: Entry, options: ReadingOptions) -> str:
    """A file as text; an encoding that was guessed is remarked.

    Raises:
        UnusableError: not text, or too large for an article.
    """
    return decode(entry.read(), entry.name, options.remarks)
