"""Random tables of votes, and what independent programs make of them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RandomTable:
    """Labels of shape (tasks, annotators), -1 where one is missing, out of ``labels``."""

    codes: np.ndarray
    labels: int

    @property
    def counts(self):
        """How often each label was given to each task."""
        kinds = [(self.codes == label).sum(axis=1) for label in range(self.labels)]
        return np.stack(kinds, axis=1).astype(float)

    @property
    def compared(self):
        """The tasks with two labels."""
        return self.codes[(self.codes >= 0).sum(axis=1) > 1]

    @property
    def pair(self):
        """The first two annotators' labels of the tasks that both labelled."""
        both = self.codes[:, :2]
        return both[(both >= 0).all(axis=1)]


def random_table(rng):
    """2 to 40 tasks, 2 to 6 annotators, 2 to 6 labels, up to half missing, some agreement."""
    tasks, annotators, labels = rng.integers((2, 2, 2), (41, 7, 7))
    own = rng.integers(labels, size=(tasks, annotators))
    shared = np.broadcast_to(rng.integers(labels, size=(tasks, 1)), own.shape)
    codes = np.where(rng.random(own.shape) < rng.random(), shared, own)
    return RandomTable(np.where(rng.random(own.shape) < rng.random() / 2, -1, codes), int(labels))


def nltk_alpha(table):
    """Krippendorff's alpha by nltk."""
    from nltk.metrics.agreement import AnnotationTask

    triples = [
        (annotator, task, int(label))
        for task, row in enumerate(table.compared)
        for annotator, label in enumerate(row)
        if label >= 0
    ]
    return AnnotationTask(triples).alpha()


def crowdkit_alpha(table):
    """Krippendorff's alpha by crowd-kit."""
    import pandas as pd
    from crowdkit.metrics.data import alpha_krippendorff

    rows = [
        (task, annotator, f"l{label}")
        for task, row in enumerate(table.compared)
        for annotator, label in enumerate(row)
        if label >= 0
    ]
    return alpha_krippendorff(pd.DataFrame(rows, columns=["task", "worker", "label"]))


def sklearn_kappa(table):
    """Cohen's kappa of the first two annotators by scikit-learn."""
    from sklearn.metrics import cohen_kappa_score

    return cohen_kappa_score(*table.pair.T, labels=range(table.labels))


def statsmodels_kappa(table):
    """The same by statsmodels."""
    from statsmodels.stats.inter_rater import cohens_kappa

    crossed = np.zeros((table.labels, table.labels))
    np.add.at(crossed, tuple(table.pair.T), 1)
    return cohens_kappa(crossed, return_results=False)


def plain_ac1(table):
    """Gwet's AC1 task by task, as the 2014 handbook words it."""
    agreeing, use, rated = [], [0.0] * table.labels, 0
    for row in table.codes.tolist():
        given = [label for label in row if label >= 0]
        if not given:
            continue
        rated += 1
        for label in given:
            use[label] += 1 / len(given)
        pairs = [(a, b) for i, a in enumerate(given) for j, b in enumerate(given) if i != j]
        if pairs:
            agreeing.append(sum(a == b for a, b in pairs) / len(pairs))
    observed = sum(agreeing) / len(agreeing)
    chance = sum(k / rated * (1 - k / rated) for k in use) / (table.labels - 1)
    return (observed - chance) / (1 - chance)
