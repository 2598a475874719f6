"""A data set as a folder that the Hugging Face `datasets` library loads."""

from collections.abc import Sequence
from pathlib import Path

from annotate import jsonl
from annotate.dataset.card import Making, data_card, yaml_header
from annotate.dataset.columns import features_of, row_of
from annotate.dataset.summary import DatasetSummary, summarise
from annotate.errors import SplitError
from annotate.files import atomic_folder, write_text
from annotate.records import Example
from annotate.splits import has_splits
from annotate.splits.excluded import Excluded

OURS = frozenset({"README.md", "data", Excluded.filename})
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
    summary = summarise(examples, making.scheme.label_names)
    with atomic_folder(folder, ours=OURS) as content:
        (content / "data").mkdir()
        _write_content(content, examples, summary, making)
        if excluded:
            jsonl.write(content / Excluded.filename, excluded)
    return summary


def _write_content(
    folder: Path, examples: Sequence[Example], summary: DatasetSummary, making: Making
) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    labels = making.scheme.label_names
    voted = {name for one in examples for name in (*one.votes, *one.scores)}
    features = features_of(labels, sorted(voted - set(labels)))
    sizes: dict[str, int] = {}
    for split in summary.splits:
        rows = [row_of(example, labels) for example in examples if example.split == split]
        table = pa.Table.from_pylist(rows, schema=features.arrow_schema)
        parquet.write_table(table, folder / "data" / f"{split}-00000-of-00001.parquet")
        sizes[split] = table.nbytes
    header = yaml_header(summary, features, sizes=sizes, title=making.scheme.title)
    write_text(folder / "README.md", data_card(summary, making, header=header))
