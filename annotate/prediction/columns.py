"""Predictions in columns: what `predict` says, for archives of millions, without the records."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annotate.prediction.predicting import Scorer
from annotate.records import Document, Prediction
from annotate.running_text import Divided, RunningText

if TYPE_CHECKING:
    import pyarrow as pa

_NESTED = frozenset({"scores", "flags", "spans", "relations"})
FLAT = tuple(name for name in Prediction.model_fields if name not in _NESTED)
"""The fields of a prediction that hold one value."""
DIFFERENT = frozenset({"id", "start", "end", "text"})
"""Those of them in which nearly every row says something else than all others."""
SCORE = "score_"
"""Stands before a label in the name of the column of its score."""


@dataclass(frozen=True, slots=True)
class ColumnLabeller:
    """Documents to a table of predictions, one row a place.

    Attributes:
        scorer: the model.
        name: of the model, written into each row.
        divide: a document in its sentences.
        before: sentences before one that the model may look at.
        after: sentences after it.
        in_training: whether the model has learnt from a document, where that is known.
    """

    scorer: Scorer
    name: str
    divide: Callable[[Document], Divided]
    before: int
    after: int
    in_training: Callable[[Document], bool] | None = None

    @property
    def schema(self) -> "pa.Schema":
        """The columns: those of `FLAT`, then one ``score_LABEL`` for each label."""
        return flat_schema(self.scorer.labels)

    def table(self, documents: Iterable[Document]) -> "pa.RecordBatch":
        """Label every place of some documents, all at once; for a stream, take a few at a time."""
        import pyarrow as pa

        taken = tuple(documents)
        places = RunningText.of(map(self.divide, taken), before=self.before, after=self.after)
        columns = self._columns(taken, places, self._scores(places))
        arrays = [pa.array(columns[f.name], f.type) for f in self.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def refused(self, reasons: Sequence[tuple[str, str]]) -> "pa.RecordBatch":
        """Rows for articles that could not be labelled: ``key`` says which, ``reason`` why.

        Args:
            reasons: pairs of where the article stood and what is wrong with it.
        """
        import pyarrow as pa

        told = {"key": [where for where, _ in reasons], "reason": [why for _, why in reasons]}
        arrays = [pa.array(told.get(f.name, [None] * len(reasons)), f.type) for f in self.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _scores(self, places: RunningText) -> NDArray[np.float64]:
        return self.scorer.scores(places) if places else np.empty((0, len(self.scorer.labels)))

    def _columns(
        self, documents: Sequence[Document], places: RunningText, scores: NDArray[np.float64]
    ) -> dict[str, Any]:
        import pyarrow as pa

        parts = pa.array(["body", "title"]).take(pa.array(places.in_title.astype(np.int8)))
        given = pa.array(self.scorer.decision.places(scores))
        columns = self._of_documents(documents, pa.array(places.articles))
        columns |= {
            "id": _ids(columns["document_id"], parts, places),
            "part": parts,
            "start": places.starts,
            "end": places.ends,
            "text": places.texts,
            "label": pa.array(self.scorer.labels, pa.string()).take(given),
            "model": pa.repeat(pa.scalar(self.name, pa.string()), len(places)),
            "reason": pa.nulls(len(places), pa.string()),
        }
        shares = (scores / scores.sum(axis=1, keepdims=True)).T
        columns |= dict(zip((SCORE + label for label in self.scorer.labels), shares, strict=True))
        return columns

    def _of_documents(self, documents: Sequence[Document], index: "pa.Array") -> dict[str, Any]:
        """The columns that say the same of all places of a document."""
        import pyarrow as pa

        zone, told = pa.timestamp("us", tz="UTC"), self.in_training
        columns = {
            "document_id": pa.array([d.id for d in documents], pa.string()),
            "title": pa.array([d.title for d in documents], pa.string()),
            "outlet": pa.array([d.outlet for d in documents], pa.string()),
            "published": pa.array([d.published for d in documents], zone),
            "key": pa.array([d.key for d in documents], pa.string()),
            "in_training": pa.array([told(d) if told else None for d in documents], pa.bool_()),
        }
        return {name: values.take(index) for name, values in columns.items()}


def _ids(documents: "pa.Array", parts: "pa.Array", places: RunningText) -> "pa.Array":
    """As `Located.id_of` makes them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    starts, ends = (pa.array(side).cast(pa.string()) for side in (places.starts, places.ends))
    stretches = pc.binary_join_element_wise(starts, ends, "-")
    return pc.binary_join_element_wise(documents, parts, stretches, ":")


def flat_schema(labels: Sequence[str]) -> "pa.Schema":
    """The columns of predictions over these labels."""
    import pyarrow as pa

    kinds = {"start": pa.int64(), "end": pa.int64(), "in_training": pa.bool_()}
    kinds["published"] = pa.timestamp("us", tz="UTC")
    fields = [(name, kinds.get(name, pa.string())) for name in FLAT]
    return pa.schema(fields + [(SCORE + label, pa.float64()) for label in labels])


def as_predictions(batch: "pa.RecordBatch") -> Iterator[Prediction]:
    """The rows as records; those of articles that could not be labelled are left out.

    Args:
        batch: as `ColumnLabeller.table` gives it.
    """
    for row in batch.to_pylist():
        if row["label"] is None:
            continue
        scores = {n.removeprefix(SCORE): row.pop(n) for n in list(row) if n.startswith(SCORE)}
        if row["published"] is not None:
            row["published"] = row["published"].astimezone(UTC)
        yield Prediction(**row, scores=scores)
