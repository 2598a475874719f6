"""Files in which we keep what a server said: read only as they were written, else not at all."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from annotate.files import atomic_file


def read_sealed(path: Path, kind: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]] | None:
    """The header of a file and its entries.

    None if there is no file, if its header does not hold what ``kind`` says, or if it is not as it
    was written: what it would have saved is read from the server then.
    """
    try:
        first, _, body = path.read_bytes().partition(b"\n")
        header = json.loads(first)
        ours = all(header[name] == value for name, value in kind.items())
        if not ours or header["sha256"] != _seal(header, body):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return header, [json.loads(line) for line in body.splitlines()]


def write_sealed(path: Path, header: Mapping[str, Any], entries: Iterable[Any]) -> None:
    """Write header and entries, readable by the owner alone (mode 600)."""
    # ASCII: JSON can hold halves of characters, which UTF-8 cannot.
    body = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    sealed = {**header, "sha256": _seal(header, body.encode())}
    with atomic_file(path, private=True) as stream:
        stream.write(json.dumps(sealed) + "\n")
        stream.write(body)


def _seal(header: Mapping[str, Any], body: bytes) -> str:
    """Digest of everything in the file but itself."""
    rest = {name: value for name, value in header.items() if name != "sha256"}
    content = json.dumps(rest, sort_keys=True).encode()
    return hashlib.sha256(content + b"\n" + body).hexdigest()
