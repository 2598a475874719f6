"""The difference estimator: what a classifier counts, corrected by its errors on audited sentences.

What is estimated is the share of a label among the very sentences that were labelled, all of them,
so the counted part has no error of sampling: the uncertainty is that of the mean error alone. The
audit is a random draw of whole families of articles with equal chances, so a family is the cluster
and every audited sentence counts alike.

Source:
    The difference estimator: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling,
    6.3; with machine-made labels: Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023),
    Prediction-powered inference, Science 382; its weight: Angelopoulos, Duchi and Zrnic (2023),
    PPI++, arXiv 2311.01453, which is a regression estimator (Särndal et al., 6.4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import PrevalenceError
from annotate.prevalence.audited import Audit, Audited, Numbers, Sums, joined
from annotate.prevalence.cells import Cell
from annotate.prevalence.correction import (
    Correction,
    between_cells,
    correction,
    effective,
    weight_of,
)
from annotate.prevalence.results import CellShares, LabelShare, Prevalence

FEWEST_SENTENCES: Final = 30
FEWEST_FAMILIES: Final = 10
"""Below either of these, a cell has no correction of its own."""

Counts = Mapping[Cell, NDArray[np.int64]]
"""Of each cell how many sentences the classifier gives each label, shape (labels,)."""


def estimate(
    counts: Counts,
    audited: Sequence[Audited],
    *,
    by: tuple[str, ...],
    labels: Sequence[str],
    level: float = 0.95,
) -> Prevalence:
    """Correct the counted shares of labels.

    A cell with 30 audited sentences of 10 families is corrected by its own mean error: unbiased,
    however much the errors differ between cells. One with fewer is corrected by the mean error of
    all audited sentences; its interval is wider by how much the errors differ between cells, as far
    as the audit tells.

    Args:
        counts: of every cell with sentences.
        audited: sentences of families drawn at random, none of which the classifier was trained on.
        by: names of the fields that make the cells.
        labels: all of them, in the order of ``counts``.
        level: share in (0, 1) of intervals that shall hold the true share.

    Raises:
        PrevalenceError: the audit as a whole has fewer than 30 sentences or 10 families, or no
            sentence was labelled.
    """
    check_audited(audited)
    audit = Audit.of(audited, labels)
    if not sum(int(found.sum()) for found in counts.values()):
        msg = "No sentence was labelled, so there are no shares."
        raise PrevalenceError(msg)
    weight = weight_of(audit.by_cell.values())
    own = {
        cell: correction(sums, weight=weight)
        for cell, sums in audit.by_cell.items()
        if _enough(sums)
    }
    pooled = correction(audit.whole, weight=1.0)
    found = _Found(audit, own, pooled, between_cells(audit.by_cell.values()), level)
    cells = sorted((cell for cell in counts if counts[cell].sum()), key=_order)
    shares = tuple(found.cell(cell, counts[cell], labels) for cell in cells)
    return Prevalence(
        by=by,
        level=level,
        weight=weight,
        audited=audit.whole.sentences,
        families=audit.whole.families,
        spread=None if found.between is None else tuple(np.sqrt(found.between).tolist()),
        cells=shares,
        total=found.total(shares, labels, weight=weight),
    )


def check_audited(audited: Sequence[Audited]) -> None:
    """See that the audit as a whole is large enough for a correction.

    Raises:
        PrevalenceError: it has fewer than 30 sentences or 10 families.
    """
    families = len({each.family for each in audited})
    if len(audited) < FEWEST_SENTENCES or families < FEWEST_FAMILIES:
        msg = (
            f"Of the audit {len(audited):,} sentences of {families:,} families of articles are "
            f"labelled; a correction takes {FEWEST_SENTENCES} of {FEWEST_FAMILIES}. Label more "
            "tasks of the stream audit-test, then `annotate pull` and `annotate gold`."
        )
        raise PrevalenceError(msg)


@dataclass(frozen=True, slots=True)
class _Found:
    """The corrections, and the variance of the mean error between cells, where it can be told."""

    audit: Audit
    own: Mapping[Cell, Correction]
    pooled: Correction
    between: Numbers | None
    level: float

    def cell(self, cell: Cell, counted: NDArray[np.int64], labels: Sequence[str]) -> CellShares:
        """The shares of a cell."""
        naive = counted / counted.sum()
        used = self.own.get(cell, self.pooled)
        variance, degrees = used.variance, used.degrees
        if used is self.pooled and self.between is not None:
            variance = variance + self.between
            degrees = min(degrees, len(self.audit.by_cell) - 2)
        there = self.audit.by_cell.get(cell)
        return CellShares(
            cell=cell,
            sentences=int(counted.sum()),
            audited=there.sentences if there else 0,
            families=there.families if there else 0,
            pooled=used is self.pooled,
            degrees=degrees,
            shares=_shares(labels, naive, used.applied(naive), variance, degrees, self.level),
        )

    def total(
        self, cells: Sequence[CellShares], labels: Sequence[str], *, weight: float
    ) -> CellShares:
        """All cells, each by its sentences; a family that stands in several is one cluster.

        Those with too little audited are taken together, as one cell.
        """
        families = self.audit.whole.families
        pull, influence = np.zeros(families), np.zeros((families, len(labels)))
        variance, corrected = np.zeros((2, len(labels)))
        sentences = sum(cell.sentences for cell in cells)
        strata = self._strata(cells, weight)
        for used, stratum in strata:
            part = sum(cell.sentences for cell in stratum) / sentences
            corrected += part * used.applied(_counted(stratum))
            pull[used.family] += part * used.pull
            influence[used.family] += part * used.influence
            variance += part**2 * used.least_variance
            if used is self.pooled and self.between is not None:
                variance += self.between * sum((c.sentences / sentences) ** 2 for c in stratum)
        variance += (influence**2).sum(axis=0)
        degrees = effective(pull) - 1
        return CellShares(
            cell=(),
            sentences=sentences,
            audited=self.audit.whole.sentences,
            families=families,
            pooled=any(used is self.pooled for used, _ in strata),
            degrees=degrees,
            shares=_shares(labels, _counted(cells), corrected, variance, degrees, self.level),
        )

    def _strata(
        self, cells: Sequence[CellShares], weight: float
    ) -> list[tuple[Correction, Sequence[CellShares]]]:
        """Cells, and those with too little audited together, each with its correction."""
        thin = [cell for cell in cells if cell.pooled]
        found: list[tuple[Correction, Sequence[CellShares]]] = [
            (self.own[cell.cell], [cell]) for cell in cells if not cell.pooled
        ]
        there = [self.audit.by_cell[c.cell] for c in thin if c.cell in self.audit.by_cell]
        together = joined(there) if there else None
        if together and _enough(together):
            return [*found, (correction(together, weight=weight), thin)]
        return [*found, (self.pooled, thin)] if thin else found


def _counted(cells: Sequence[CellShares]) -> Numbers:
    """The counted shares of cells together."""
    found: Numbers = np.average(
        [[share.counted for share in cell.shares] for cell in cells],
        axis=0,
        weights=[cell.sentences for cell in cells],
    )
    return found


def _enough(sums: Sums) -> bool:
    return sums.sentences >= FEWEST_SENTENCES and sums.families >= FEWEST_FAMILIES


def _order(cell: Cell) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in cell)


def _shares(
    labels: Sequence[str],
    counted: Numbers,
    corrected: Numbers,
    variance: Numbers,
    degrees: float,
    level: float,
) -> tuple[LabelShare, ...]:
    """With intervals of Student's t, which has at least one degree of freedom here."""
    from scipy.special import stdtrit

    errors = np.sqrt(variance)
    reach = float(stdtrit(max(1.0, degrees), (1 + level) / 2)) * errors
    columns = (counted, corrected, errors, corrected - reach, corrected + reach)
    rows = np.column_stack(columns).tolist()
    return tuple(LabelShare(label, *row) for label, row in zip(labels, rows, strict=True))
