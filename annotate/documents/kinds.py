"""Which reader takes which file, by the ending of its name."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from annotate.documents.archives import in_tar, in_zip
from annotate.documents.article import Found, Skipped
from annotate.documents.delimited import read_delimited
from annotate.documents.entry import Entry
from annotate.documents.html import read_html
from annotate.documents.json_files import read_json
from annotate.documents.json_lines import read_json_lines
from annotate.documents.markdown import read_markdown
from annotate.documents.options import ReadingOptions
from annotate.documents.parquet import read_parquet
from annotate.documents.plain import read_plain

Reader = Callable[[Entry, ReadingOptions], Iterator[Found]]

READERS: Mapping[str, Reader] = {
    ".txt": read_plain, ".text": read_plain,
    ".md": read_markdown, ".markdown": read_markdown,
    ".html": read_html, ".htm": read_html, ".xhtml": read_html,
    ".json": read_json,
    ".jsonl": read_json_lines, ".ndjson": read_json_lines,
    ".csv": read_delimited, ".tsv": read_delimited,
    ".parquet": read_parquet,
}  # fmt: skip
ARCHIVES: Mapping[str, Callable[[Entry], Iterator[Entry | Skipped]]] = {
    ".zip": in_zip,
    ".tar": in_tar,
}
PACKED: Mapping[str, str] = {".gz": "", ".tgz": ".tar"}
"""Endings of files packed by gzip, and what stands for them once that is off."""


def kind_of(name: str) -> str:
    """The ending of a name, in small letters."""
    return PurePosixPath(name).suffix.lower()


def known_kinds() -> str:
    """What can be read, for messages."""
    return ", ".join((*sorted({*READERS, *ARCHIVES}), ".gz of these"))
