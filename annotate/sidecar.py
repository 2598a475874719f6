"""How a file was made, kept beside it in ``<file>.meta.json``."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotate import __version__
from annotate.errors import InputError
from annotate.files import read_text, sha256_of, write_text

ENDING = ".meta.json"
"""Of the name of a sidecar, after that of its file."""
ELSEWHERE = "elsewhere/"
"""Stands in a sidecar before the name of an input that is not in the workspace."""


def write_sidecar(
    path: Path,
    *,
    command: str,
    inputs: Iterable[Path] | Mapping[Path, str] = (),
    seed: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Write ``<file>.meta.json``: what made the file, how, with which seed, from which content.

    ``inputs`` are hashed here, unless they come with their hashes.
    """
    hashes = inputs if isinstance(inputs, Mapping) else {path: sha256_of(path) for path in inputs}
    content = {
        "command": command,
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        **({"options": dict(options)} if options else {}),
        "inputs": {_input_name(entry, path.parent): found for entry, found in hashes.items()},
    }
    write_text(_beside(path), json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def seed_in(path: Path) -> int | None:
    """The seed with which a file or folder was made, as its sidecar says; None if it does not."""
    seed = _sidecar(path).get("seed")
    return seed if isinstance(seed, int) else None


def options_in(path: Path) -> dict[str, Any]:
    """What was chosen when a file was made, as its sidecar says."""
    options = _sidecar(path).get("options")
    return dict(options) if isinstance(options, dict) else {}


def outdated(path: Path, inputs: Iterable[Path]) -> str | None:
    """Why a file is not what this version makes of its inputs as they are; None if it is.

    Args:
        path: the file, with its sidecar.
        inputs: all that it is made from today.
    """
    if not path.is_file():
        return f"{path.name} was not there"
    content = _sidecar(path)
    before, version = content.get("inputs"), content.get("version")
    if not isinstance(before, dict) or version is None:
        return f"it is not known from what {path.name} was made"
    if version != __version__:
        return f"{path.name} was made by version {version}"
    today = {_input_name(entry, path.parent): sha256_of(entry) for entry in inputs}
    names = sorted(name for name in {*before, *today} if before.get(name) != today.get(name))
    return f"{names[0]} has changed" if names else None


def remove(path: Path) -> None:
    """Take a file away with its sidecar; what is not there already is no error."""
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ENDING)


def _sidecar(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(_beside(path)))
    except (InputError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _input_name(path: Path, root: Path) -> str:
    """A path inside the workspace; of what lies elsewhere the name alone."""
    whole = path.resolve()
    if whole.is_relative_to(root.resolve()):
        return whole.relative_to(root.resolve()).as_posix()
    return f"{ELSEWHERE}{whole.name}"
