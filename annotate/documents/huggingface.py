"""Data sets of Hugging Face: on the hub by name, or saved on the disk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from annotate.documents.article import Found, NoArticlesError, found_or_skipped
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of
from annotate.errors import InputError

PREFIX = "hf:"
_SAVED = ("dataset_info.json", "dataset_dict.json")
_MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class HubName:
    """What ``hf:NAME[/CONFIG][:SPLIT]`` says; NAME is ``organisation/name`` where there is more.

    A path to a folder can stand for the name: ``hf:./folder:train``.
    """

    name: str
    config: str | None = None
    split: str | None = None

    def __str__(self) -> str:
        config = f"/{self.config}" if self.config else ""
        return f"{PREFIX}{self.name}{config}{f':{self.split}' if self.split else ''}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it.

        Raises:
            InputError: it names no data set.
        """
        body, _, split = text.removeprefix(PREFIX).partition(":")
        parts = body.split("/")
        if body.startswith((".", "/")) or is_saved_dataset(Path(body)):
            return cls(body, split=split or None)
        if not all(parts) or len(parts) > _MOST_PARTS:
            remedy = (
                "Write hf:NAME, hf:ORGANISATION/NAME or hf:ORGANISATION/NAME/CONFIG, and :SPLIT."
            )
            raise InputError(text, "names no data set", remedy)
        config = parts[2] if len(parts) == _MOST_PARTS else None
        return cls("/".join(parts[:2]), config, split or None)


def is_saved_dataset(folder: Path) -> bool:
    """Whether a folder was written by `save_to_disk` of the library ``datasets``."""
    return any((folder / name).is_file() for name in _SAVED)


def read_hub(wanted: HubName, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a data set of the hub, streamed; of all splits where none is named.

    Raises:
        InputError: there is none of that name, or it cannot be reached.
    """
    import datasets

    text = str(wanted)
    try:
        found = datasets.load_dataset(
            wanted.name, wanted.config, split=wanted.split, streaming=True
        )
        yield from _articles(found, text, options)
    except (OSError, ValueError, RuntimeError, LookupError, OverflowError) as error:
        problem = f"cannot be read ({' '.join(str(error).split())[:200]})"
        remedy = "Check the name, the split and the network; a private one needs HF_TOKEN."
        raise InputError(text, problem, remedy) from None


def read_saved(
    folder: Path, name: str, options: ReadingOptions, *, split: str | None = None
) -> Iterator[Found]:
    """The articles of a data set that was saved on the disk; of all splits where none is named.

    Raises:
        NoArticlesError: it is damaged, or has no such split.
    """
    import datasets

    try:
        found = datasets.load_from_disk(folder)
        yield from _articles(found if split is None else _split_of(found, split), name, options)
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, OverflowError) as error:
        msg = f"is a data set that cannot be read ({' '.join(str(error).split())[:200]})"
        raise NoArticlesError(msg) from None


def _split_of(found: Any, split: str) -> dict[str, Any]:  # noqa: ANN401  datasets has no types
    if isinstance(found, Mapping) and split in found:
        return {split: found[split]}
    there = ", ".join(map(str, found)) if isinstance(found, Mapping) else "none"
    msg = f"has no split {split!r} (its splits: {there})"
    raise NoArticlesError(msg)


def _articles(found: Any, name: str, options: ReadingOptions) -> Iterator[Found]:  # noqa: ANN401  one of four classes
    splits = found if isinstance(found, Mapping) else {"": found}
    for split, rows in splits.items():
        place = f"{name}/{split}" if split else name
        for number, row in enumerate(rows, start=1):
            where = f"{place}:{number}"
            yield found_or_skipped(where, article_of, row, place, number, options)
