"""Plain text files: a dated opening, simple headers, or nothing but the text."""

import re
from dataclasses import replace

from annotate.documents.article import Article, UnusableError
from annotate.text import Normalised, normalise

_DATED = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})(?:[ \t]+|\s*\n|$)")
_HEADER = re.compile(r"([A-Za-z][A-Za-z_-]{1,20}):[ \t]*(.*)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FIELDS = {
    "title": "title",
    "headline": "title",
    "outlet": "outlet",
    "source": "outlet",
    "url": "url",
    "date": "published",
    "published": "published",
    "byline": "byline",
    "author": "byline",
    "id": "external_id",
    "family": "family",
    "language": "language",
}
_LEGACY_ENCODINGS = ["cp1252", "latin_1", "cp1250", "cp1251"]
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
"""First bytes of PDF, zip (and Office), gzip, PNG, JPEG and RTF."""
_MOST_ODD = 1 / 32
"""Share of characters that neither print nor are blanks above which a file is no text."""


def read_plain(data: bytes, path: str) -> Article:
    """The article in a plain text file.

    It may open with `` date YYYY-MM-DD `` and go on with the text on the same line, or with
    ``key: value`` lines (title, outlet, url, date, byline, id, family, language) that end at a
    blank line. Both leave the text. Without either, the file is the text.

    Raises:
        UnusableError: not a text file.
    """
    original = decode(data)
    text = normalise(original)
    if dated := _DATED.match(text.text):
        rest = text.cut(dated.end(), len(text.text))
        return Article(rest, path=path, original=original, published=dated[1])
    fields, end = _headers(text)
    article = Article(text.cut(end, len(text.text)), path=path, original=original)
    return replace(article, **fields)  # type: ignore[arg-type]  # names checked by _FIELDS


def decode(data: bytes) -> str:
    """Bytes to text: UTF-8, UTF-16 with its mark, else the encoding that fits best.

    Raises:
        UnusableError: the bytes are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            pass
    if b"\x00" in data or data.startswith(_BINARY):
        msg = "is a binary file, not text"
        raise UnusableError(msg)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _guess(data)


def _guess(data: bytes) -> str:
    """The likeliest of the encodings that newsrooms left behind; Windows-1252 in case of doubt."""
    from charset_normalizer import from_bytes

    found = from_bytes(data, cp_isolation=_LEGACY_ENCODINGS)
    best = found.best()
    if best is None or _looks_binary(str(best)):
        msg = "is not text in any encoding known here; save it as UTF-8"
        raise UnusableError(msg)
    western = next((match for match in found if match.encoding == "cp1252"), best)
    return str(western if western.chaos <= best.chaos else best)


def _looks_binary(text: str) -> bool:
    odd = sum(not (c.isprintable() or c.isspace()) for c in text[:4096])
    return odd > len(text[:4096]) * _MOST_ODD


def _headers(text: Normalised) -> tuple[dict[str, str], int]:
    """The fields of the lines before the first blank one, and where the text goes on."""
    blank = _BLANK_LINE.search(text.text)
    if blank is None:
        return {}, 0
    fields: dict[str, str] = {}
    for line in text.text[: blank.start()].strip().splitlines():
        match = _HEADER.fullmatch(line.strip())
        if match is None or match[1].lower() not in _FIELDS:
            return {}, 0
        fields.setdefault(_FIELDS[match[1].lower()], match[2].strip())
    return fields, blank.end()
