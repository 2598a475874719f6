"""Bytes to text: which encoding a file is in, and whether that is known or guessed."""

import codecs
import io
import re
from typing import IO

from annotate.documents.article import NoArticlesError, UnusableError
from annotate.documents.remarks import Remarks

_LEGACY_ENCODINGS = ["cp1252", "latin_1", "cp1250", "cp1251"]
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_KINDS = (
    (b"%PDF-", "a PDF"), (b"PK\x03\x04", "a zip archive or Office document"),
    (b"\x1f\x8b", "packed by gzip"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"), (b"{\\rtf", "an RTF document"), (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"SQLite format 3\x00", "a database"),
    (b"BZh", "packed by bzip2"), (b"\xfd7zXZ", "packed by xz"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd"),
)  # fmt: skip
"""First bytes of files that are no text, and what they are."""
_MOST_ODD = 1 / 32
"""Share of characters that neither print nor are blanks above which a file is no text."""
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_TEXT_BLOCK = 2**18
_MIXED, _MIXED_RECORDS = 1 / 2, 1 / 5
"""Share of UTF-8 among other bytes from which a text, or a file of records, is in two encodings. In
an old encoding a few pairs look like it by chance, such as a sharp s before a quotation mark."""


def decode(data: bytes, name: str, remarks: Remarks) -> str:
    """A file as text: by its mark, as UTF-8, else in the old encoding that fits best, as remarked.

    Raises:
        UnusableError: the bytes are no text, or text in two encodings.
    """
    encoding, guessed = find_encoding(data, whole=True)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        msg = f"is not text in the encoding that it says ({encoding}); save it as UTF-8"
        raise UnusableError(msg) from None
    if guessed:
        remarks.add(_guessed(encoding), name)
    return text


def find_encoding(data: bytes, *, whole: bool) -> tuple[str, bool]:
    """The encoding of a text, and whether it is a guess.

    Args:
        data: the text, or its beginning.
        whole: whether it is all of it; a beginning may end within a character.

    Raises:
        UnusableError: no text, or text in two encodings.
    """
    check_is_text(data)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError as error:
        _check_one_encoding(data, error.start)
        return _guess(data), True
    return "utf-8", False


def check_is_text(data: bytes) -> None:
    """Refuse what is no text by its first bytes.

    Raises:
        UnusableError: it is another kind of file.
    """
    for start, kind in _KINDS:
        if data.startswith(start):
            msg = f"is a binary file, not text ({kind})"
            raise UnusableError(msg)
    if b"\x00" in data and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        msg = "is a binary file, not text (it holds NUL bytes)"
        raise UnusableError(msg)


def as_utf8(stream: IO[bytes], name: str, remarks: Remarks) -> IO[bytes]:
    """Records of any number as UTF-8 without their mark; an encoding that was guessed is remarked.

    Bytes that do not belong to the encoding stay as they are, to be refused where they stand: so
    does every record in an old encoding among others in UTF-8.

    Raises:
        NoArticlesError: the beginning is no text.
    """
    buffered = io.BufferedReader(_Whole(stream), _TEXT_BLOCK)
    encoding, guessed = encoding_of_records(buffered.peek(_TEXT_BLOCK)[:_TEXT_BLOCK])
    if guessed:
        remarks.add(_guessed(encoding), name)
    if encoding == "utf-8":
        return buffered
    if encoding == "utf-8-sig":
        buffered.read(len(codecs.BOM_UTF8))
        return buffered
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="surrogateescape", newline="")
    return io.BufferedReader(_Recoded(text), _TEXT_BLOCK)


def encoding_of_records(beginning: bytes) -> tuple[str, bool]:
    """The encoding of a file of records by its first 256 KB, and whether it is a guess.

    Raises:
        NoArticlesError: that is no text.
    """
    try:
        check_is_text(beginning)
        marked = beginning.startswith(tuple(mark for mark, _ in _MARKS))
        if not marked and _utf8_within(beginning) >= _MIXED_RECORDS:
            return "utf-8", False
        return find_encoding(beginning, whole=False)
    except UnusableError as error:
        raise NoArticlesError(str(error)) from None


class _Whole(io.RawIOBase):
    """A stream that fills every buffer it is given, up to its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer) and (data := self._stream.read(len(buffer) - filled)):
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled


class _Recoded(io.RawIOBase):
    """Text as UTF-8."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._left:
            try:
                self._left = self._text.read(2**16).encode("utf-8", "surrogateescape")
            except UnicodeError:
                msg = "is not text in the encoding that it says; save it as UTF-8"
                raise NoArticlesError(msg) from None
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _guessed(encoding: str) -> str:
    return f"read as {encoding}, which is a guess"


def _check_one_encoding(data: bytes, first: int) -> None:
    """Refuse UTF-8 with other bytes in between: as an old encoding it would all be garbled."""
    if _utf8_within(data) >= _MIXED:
        msg = f"mixes UTF-8 with another encoding (byte {first + 1}); save it as UTF-8"
        raise UnusableError(msg)


def _utf8_within(data: bytes) -> float:
    """Of what lies beyond ASCII in a text that is no UTF-8, the share that looks like it."""
    good = _MULTIBYTE.findall(data)
    odd = len(_BEYOND_ASCII.findall(data)) - sum(map(len, good))
    return len(good) / (len(good) + odd) if good else 0.0


def _guess(data: bytes) -> str:
    """The likeliest of the encodings that newsrooms left behind; Windows-1252 in case of doubt."""
    from charset_normalizer import from_bytes

    found = from_bytes(data, cp_isolation=_LEGACY_ENCODINGS)
    best = found.best()
    if best is None or _looks_binary(str(best)):
        msg = "is not text in any encoding known here; save it as UTF-8"
        raise UnusableError(msg)
    western = next((match for match in found if match.encoding == "cp1252"), best)
    return (western if western.chaos <= best.chaos else best).encoding


def _looks_binary(text: str) -> bool:
    odd = sum(not (c.isprintable() or c.isspace()) for c in text[:4096])
    return odd > len(text[:4096]) * _MOST_ODD
