"""The verdict in plain words, built from the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotate.evaluation.results import Evaluation, groups_in_words
from annotate.evaluation.wording import more_sentences

_FEW_LABELS = 4
"""Up to this many labels a sentence can name them all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the figures mean, for a reader without statistics.

    Attributes:
        found: what the model finds, of what there is.
        called: for each label, how often it is right to call something so; empty for many labels.
        floor: how that compares with always giving one label.
        more: how sure that is, and how others do on the same examples; empty without findings.
    """

    found: str
    called: tuple[str, ...]
    floor: str
    more: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in the order of reading."""
        return (self.found, *self.called, self.floor, *self.more)


@dataclass(frozen=True, slots=True)
class _Tally:
    """Counts of one label."""

    label: str
    support: int
    predicted: int
    right: int


def verdict(evaluation: Evaluation) -> Verdict:
    """Say in words what an evaluation found, the rarest label first."""
    right = evaluation.scores.confusion.diagonal().tolist()
    tallies = sorted(
        (
            _Tally(entry.label, entry.support, entry.predicted, count)
            for entry, count in zip(evaluation.scores.per_label, right, strict=True)
        ),
        key=lambda tally: (tally.support == 0, tally.support),
    )
    few = len(tallies) <= _FEW_LABELS
    occurring = [tally for tally in tallies if tally.support]
    found = _each(occurring, evaluation) if few else _best_and_worst(occurring, evaluation)
    return Verdict(
        found=f"{_where(evaluation)} {found}.",
        called=tuple(_called(tally, evaluation) for tally in tallies) if few else (),
        floor=_floor(evaluation),
        more=tuple(more_sentences(evaluation)),
    )


def percent(share: float) -> str:
    """A share in [0, 1] as per cent; what is not quite all or nothing never reads as that."""
    said = f"{100 * share:.0f}%"
    if said == "0%" and share > 0:
        return "under 1%"
    if said == "100%" and share < 1:
        return "over 99%"
    return said


def _where(evaluation: Evaluation) -> str:
    groups = groups_in_words(evaluation.groups, evaluation.grouping)
    if evaluation.given:
        return f"On {groups}, the system"
    if evaluation.folds is None:
        return f"On {groups} that the model has never seen, it"
    return f"On {groups}, each scored by a model that was trained without it, the recipe"


def _each(occurring: Sequence[_Tally], evaluation: Evaluation) -> str:
    """``finds 7 of the 10 sentences labelled “denial”, 30 of 41 labelled “claim” and ...``."""
    first, *others = occurring
    units = _units(first.support, evaluation)
    the = "" if first.support == 1 else "the "
    parts = [f"finds {first.right:,} of {the}{units} labelled “{first.label}”"]
    parts += [f"{tally.right:,} of {tally.support:,} labelled “{tally.label}”" for tally in others]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if others else parts)


def _best_and_worst(occurring: Sequence[_Tally], evaluation: Evaluation) -> str:
    right = sum(tally.right for tally in occurring)
    ranked = sorted(occurring, key=lambda tally: tally.right / tally.support)
    worst, best = ranked[0], ranked[-1]
    said = f"gives {right:,} of {_units(evaluation.n, evaluation)} the right label"
    if worst is best:
        return said
    return (
        f"{said}. It is best at finding “{best.label}” ({best.right:,} of {best.support:,}) "
        f"and worst at finding “{worst.label}” ({worst.right:,} of {worst.support:,})"
    )


def _called(tally: _Tally, evaluation: Evaluation) -> str:
    if not tally.predicted:
        return f"It never says “{tally.label}”."
    said = f"It calls {_units(tally.predicted, evaluation)} “{tally.label}”"
    wrong = tally.predicted - tally.right
    if not wrong:
        return f"{said}: rightly so." if tally.predicted == 1 else f"{said}, all of them rightly."
    if not tally.right:
        return f"{said}: wrongly so." if tally.predicted == 1 else f"{said}, all of them wrongly."
    return (
        f"{said}: {tally.right:,} rightly, {wrong:,} wrongly ({percent(wrong / tally.predicted)})."
    )


def _floor(evaluation: Evaluation) -> str:
    ours, floor = evaluation.scores.macro_f1, evaluation.floor.scores.macro_f1
    if ours > floor:
        compared = f"would score {floor:.2f}"
    else:
        compared = f"would score {floor:.2f}: the model is no better than that"
    return (
        f"Its macro-F1 is {ours:.2f}, where 1 is perfect. Giving every {evaluation.unit} the most "
        f"frequent label, “{evaluation.floor.label}”, {compared}."
    )


def _units(count: int, evaluation: Evaluation) -> str:
    return f"{count:,} {evaluation.unit}{'' if count == 1 else 's'}"
