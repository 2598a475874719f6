"""Labels that a model doubts which has not seen them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled task, and what a model that was not trained on it says of it.

    Attributes:
        task_id: the task.
        label: its gold label.
        scores: of every label, in [0, 1].
    """

    task_id: str
    label: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that may be wrong.

    Attributes:
        task_id: the task.
        label: its gold label.
        instead: the label that the model would give.
        score: the model's score of the gold label (its self-confidence), in [0, 1].
        margin: that minus the highest score of another label, in [-1, 0).
    """

    task_id: str
    label: str
    instead: str
    score: float
    margin: float


def suspects(judged: Iterable[Judged]) -> list[Suspect]:
    """Labels that may be wrong, the most doubtful first.

    A label is doubted where another one scores as high as that does on average where it is given,
    and higher than the label that is given. So a label that the model never gives much to is not
    doubted throughout, and one that it gives much to does not stand accused of every other. The
    lowest margin comes first; of equal margins, the first id.

    Args:
        judged: at most one for each task; the scores must come from models that were not trained on
            the task nor on others of its family.

    Source:
        Northcutt, Jiang & Chuang (2021), Confident Learning: Estimating Uncertainty in Dataset
        Labels, JAIR 70, 1373-1411: what is off the diagonal of the confident joint (equation 1),
        with thresholds by equation 2, ranked by normalised margin. What the model itself would
        label as given is left out, as their program (cleanlab) does.
    """
    everything = list(judged)
    usual = _usual(everything)
    found = [doubt for each in everything if (doubt := _doubt(each, usual))]
    return sorted(found, key=lambda each: (each.margin, each.task_id))


def _usual(judged: Sequence[Judged]) -> dict[str, float]:
    """The average score of each label on the tasks that have it."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for each in judged:
        scores[each.label].append(each.scores[each.label])
    return {label: fmean(found) for label, found in scores.items()}


def _doubt(each: Judged, usual: Mapping[str, float]) -> Suspect | None:
    own = each.scores[each.label]
    rivals = {
        label: score
        for label, score in each.scores.items()
        if label in usual and score >= usual[label] and score > own
    }
    if not rivals:
        return None
    highest = max(score for label, score in each.scores.items() if label != each.label)
    instead = max(rivals, key=lambda label: rivals[label])
    return Suspect(each.task_id, each.label, instead, own, own - highest)
