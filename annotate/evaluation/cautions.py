"""What a reader must know before believing the figures, in words."""

from collections.abc import Iterator, Mapping, Sequence

from annotate.evaluation.results import Grouping, groups_in_words
from annotate.metrics import Scores

FEW_GROUPS = 20
"""Below this many groups a figure may be quite different on other groups."""

FEW_EXAMPLES = 5
"""Below this many examples of a label its precision, recall and F1 say next to nothing."""


def cautions(scores: Scores, *, groups: int, grouping: Grouping) -> Iterator[str]:
    """Warnings that follow from how little was scored.

    Args:
        scores: the pooled scores.
        groups: number of groups that were scored.
        grouping: what a group is.
    """
    if groups < FEW_GROUPS:
        were = "was" if groups == 1 else "were"
        yield (
            f"Only {groups_in_words(groups, grouping)} {were} scored. With fewer than {FEW_GROUPS} "
            "the figures are unsure: others may give quite different ones."
        )
    absent = [entry.label for entry in scores.per_label if not entry.support]
    if absent:
        they = "it is" if len(absent) == 1 else "they are"
        yield (
            f"No scored example is labelled {_listed(absent, 'or')}, so nothing is known of how "
            f"well {they} found. Macro-F1 leaves {'it' if len(absent) == 1 else 'them'} out."
        )
    few = {e.label: e.support for e in scores.per_label if 0 < e.support < FEW_EXAMPLES}
    for count in sorted(set(few.values())):
        labels = [label for label in few if few[label] == count]
        examples = "1 example is" if count == 1 else f"{count} examples are"
        each = "" if len(labels) == 1 else " each"
        named = f"{_listed(labels, 'and')}{each}"
        yield f"Only {examples} labelled {named}, so those figures are unsure."


def _listed(labels: Sequence[str], last: str) -> str:
    quoted = [f"“{label}”" for label in labels]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def fold_cautions(lacking: Mapping[str, int], *, folds: int) -> Iterator[str]:
    """Warnings about labels that the training part of a fold lacked.

    Args:
        lacking: for each such label, in how many folds it was lacking.
        folds: number of folds.
    """
    for label, count in lacking.items():
        yield (
            f"In {count} of {folds} folds no training example was labelled “{label}”, so nothing "
            "could be learnt of it there. All its examples stand in too few groups."
        )
