"""A data set as a folder that the Hugging Face `datasets` library loads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from annotate import jsonl
from annotate.dataset.card import Making, data_card, yaml_header
from annotate.dataset.certificate import CERTIFICATE
from annotate.dataset.columns import COLUMNS, DESCRIPTIONS, features_of, row_of
from annotate.dataset.croissant import CROISSANT, croissant
from annotate.dataset.summary import DatasetSummary, summarise
from annotate.errors import SplitError
from annotate.files import atomic_folder, write_text
from annotate.records import Example
from annotate.splits import has_splits
from annotate.splits.excluded import Excluded

OURS = frozenset({"README.md", "data", Excluded.filename, CERTIFICATE, CROISSANT})
"""What the folder of a data set holds."""


def write_dataset(
    folder: Path,
    examples: Sequence[Example],
    *,
    making: Making,
    excluded: Sequence[Excluded] = (),
) -> DatasetSummary:
    """Write a data set in place of what the folder held, whole or not at all.

    The same examples give the same bytes. `datasets.load_dataset` reads the folder: one Parquet
    file a split, ``label`` as a `ClassLabel`, and a card with what is counted here.

    Args:
        folder: of the data set.
        examples: each with its split and a label of the scheme; their order is kept.
        making: how they came about, for the card.
        excluded: the examples that are in no split.

    Returns:
        The counts that the card holds.

    Raises:
        SplitError: no example, one without a split, or a group in two splits.
        UnknownLabelError: a label is not in the scheme.
        InputError: the folder holds something else.
    """
    if not has_splits(examples):
        msg = "There is no example with a split, so there is no data set to write. Split them."
        raise SplitError(msg)
    for example in examples:
        making.scheme.check_label(example.label, f"Example {example.id}")
    with atomic_folder(folder, ours=OURS) as content:
        summary = write_content(content, examples, making)
        if excluded:
            jsonl.write(content / Excluded.filename, excluded)
    return summary


def write_content(
    folder: Path,
    examples: Sequence[Example],
    making: Making,
    *,
    columns: Sequence[str] = COLUMNS,
    row: Callable[[Example, Sequence[str]], dict[str, Any]] = row_of,
) -> DatasetSummary:
    """Fill an empty folder with the files of a data set: tables, card, certificate, metadata.

    Args:
        folder: the folder.
        examples: each with its split.
        making: how they came about.
        columns: of the tables.
        row: makes an example a row of these columns.
    """
    import pyarrow as pa
    from pyarrow import parquet

    labels = making.scheme.label_names
    summary = summarise(examples, labels)
    voted = {name for one in examples for name in (*one.votes, *one.scores)}
    others = sorted(voted - set(labels))
    features = features_of(labels, others, columns)
    sizes: dict[str, int] = {}
    (folder / "data").mkdir()
    for split in summary.splits:
        rows = [row(example, labels) for example in examples if example.split == split]
        table = pa.Table.from_pylist(rows, schema=features.arrow_schema)
        parquet.write_table(table, folder / "data" / f"{split}-00000-of-00001.parquet")
        sizes[split] = table.nbytes
    header = yaml_header(summary, features, sizes=sizes, making=making)
    write_text(folder / "README.md", data_card(summary, making, header=header))
    if making.certificate:
        content = making.certificate.model_dump_json(indent=2, exclude_none=True)
        write_text(folder / CERTIFICATE, content + "\n")
    described = croissant(
        folder,
        name=making.scheme.name,
        description=making.scheme.title,
        version=making.scheme.version,
        licence=making.licence,
        columns={name: DESCRIPTIONS[name] for name in columns},
        per_label=[*labels, *others],
    )
    write_text(folder / CROISSANT, described)
    return summary
