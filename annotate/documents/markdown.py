"""Markdown to the text that a reader would see: headings, paragraphs and list items as lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from annotate.documents.article import Article, Found, UnusableError
from annotate.documents.entry import Entry
from annotate.documents.front_matter import split_front_matter
from annotate.documents.options import ReadingOptions
from annotate.documents.plain import text_of
from annotate.text import Normalised, normalise

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_CHARACTERS = 2_000_000
"""Longest Markdown that is parsed."""
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)


def read_markdown(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The article in a Markdown file: front matter, then the text without markup.

    The first heading of the first level is the title and leaves the text, where it stands at the
    beginning and front matter names no other. Pictures and raw HTML tags go; the words of links,
    lists, quotations, tables and code stay.

    Raises:
        UnusableError: not text, or too large for an article.
    """
    original = text_of(entry, options)
    if len(original) > MAX_CHARACTERS:
        msg = f"holds {len(original):,} characters, more than any article; divide it"
        raise UnusableError(msg)
    fields, body = split_front_matter(normalise(original), options.names)
    try:
        title, blocks = _read(body.text)
    except RecursionError:
        msg = "has lists or quotations nested too deeply"
        raise UnusableError(msg) from None
    if title and "title" in fields:
        blocks = [title, *blocks] if title != fields["title"] else blocks
    elif title:
        fields["title"] = title
    text = Normalised(normalise("\n\n".join(blocks)).text)
    article = Article(text, entry.name, original, entry.name)
    yield replace(article, **fields)  # type: ignore[arg-type]  # names are those of the article


def _read(text: str) -> tuple[str | None, list[str]]:
    """The heading at the beginning and the blocks after it."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks = [block for block in _blocks(tokens) if block]
    opens = next((t for t in tokens if t.type != "html_block"), None)
    if opens is not None and opens.type == "heading_open" and opens.tag == "h1" and blocks:
        return blocks[0], blocks[1:]
    return None, blocks


def _blocks(tokens: Sequence["Token"]) -> Iterator[str]:
    """The text of each block; the cells of a table's row in one line."""
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield " | ".join(cells or [])
            cells = None
        elif token.type == "inline":
            said = _inline(token.children or [])
            if cells is None:
                yield said
            else:
                cells.append(said)
        elif token.type in {"fence", "code_block"}:
            yield token.content.strip()
        elif token.type == "html_block":
            yield _TAG.sub("", token.content).strip()


def _inline(tokens: Sequence["Token"]) -> str:
    pieces = []
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak":
            pieces.append("\n")
    return "".join(pieces).strip()
