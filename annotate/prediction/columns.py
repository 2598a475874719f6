"""Predictions in columns: what `predict` says, for archives of millions, without the records."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.prediction.predicting import Scorer
from annotate.records import Document, Input, Kind, Part, Prediction

if TYPE_CHECKING:
    import pyarrow as pa

_NESTED = frozenset({"scores", "flags", "spans", "relations"})
FLAT = tuple(name for name in Prediction.model_fields if name not in _NESTED)
"""The fields of a prediction that hold one value."""
SCORE = "score_"
"""Stands before a label in the name of the column of its score."""


class Stretch(Protocol):
    """A place to label: ``[start, end)`` of a part of a document, and what stands around it."""

    @property
    def part(self) -> Part: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> Kind: ...  # noqa: D102
    @property
    def before(self) -> str: ...  # noqa: D102
    @property
    def after(self) -> str: ...  # noqa: D102
    @property
    def position(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ColumnLabeller:
    """Documents to a table of predictions, one row a place.

    Attributes:
        scorer: the model.
        name: of the model, written into each row.
        places: the places of a document that are labelled, in order.
        in_training: whether the model has learnt from a document, where that is known.
    """

    scorer: Scorer
    name: str
    places: Callable[[Document], Iterable[Stretch]]
    in_training: Callable[[Document], bool] | None = None

    @property
    def schema(self) -> "pa.Schema":
        """The columns: those of `FLAT`, then one ``score_LABEL`` for each label."""
        return flat_schema(self.scorer.labels)

    def table(self, documents: Iterable[Document]) -> "pa.RecordBatch":
        """Label every place of some documents, all at once; for a stream, take a few at a time."""
        import pyarrow as pa

        gathered = _Gathered()
        for document in documents:
            gathered.add(document, self.places(document))
        columns = self._columns(gathered, self._scores(gathered.inputs))
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

    def _scores(self, inputs: list[Input]) -> NDArray[np.float64]:
        return self.scorer.scores(inputs) if inputs else np.empty((0, len(self.scorer.labels)))

    def _columns(self, gathered: "_Gathered", scores: NDArray[np.float64]) -> dict[str, Any]:
        import pyarrow as pa

        count = len(gathered.inputs)
        given = pa.array(self.scorer.decision.places(scores))
        columns: dict[str, Any] = {
            "id": gathered.ids,
            "part": gathered.parts,
            "start": gathered.starts,
            "end": gathered.ends,
            "text": [entry.text for entry in gathered.inputs],
            "label": pa.array(self.scorer.labels, pa.string()).take(given),
            "model": pa.repeat(pa.scalar(self.name, pa.string()), count),
            "reason": pa.nulls(count, pa.string()),
        }
        columns |= gathered.of_documents(self.in_training)
        shares = (scores / scores.sum(axis=1, keepdims=True)).T
        columns |= dict(zip((SCORE + label for label in self.scorer.labels), shares, strict=True))
        return columns


def flat_schema(labels: Sequence[str]) -> "pa.Schema":
    """The columns of predictions over these labels."""
    import pyarrow as pa

    kinds = {"start": pa.int64(), "end": pa.int64(), "in_training": pa.bool_()}
    kinds["published"] = pa.timestamp("us", tz="UTC")
    fields = [(name, kinds.get(name, pa.string())) for name in FLAT]
    return pa.schema(fields + [(SCORE + label, pa.float64()) for label in labels])


@dataclass(slots=True)
class _Gathered:
    """The places of some documents, one value a place in each list."""

    documents: list[Document] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, document: Document, places: Iterable[Stretch]) -> None:
        """Take the places of one more document."""
        before = len(self.inputs)
        name, title = document.id, document.title
        for place in places:
            part, start, end = place.part, place.start, place.end
            text = (document.text if part == "body" else title or "")[start:end]
            self.ids.append(f"{name}:{part}:{start}-{end}")  # as `Located.id_of`
            self.parts.append(part)
            self.starts.append(start)
            self.ends.append(end)
            self.inputs.append(
                Input(text, place.before, place.after, title, place.kind, place.position)
            )
        self.documents.append(document)
        self.counts.append(len(self.inputs) - before)

    def of_documents(self, in_training: Callable[[Document], bool] | None) -> dict[str, Any]:
        """The columns that say the same of all places of a document."""
        import pyarrow as pa

        index = pa.array(np.repeat(np.arange(len(self.documents)), self.counts))
        zone = pa.timestamp("us", tz="UTC")
        told = {
            "document_id": pa.array([d.id for d in self.documents], pa.string()),
            "title": pa.array([d.title for d in self.documents], pa.string()),
            "outlet": pa.array([d.outlet for d in self.documents], pa.string()),
            "published": pa.array([d.published for d in self.documents], zone),
            "key": pa.array([d.key for d in self.documents], pa.string()),
            "in_training": pa.array(
                [in_training(d) if in_training else None for d in self.documents], pa.bool_()
            ),
        }
        return {name: values.take(index) for name, values in told.items()}


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
