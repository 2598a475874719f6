"""Families by hand: ``families.toml`` joins or parts documents, and always wins."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from annotate.errors import FamilyError
from annotate.files import read_text
from annotate.records import Document

OVERRIDE: Final = "families.toml"
_FORM: Final = 'Write join = [["A", "B"]] or part = [["A", "B"]], with ids or keys of documents.'

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Override:
    """Pairs of document ids, each in order, that shall or shall not be in one family."""

    join: tuple[Pair, ...] = ()
    part: tuple[Pair, ...] = ()

    @classmethod
    def load(cls, path: Path, documents: Iterable[Document]) -> "Override":
        """Read the file; no file is no override.

        Raises:
            FamilyError: not TOML, not of this form, or a document that is not there.
        """
        if not path.is_file():
            return cls()
        try:
            content = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise FamilyError(path, f"not readable as TOML: {error}", _FORM) from None
        if unknown := sorted(content.keys() - {"join", "part"}):
            raise FamilyError(path, f"{unknown[0]!r} is neither join nor part", _FORM)
        ids = _ids(documents)
        join, part = (tuple(_pairs(path, content, name, ids)) for name in ("join", "part"))
        if both := set(join) & set(part):
            one, other = min(both)
            raise FamilyError(path, f"{one} and {other} are joined and parted", "Keep one of both.")
        return cls(join, part)


def _ids(documents: Iterable[Document]) -> dict[str, str]:
    """Id by id and by key; of several revisions the last."""
    listed = list(documents)
    return {each.key: each.id for each in listed} | {each.id: each.id for each in listed}


def _pairs(
    path: Path, content: dict[str, object], name: Literal["join", "part"], ids: dict[str, str]
) -> Iterator[Pair]:
    entries = content.get(name, [])
    if not isinstance(entries, list):
        raise FamilyError(path, f"{name} is not a list of pairs", _FORM)
    for entry in entries:
        if not (isinstance(entry, list) and len(entry) == 2 and _all_texts(entry)):  # noqa: PLR2004
            raise FamilyError(path, f"{name}: {entry!r} is not a pair of documents", _FORM)
        if lost := [one for one in entry if one not in ids]:
            problem = f"{name}: there is no document {lost[0]!r}"
            raise FamilyError(path, problem, "Give its id or key as in documents.jsonl.")
        one, other = sorted(ids[text] for text in entry)
        if one == other:
            raise FamilyError(path, f"{name}: {entry!r} is one document", _FORM)
        yield one, other


def _all_texts(entry: list[object]) -> bool:
    """Whether all members are texts."""
    return all(isinstance(one, str) for one in entry)
