"""Data sets: gold labels to examples with splits, as Parquet files with a card; and back."""

from annotate.dataset.building import Built, build_examples
from annotate.dataset.card import Making
from annotate.dataset.fitness import unfit_for_test
from annotate.dataset.reading import read_dataset, read_examples, read_excluded
from annotate.dataset.summary import DatasetSummary, SplitSummary, summarise
from annotate.dataset.writing import write_dataset

__all__ = [
    "Built",
    "DatasetSummary",
    "Making",
    "SplitSummary",
    "build_examples",
    "read_dataset",
    "read_examples",
    "read_excluded",
    "summarise",
    "unfit_for_test",
    "write_dataset",
]
