"""Files that are nearly right: valid ones of every kind, mutated byte by byte from a seed.

Whatever comes, reading gives documents, skipped files in one line, or an `AnnotateError`.
"""

import gzip
import io
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotate.documents import ReadingOptions, Skipped, read_documents
from annotate.documents.kinds import ARCHIVES, READERS
from annotate.errors import AnnotateError
from article_files import tarred, zipped

_TEXT = 'The mayor said the bridge is shut.\nShe denied a “cover-up” at the café.\n\n(PA) 5" pipe.'
_ROW = {"headline": "Bridge, shut", "body": _TEXT, "source": {"name": "Post"}, "n": 1.5,
        "date": "2026-02-03T10:00:00+01:00", "link": "https://p.example/1?a=b"}  # fmt: skip
_YAML = "---\ntitle: 'Bridge: shut'\nauthors: [Ada, Li]\ndate: 2026-02-03\n---\n"
_PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bridge | Post</title>
<link rel="canonical" href="https://p.example/1"><meta name="author" content="Ada Reed">
<meta property="article:published_time" content="2026-02-03T10:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Bridge"}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Bridge</h1><p>{_TEXT}</p><p>{_TEXT} She said
that the council had known <b>nothing</b>.</p><table><tr><td>1</td></tr></table></article>"""
_MARKDOWN = f"{_YAML}# Bridge\n\n{_TEXT}\n\n- **one**\n\n> [two](x) `three`\n\n|a|b|\n|-|-|\n|c|d|"
_SPECIAL = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b'"',
    b"'", b"\\", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"<", b">", b"&",
    b"---\n", b"1e999", b"-1", b"NaN", b"9" * 400, b"0001-01-01", b"9999-12-31T23:59:59-14:00",
    b"null", b"\\ud800", b"\\u0000", b"&#x110000;", b"<!--", b"]]>", b"\x1a", b"\xe2\x80\xa8",
    b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"../../x", b"!!python/object:os.system x",
)  # fmt: skip


_INSIDE = 0.5
"""Share of packed files whose faults are in what is packed, not in the packing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a series of inputs of one kind led to."""

    kind: str
    inputs: int
    gave_documents: int
    refused: int
    slowest_seconds: float


class SurpriseError(Exception):
    """A reader did what none may; names the kind and the number of the input."""


def valid_files() -> Mapping[str, list[bytes]]:
    """Two or three valid files of each kind that is read."""
    rows = [_ROW, {"id": "7", "text": "Two."}]
    members = {"a.txt": b"One.", "b/c.jsonl": json.dumps(_ROW).encode(), "d.csv": _table(",")}
    lines = "\n".join(map(json.dumps, rows)).encode()
    plain = [f" date 2026-02-03 {_TEXT}", f"{_YAML}{_TEXT}", f"title: A\nurl: b\n\n{_TEXT}"]
    return {
        ".txt": [each.encode() for each in plain] + [_TEXT.encode("cp1252")],
        ".md": [_MARKDOWN.encode(), _MARKDOWN.replace("- ", "    1. ").encode()],
        ".html": [_PAGE.encode(), _PAGE.encode("utf-16")],
        ".json": [json.dumps(rows).encode(), json.dumps({"articles": rows}).encode(),
                  json.dumps([{"data": _ROW, "id": 1}]).encode("utf-16"),
                  json.dumps(_ROW).encode()],
        ".jsonl": [lines, lines.decode().encode("utf-16")],
        ".csv": [_table(","), _table(";").decode().encode("cp1252")],
        ".tsv": [_table("\t")],
        ".parquet": [_parquet(None), _parquet("snappy")],
        ".zip": [zipped(members), zipped({"a.json.gz": gzip.compress(json.dumps(rows).encode())})],
        ".tar": [tarred(members, pack=False)],
        ".tar.gz": [tarred(members)],
        ".jsonl.gz": [gzip.compress(lines)],
    }  # fmt: skip


def untested_kinds() -> set[str]:
    """Endings with a reader that no other ending stands for here."""
    same = {".text": ".txt", ".markdown": ".md", ".htm": ".html", ".xhtml": ".html",
            ".ndjson": ".jsonl"}  # fmt: skip
    return {same.get(kind, kind) for kind in {*READERS, *ARCHIVES}} - set(valid_files())


def fuzz(
    kind: str, inputs: int, folder: Path, *, seed: int, clock: Callable[[], float] = time.monotonic
) -> Outcome:
    """Read mutated files of one kind.

    Raises:
        SurpriseError: something else came than documents, skipped files or an `AnnotateError`.
    """
    random_ = random.Random(f"{seed}:{kind}")  # noqa: S311  not for secrets
    valid = valid_files()[kind]
    path = folder / f"input{kind}"
    gave = refused = 0
    slowest = 0.0
    for number in range(inputs):
        data = random_.choice(valid)
        if kind.endswith(".gz") and random_.random() < _INSIDE:
            data = gzip.compress(mutated(gzip.decompress(data), valid, random_))
        else:
            data = mutated(data, valid, random_)
        path.write_bytes(data)
        began = clock()
        try:
            found = list(read_documents([path], base=folder, options=ReadingOptions()))
        except AnnotateError:
            refused += 1
        except BaseException as error:
            path.rename(folder / f"surprise{kind}")
            msg = f"{kind} input {number} of seed {seed}: {type(error).__name__}: {error}"
            raise SurpriseError(msg) from error
        else:
            _check(found, f"{kind} input {number} of seed {seed}")
            gave += any(not isinstance(each, Skipped) for each in found)
            refused += all(isinstance(each, Skipped) for each in found)
        slowest = max(slowest, clock() - began)
    return Outcome(kind, inputs, gave, refused, slowest)


def mutated(data: bytes, others: list[bytes], random_: random.Random) -> bytes:
    """A file with one to eight faults."""
    for _ in range(random_.choice((1, 1, 2, 3, 8))):
        data = random_.choice(_MUTATIONS)(data, others, random_)
    return data


def _check(found: list[object], where: str) -> None:
    if not found:
        msg = f"{where}: neither a document nor a reason"
        raise SurpriseError(msg)
    for each in found:
        if isinstance(each, Skipped) and "\n" in str(each):
            msg = f"{where}: a reason of more than one line"
            raise SurpriseError(msg)


def _flip(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    if not data:
        return data
    at = random_.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random_.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    return data[: random_.randrange(len(data) + 1)]


def _drop(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    start = random_.randrange(len(data) + 1)
    return data[:start] + data[start + random_.randrange(1, 20) :]


def _insert(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    at = random_.randrange(len(data) + 1)
    return data[:at] + random_.choice(_SPECIAL) * random_.choice((1, 1, 1, 50)) + data[at:]


def _overwrite(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    at, new = random_.randrange(len(data) + 1), random_.choice(_SPECIAL)
    return data[:at] + new + data[at + len(new) :]


def _noise(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    at = random_.randrange(len(data) + 1)
    return data[:at] + random_.randbytes(random_.randrange(1, 16)) + data[at:]


def _splice(data: bytes, others: list[bytes], random_: random.Random) -> bytes:
    other = random_.choice(others)
    return data[: random_.randrange(len(data) + 1)] + other[random_.randrange(len(other) + 1) :]


def _repeat(data: bytes, _: list[bytes], random_: random.Random) -> bytes:
    start = random_.randrange(len(data) + 1)
    piece = data[start : start + random_.randrange(1, 40)]
    return data[:start] + piece * random_.choice((2, 5, 60)) + data[start:]


_MUTATIONS = (_flip, _cut, _drop, _insert, _overwrite, _noise, _splice, _repeat)


def _table(delimiter: str) -> bytes:
    def quoted(cells: Iterator[object]) -> str:
        return delimiter.join('"' + str(cell).replace('"', '""') + '"' for cell in cells)

    names = list(_ROW)
    rows = [quoted(iter(names)), quoted(iter(_ROW.values())), delimiter.join("a" for _ in names)]
    return "\r\n".join(rows).encode()


def _parquet(compression: str | None) -> bytes:
    import pyarrow
    from pyarrow import parquet

    buffer = io.BytesIO()
    table = pyarrow.Table.from_pylist([_ROW, {**_ROW, "body": "Two.", "n": None}])
    parquet.write_table(table, buffer, compression=compression or "none")
    return buffer.getvalue()
