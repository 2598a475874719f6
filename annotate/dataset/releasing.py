"""A release without text as a folder: written, and read again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from annotate import jsonl
from annotate.dataset.card import Making
from annotate.dataset.certificate import CERTIFICATE, Certificate
from annotate.dataset.columns import RELEASED, rows_in
from annotate.dataset.folding import Fingerprint
from annotate.dataset.reading import MAKING, read_excluded
from annotate.dataset.release import (
    Fingerprinter,
    ReleasedDocument,
    ReleasedMaking,
    released_document,
    released_making,
    salt_of,
)
from annotate.dataset.summary import SPLITS
from annotate.dataset.writing import OURS, write_content
from annotate.errors import InputError
from annotate.files import atomic_folder, write_text
from annotate.jsonl import explain
from annotate.records import Document, Example
from annotate.scheme import Scheme
from annotate.splits.excluded import Excluded

_LABELS: Final = "labels.yaml"
_NOTE: Final = (
    "This release holds no text: who has the articles imports them and puts it back with "
    "`annotate dataset --rehydrate FOLDER`."
)
_PLACE: Final = ("tokens", "digest", "lead", "follow", "opens", "closes")
_AROUND: Final = ("before_start", "after_end", "before_tokens", "after_tokens")
_BESIDE: Final = (*_AROUND, "title_digest")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Around:
    """The context of a passage: its ends in the released article, and how many tokens it has."""

    before_start: int
    after_end: int
    before_tokens: int
    after_tokens: int


@dataclass(frozen=True, slots=True)
class ReleasedExample:
    """An example without its text, and by what it is found again.

    Attributes:
        fields: its other fields.
        passage: its fingerprint.
        around: its context.
        title_digest: of the headline of its article; None where there is none.
    """

    fields: Mapping[str, Any]
    passage: Fingerprint
    around: Around
    title_digest: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """What a release holds; the digests in it are made with the salt."""

    making: Making
    salt: str
    documents: tuple[ReleasedDocument, ...]
    examples: tuple[ReleasedExample, ...]
    excluded: tuple[Excluded, ...]


def write_release(
    folder: Path,
    examples: Sequence[Example],
    *,
    documents: Iterable[Document],
    making: Making,
    scheme_text: str,
    excluded: Sequence[Excluded],
) -> None:
    """Write a data set without text in place of what the folder held, whole or not at all.

    Args:
        folder: of the release.
        examples: each with its split, and where it stands in its document.
        documents: those that they come from.
        making: how they came about, for the card.
        scheme_text: the file of the label scheme.
        excluded: the examples that are in no split.

    Raises:
        InputError: an example does not say where it stands, or stands elsewhere.
    """
    salt = salt_of(examples)
    used = {example.document_id for example in examples}
    sources = [document for document in documents if document.id in used]
    rows = Fingerprinter(sources, salt)
    ours = OURS | {MAKING, _LABELS, ReleasedDocument.filename}
    with atomic_folder(folder, ours=ours) as content:
        told = replace(making, remarks=(_NOTE, *making.remarks))
        write_content(content, examples, told, columns=RELEASED, row=rows.row)
        jsonl.write(content / ReleasedDocument.filename, map(released_document, sources))
        made = released_making(making, salt).model_dump_json(indent=2)
        write_text(content / MAKING, made + "\n")
        write_text(content / _LABELS, scheme_text)
        if excluded:
            jsonl.write(content / Excluded.filename, excluded)


def read_release(folder: Path) -> Release:
    """Read what `write_release` wrote.

    Raises:
        InputError: no release there, or a part of it is not what was written.
        RecordError: a line of its documents is not one of them.
        SchemeError: its label scheme is not usable.
    """
    if not (folder / MAKING).is_file():
        problem = "no release without text there"
        raise InputError(folder, problem, "Name the folder that `--no-text` made.")
    made = _parsed(folder / MAKING, ReleasedMaking)
    certificate = None
    if (folder / CERTIFICATE).is_file():
        certificate = _parsed(folder / CERTIFICATE, Certificate)
    said = made.model_dump(exclude={"salt"})
    return Release(
        making=Making(Scheme.load(folder / _LABELS), certificate=certificate, **said),
        salt=made.salt,
        documents=tuple(jsonl.read(folder / ReleasedDocument.filename, ReleasedDocument)),
        examples=tuple(_examples(folder)),
        excluded=tuple(read_excluded(folder)),
    )


def _examples(folder: Path) -> Iterator[ReleasedExample]:
    for split in SPLITS:
        for path in sorted(folder.glob(f"data/{split}-*.parquet")):
            for number, row in enumerate(rows_in(path, RELEASED), start=1):
                yield _example(row, split, f"{path}, row {number}")


def _example(row: Mapping[str, Any], split: str, where: str) -> ReleasedExample:
    try:
        passage = Fingerprint(**{name: row[name] for name in _PLACE})
        return ReleasedExample(
            fields={k: v for k, v in row.items() if k not in (*_PLACE, *_BESIDE)}
            | {"split": split},
            passage=passage,
            around=Around(**{name: row[name] for name in _AROUND}),
            title_digest=row.get("title_digest"),
        )
    except KeyError as error:
        problem = f"the column {error.args[0]!r} is missing"
        raise InputError(where, problem, "Copy the release anew.") from None


def _parsed(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(path, explain(error), "Copy the release anew.") from None
