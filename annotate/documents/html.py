"""Web pages: the article without what stands around it, and what the page says of it."""

import codecs
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from annotate.documents.article import Article, Found, UnusableError
from annotate.documents.encodings import check_is_text, decode
from annotate.documents.entry import Entry
from annotate.documents.options import ReadingOptions
from annotate.errors import MissingExtraError
from annotate.text import Normalised, normalise

MAX_BYTES = 8 * 2**20
"""Largest page that is parsed; pages of news have a tenth of one megabyte to two."""
MAX_DEPTH = 250
"""Elements in one another; libxml2 itself stops at 256."""
MAX_TAGS = 40_000
"""Most tags of a page; a long live blog has some 20,000."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>")
_NEVER_CLOSED = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
     "colgroup", "html", "head", "body"]
)  # fmt: skip
"""Elements that are empty, or whose end HTML lets you leave out."""
_MOMENT = re.compile(
    r"""(?:published_time|datePublished)["']?\s{0,5}(?:content)?\s{0,5}[=:]\s{0,5}["']"""
    r"(\d{4}-\d\d-\d\dT[\d:.]{4,20}(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)
"""When it was published, as pages tell other machines: Open Graph, schema.org."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_CHARSET_WITHIN = 4096
ENCODINGS = {
    name: name
    for name in (
        "utf-8", "cp866", "cp1250", "cp1251", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258",
        "koi8-r", "koi8-u", "mac-roman", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5",
        "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14",
        "iso8859-15", "iso8859-16", "gb18030", "euc_jp", "iso2022_jp", "cp932", "cp949", "cp950",
    )
} | {
    "ascii": "cp1252", "iso8859-1": "cp1252", "cp1252": "cp1252",
    "iso8859-9": "cp1254", "cp1254": "cp1254",
    "tis-620": "cp874", "iso8859-11": "cp874", "cp874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "big5": "cp950", "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8",
}  # fmt: skip
"""Encodings that a page may name, and the one that its bytes are in; no others are tried.

Source:
    WHATWG, Encoding Standard, section 4.2: most names of old encodings stand for the wider ones of
    Windows; HTML Standard, section 13.2.3.2: a name that can be read as ASCII is not UTF-16.
"""


def read_html(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The article of a web page, by trafilatura: title, date, outlet, byline, canonical address.

    Raises:
        MissingExtraError: the extra ``html`` is not installed.
        UnusableError: no web page, one made to do harm, or one without an article.
    """
    extract = _extractor()
    page = _decoded(entry, options)
    _check_shape(page)
    try:
        found = extract(page)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        msg = f"is HTML that cannot be read ({type(error).__name__})"
        raise UnusableError(msg) from None
    if found is None or not (found.text or "").strip():
        msg = "holds no article that could be told from what stands around it"
        raise UnusableError(msg)
    yield Article(
        text=Normalised(normalise(found.text).text),
        path=entry.name,
        original=page,
        where=entry.name,
        title=found.title,
        outlet=found.sitename,
        url=_canonical(found.url),
        byline=found.author,
        published=_to_the_minute(page, found.date),
        language=found.language,
    )


def _to_the_minute(page: str, day: str | None) -> str | None:
    """The time that the page names for that day, with its zone, else the day."""
    moments = (found[1] for found in _MOMENT.finditer(page))
    return next((moment for moment in moments if day and moment.startswith(day)), day)


def _extractor() -> Callable[[str], Any]:
    """The function that finds the article in a page."""
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise MissingExtraError(extra="html", package="trafilatura") from None

    for talkative in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(talkative).addHandler(logging.NullHandler())

    def extract(page: str) -> Any:  # noqa: ANN401  a class of the library
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dates that nobody asked about
            fast = bare_extraction(page, fast=True, with_metadata=True, include_comments=False)
            return fast or bare_extraction(page, with_metadata=True, include_comments=False)

    return extract


def _decoded(entry: Entry, options: ReadingOptions) -> str:
    """The page as text, by its mark, its own word, or a guess."""
    data = entry.read(limit=MAX_BYTES)
    check_is_text(data)
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    if declared and not data.startswith(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        try:
            return data.decode(_encoding_called(declared[1].decode("ascii")))
        except (LookupError, ValueError):
            options.remarks.add("does not keep to the encoding that it names", entry.name)
    return decode(data, entry.name, options.remarks)


def _encoding_called(name: str) -> str:
    """The encoding that is meant by a name.

    Raises:
        LookupError: it is none that pages are in.
    """
    return ENCODINGS[codecs.lookup(name).name]


def _check_shape(page: str) -> None:
    """Refuse what is no page, or one whose tags are stacked to bring a parser down."""
    count = depth = 0
    for tag in _TAG.finditer(page):
        count += 1
        if count > MAX_TAGS:
            msg = f"has more than {MAX_TAGS:,} tags, as no article has"
            raise UnusableError(msg)
        if tag[3].endswith("/") or tag[2].lower() in _NEVER_CLOSED:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            msg = f"has elements nested more than {MAX_DEPTH} deep, as no article has"
            raise UnusableError(msg)
    if not count:
        msg = "holds no HTML, whatever its name says"
        raise UnusableError(msg)


def _canonical(url: str | None) -> str | None:
    """The address that the page names, if that is one."""
    return url if url and url.startswith(("http://", "https://")) else None
