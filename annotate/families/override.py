"""Families by hand: ``families.toml`` joins or parts documents, and always wins."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from annotate.errors import FamilyError
from annotate.files import read_text
from annotate.records import Document

OVERRIDE: Final = "families.toml"
_FORM: Final = 'Write join = [["A", "B"]] or part = [["A", "B"]], with ids or keys of documents.'

_TEXT: Final = r"""(?:"[^"\n]*"|'[^'\n]*')"""
_PAIR: Final = rf"\[\s*({_TEXT})\s*,\s*({_TEXT})\s*,?\s*\][ \t]*,?"
_PAIRS: Final = re.compile(rf"^[ \t]*{_PAIR}[ \t]*(?:#[^\n]*)?\n|{_PAIR}[ \t]*", re.MULTILINE)
"""A pair as TOML, with its line and the comment behind it where nothing else stands there."""

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
        content = _parsed(path, read_text(path))
        if unknown := sorted(content.keys() - {"join", "part"}):
            raise FamilyError(path, f"{unknown[0]!r} is neither join nor part", _FORM)
        ids = _ids(documents)
        join, part = (tuple(_pairs(path, content, name, ids)) for name in ("join", "part"))
        if both := set(join) & set(part):
            one, other = min(both)
            raise FamilyError(path, f"{one} and {other} are joined and parted", "Keep one of both.")
        return cls(join, part)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of the file without some documents: its text, and how many pairs went."""

    text: str
    gone: int


def without(path: Path, names: Collection[str]) -> Rest:
    """The file without the pairs of some documents; all else, comments too, stays as it is.

    Args:
        path: a file that is there.
        names: ids and keys of the documents.

    Raises:
        FamilyError: not TOML, or a pair is written in a way that cannot be taken out.
    """
    text = read_text(path)
    before = _parsed(path, text)
    wanted = {
        name: [one for one in value if not _names_any(one, names)]
        if isinstance(value, list)
        else value
        for name, value in before.items()
    }
    if wanted == before:
        return Rest(text, 0)

    def kept(found: re.Match[str]) -> str:
        texts = {group[1:-1] for group in found.groups() if group}
        return found.group() if texts.isdisjoint(names) else ""

    left = _PAIRS.sub(kept, text)
    if _parsed(path, left) != wanted:
        problem = f"the pairs of {min(names)} cannot be told from the rest"
        raise FamilyError(path, problem, "Take them out by hand, then do this again.")
    lists = [(before[name], wanted[name]) for name in wanted if wanted[name] != before[name]]
    return Rest(left, sum(len(whole) - len(part) for whole, part in lists))


def _names_any(entry: object, names: Collection[str]) -> bool:
    return isinstance(entry, list) and any(isinstance(one, str) and one in names for one in entry)


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FamilyError(path, f"not readable as TOML: {error}", _FORM) from None


def _ids(documents: Iterable[Document]) -> dict[str, str]:
    """Id by id and by key; of several revisions the last."""
    listed = list(documents)
    return {each.key: each.id for each in listed} | {each.id: each.id for each in listed}


def _pairs(
    path: Path, content: dict[str, Any], name: Literal["join", "part"], ids: dict[str, str]
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
