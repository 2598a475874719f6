"""A model ready to label texts and tables of articles, for programs, notebooks and engines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from annotate.documents import ReadingOptions, Skipped
from annotate.documents.article import NoArticlesError, found_or_skipped
from annotate.documents.fieldnames import FieldNames
from annotate.documents.parquet import rows_of
from annotate.documents.reading import as_document
from annotate.documents.rows import article_of, columns_to_read, row_name
from annotate.errors import ModelError
from annotate.models import load_model
from annotate.prediction import ColumnLabeller
from annotate.prediction.labelled import Labelled
from annotate.records import Document, Input
from annotate.segments import load_segmenter
from annotate.settings import Settings
from annotate.splits import seen_in_training
from annotate.tasks.building import divide
from annotate.workflows.training import NamedModel

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Classifier:
    """A model ready to label.

    Attributes:
        model: with its name and manifest.
        settings: how articles are divided into sentences.
        options: how the columns of tables are named.
    """

    model: NamedModel
    settings: Settings = field(default_factory=Settings)
    options: ReadingOptions = field(default_factory=ReadingOptions)

    @classmethod
    def load(cls, path: Path | str, *, columns: dict[str, str] | None = None) -> Self:
        """Read a model that `annotate train` wrote.

        Args:
            path: its folder.
            columns: our names of columns to those of the tables to come, where they are not found
                by themselves: ``{"text": "body"}``.

        Raises:
            ModelError: no model there, or it was altered. Nothing of the folder is run.
        """
        model = NamedModel(load_model(Path(path)), Path(path))
        return cls(model, options=ReadingOptions(FieldNames(columns or {})))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it knows."""
        return self.model.model.labels

    def __call__(self, texts: Iterable[str]) -> Labelled:
        """Label sentences, each as it stands.

        Raises:
            ModelError: one string in place of several.
        """
        if isinstance(texts, str):
            msg = "A model labels several texts, not one string. Put it in a list: model([text])."
            raise ModelError(msg)
        taken = tuple(texts)
        scores = self.model.model.scores([Input(text) for text in taken])
        places = self.model.model.decision.places(scores)
        return Labelled(taken, tuple(self.labels[p] for p in places), self.labels, scores)

    @cached_property
    def columns(self) -> ColumnLabeller:
        """Makes tables of predictions from documents."""
        units = self.settings.units
        divided = partial(
            divide,
            segment=load_segmenter(self.settings.segmenter, language=self.settings.language),
            of=units.labelled,
            titles=units.titles,
        )
        return ColumnLabeller(
            self.model.model,
            self.model.name,
            divided,
            before=units.before,
            after=units.after,
            in_training=seen_in_training((), self.model.manifest),
        )

    def label_batch(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        """Label every sentence of a table of articles; for any engine that works on Arrow.

        Args:
            batch: a row an article. Its columns are found as `annotate import` finds them: a text,
                and if there are such a title, an id, an address, an outlet and a date.

        Returns:
            A row a sentence, in the schema `columns.schema`: the fields of a `Prediction` and a
            column ``score_LABEL`` for each label. An article that cannot be labelled is a row
            without a label; ``key`` says which, ``reason`` why.

        Raises:
            ModelError: no column can hold a text, two that are needed have one name, or it holds
                other records of ours.
        """
        import pyarrow as pa

        documents: list[Document] = []
        refused: list[tuple[str, str]] = []
        for entry in self._articles(batch):
            if isinstance(entry, Skipped):
                refused.append((entry.where, entry.reason))
            else:
                documents.append(entry)
        parts = [self.columns.table(documents), self.columns.refused(refused)]
        return pa.concat_batches(parts) if refused else parts[0]

    def _articles(self, batch: "pa.RecordBatch") -> Iterator[Document | Skipped]:
        try:
            columns = columns_to_read(batch.schema.names, self.options)
            for number, row in enumerate(rows_of(batch.select(columns)), start=1):
                where = row_name(row, self.options) or f"row:{number}"
                found = found_or_skipped(where, article_of, row, "row", number, self.options)
                yield as_document(found, self.options)
        except NoArticlesError as error:
            named = "load_model(FOLDER, columns={'text': NAME})"
            msg = f"The table {error}. Give articles; in a program, {named} names their columns."
            raise ModelError(msg) from None
