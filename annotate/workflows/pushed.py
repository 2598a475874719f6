"""What of a workspace the last push has sent, so that it can be told whether another is due."""

import json
from collections.abc import Iterator
from pathlib import Path

from annotate.files import sha256_of, write_text
from annotate.records import Task
from annotate.workspace import Workspace

_FILE = "pushed.json"


def note_push(workspace: Workspace) -> None:
    """Keep the digests of the files that a push sends; call it when one has gone through."""
    digests = {path.name: sha256_of(path) for path in _sent(workspace)}
    write_text(workspace.state / _FILE, json.dumps(digests, indent=2) + "\n")


def changed_since_push(workspace: Workspace) -> str | None:
    """The first file that is not as the last push sent it.

    None if all are, or if that is not known, as before the first push.
    """
    try:
        before = json.loads((workspace.state / _FILE).read_text(encoding="utf-8"))
        known = dict(before)
    except (OSError, ValueError, TypeError):
        return None
    changed = (path.name for path in _sent(workspace) if known.get(path.name) != sha256_of(path))
    return next(changed, None)


def _sent(workspace: Workspace) -> Iterator[Path]:
    """What there is of the files that a push sends."""
    files = (workspace.path(Task), workspace.prelabels, workspace.scheme_file)
    yield from (path for path in files if path.is_file())
