"""Shares of labels, as a classifier counts them and as they are corrected."""

from dataclasses import dataclass

from annotate.prevalence.cells import Cell


@dataclass(frozen=True, slots=True)
class LabelShare:
    """The share of one label among the sentences of a cell.

    Attributes:
        label: which.
        counted: the share that the classifier gives the label, in [0, 1]; it is not sampled, so
            its only error is the classifier's.
        corrected: the share less the classifier's errors, as audited. Over the labels it sums to
            1; chance may carry it a little below 0 or above 1.
        standard_error: of ``corrected``.
        low: lower end of its interval, below 0 where chance allows.
        high: upper end.
    """

    label: str
    counted: float
    corrected: float
    standard_error: float
    low: float
    high: float

    @property
    def shown(self) -> tuple[float, float, float]:
        """Corrected, low and high as people see them: within [0, 1]."""
        first, second, third = (
            min(1.0, max(0.0, each)) for each in (self.corrected, self.low, self.high)
        )
        return first, second, third


@dataclass(frozen=True, slots=True)
class CellShares:
    """The shares of all labels in a cell.

    Attributes:
        cell: a value for each field.
        sentences: how many the classifier labelled.
        audited: how many of the cell were audited.
        families: of how many families these are.
        pooled: whether too few were, so that the errors of all cells together correct it; of the
            total, whether that holds for its cells with too few, taken together.
        degrees: degrees of freedom of the intervals.
        shares: one for each label.
    """

    cell: Cell
    sentences: int
    audited: int
    families: int
    pooled: bool
    degrees: float
    shares: tuple[LabelShare, ...]

    @property
    def name(self) -> str:
        """Its values in words."""
        return " · ".join(value or "unknown" for value in self.cell) or "all"


@dataclass(frozen=True, slots=True)
class Prevalence:
    """The shares in every cell, and in all.

    Attributes:
        by: the fields that make the cells.
        level: share in (0, 1) of such intervals that are meant to hold the true share.
        weight: how far the classifier's counts are relied on in cells with a correction of their
            own, in [0, 1].
        audited: sentences that were audited, in cells that were labelled or not.
        families: their families.
        spread: standard deviation between cells of the classifier's mean error, one for each
            label; None where the audit reaches too few cells to tell.
        cells: in the order of their values, what is unknown last.
        total: of all cells together, each by its sentences. It is the mean of the cells where none
            has too little audited; those that have count as one cell.
    """

    by: tuple[str, ...]
    level: float
    weight: float
    audited: int
    families: int
    spread: tuple[float, ...] | None
    cells: tuple[CellShares, ...]
    total: CellShares

    @property
    def pooled(self) -> tuple[CellShares, ...]:
        """The cells with too few audited sentences or families."""
        return tuple(cell for cell in self.cells if cell.pooled)
