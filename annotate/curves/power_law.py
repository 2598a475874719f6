"""The curve that scores follow as examples grow, and what it says of more of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FEWEST: Final = 4
"""Points below which no curve is fitted: it has three parameters."""
_EXPONENTS: Final = np.linspace(0.05, 2.0, 391)
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``ceiling - scale * size ** -exponent``.

    Attributes:
        ceiling: score in [0, 1] that no number of examples passes.
        scale: at least 0.
        exponent: in [0.05, 2].
    """

    ceiling: float
    scale: float
    exponent: float

    def at(self, size: float) -> float:
        """The score expected with so many."""
        return float(self.ceiling - self.scale * size**-self.exponent)

    def needed(self, score: float) -> float | None:
        """How many are needed for a score; None where it is never reached."""
        if score >= self.ceiling or self.scale <= 0:
            return None
        return float((self.scale / (self.ceiling - score)) ** (1 / self.exponent))


def fit_power_law(sizes: Sequence[float], scores: Sequence[float]) -> PowerLaw | None:
    """Fit a power law by weighted least squares; the j-th of m points weighs j / m.

    For every exponent of a fine grid ceiling and scale follow in closed form; the best is taken.

    Args:
        sizes: of the training parts, ascending, above 0.
        scores: measured with them, in [0, 1].

    Returns:
        The law, or None for fewer than 4 points.

    Source:
        Figueroa, Zeng-Treitler, Kandula and Ngo (2012), Predicting sample size required for
        classification performance, BMC Medical Informatics and Decision Making 12:8.
    """
    if len(sizes) < FEWEST:
        return None
    x, y = np.array(sizes, dtype=np.float64), np.array(scores, dtype=np.float64)
    weights = np.arange(1, len(x) + 1) / len(x)
    found = [_fitted(x**-exponent, y, weights) for exponent in _EXPONENTS]
    losses = [
        float((weights * (ceiling - scale * x**-exponent - y) ** 2).sum())
        for (ceiling, scale), exponent in zip(found, _EXPONENTS, strict=True)
    ]
    best = int(np.argmin(losses))
    return PowerLaw(*found[best], exponent=float(_EXPONENTS[best]))


def _fitted(
    powers: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Ceiling in [0, 1] and scale of at least 0 with the least weighted squares."""
    total = weights.sum()
    middle, mean = (weights * powers).sum() / total, (weights * y).sum() / total
    spread = (weights * (powers - middle) ** 2).sum()
    scale = -(weights * (powers - middle) * (y - mean)).sum() / max(spread, _ROUNDING)
    if scale <= 0:
        return float(mean), 0.0
    ceiling = mean + scale * middle
    if ceiling > 1:
        scale = (weights * powers * (1 - y)).sum() / (weights * powers**2).sum()
        ceiling = 1.0
    return float(ceiling), float(scale)
