"""What more articles would bring, in score and in hours; and whether that is the way to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, Self

from annotate.curves.measuring import Curve
from annotate.curves.power_law import PowerLaw, fit_power_law
from annotate.resampling import FEWEST, Interval

STEP: Final = 0.02
"""Macro-F1 that is worth asking the hours for."""
FLAT: Final = 0.01
"""Macro-F1 below which what twice the articles bring is not worth them."""
_SURELY: Final = 0.03
"""A gain that the interval of a flat curve does not reach."""
_ROUNDING: Final = 1e-9
_BEYOND: Final = 20
"""Times the families at hand, beyond which nothing is forecast."""

Verdict = Literal["rising", "flat", "unclear"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a label takes.

    Attributes:
        seconds: median of one label; the mean would count every break for coffee.
        timed: labels whose time was measured.
        labels_a_sentence: labels that a labelled sentence got, at least 1.
    """

    seconds: float
    timed: int
    labels_a_sentence: float

    @classmethod
    def of(cls, seconds: Sequence[float], *, labels: int, sentences: int) -> Self | None:
        """The pace of measured times, each above 0; None where nothing was measured.

        Args:
            seconds: of each label that was timed.
            labels: labels given, timed or not.
            sentences: that they were given to.
        """
        if not seconds or not sentences:
            return None
        return cls(median(seconds), len(seconds), max(1.0, labels / sentences))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a curve says of more articles.

    Attributes:
        verdict: flat, where twice the families brought less than .01 of macro-F1 and the interval
            of that stays below .03, or nothing in any family; rising, where it lies above 0; else
            unclear.
        law: fitted to the points; None for fewer than 4.
        now: macro-F1 that the law gives for all families at hand; None without a law.
        doubled: for twice as many.
        families: more of them for another .02; None where the law never gets there, or not with
            20 times as many.
        sentences: in them.
        hours: to label these; None where no time was measured.
    """

    verdict: Verdict
    law: PowerLaw | None
    now: float | None
    doubled: float | None
    families: int | None
    sentences: int | None
    hours: float | None


def forecast(curve: Curve, pace: Pace | None) -> Forecast:
    """Fit a power law to a curve and read from it what the next articles would bring.

    Args:
        curve: measured.
        pace: how long a label takes; None where nobody measured it.
    """
    law = fit_power_law(
        [point.families for point in curve.points], [point.macro_f1 for point in curve.points]
    )
    verdict = _verdict(curve)
    if law is None:
        return Forecast(verdict, None, None, None, None, None, None)
    now = law.at(curve.families)
    needed = law.needed(now + STEP)
    more = None if needed is None or needed > _BEYOND * curve.families else needed - curve.families
    sentences = None if more is None else more * curve.sentences / curve.families
    hours = None
    if sentences is not None and pace is not None:
        hours = sentences * pace.labels_a_sentence * pace.seconds / 3600
    return Forecast(
        verdict=verdict,
        law=law,
        now=now,
        doubled=law.at(2 * curve.families),
        families=None if more is None else round(more),
        sentences=None if sentences is None else round(sentences),
        hours=hours,
    )


def _verdict(curve: Curve) -> Verdict:
    gain, spread = curve.gain, curve.gain_interval
    if gain is None:
        return "unclear"
    if not isinstance(spread, Interval):  # none where no family is scored otherwise than before
        same = spread is not None and spread.clusters >= FEWEST and abs(gain) < _ROUNDING
        return "flat" if same else "unclear"
    if gain < FLAT and spread.high < _SURELY:
        return "flat"
    return "rising" if spread.low > 0 else "unclear"
