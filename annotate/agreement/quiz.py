"""How each annotator did in a quiz of which the right labels are known."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from annotate.records import Annotation, GoldLabel, Task


@dataclass(frozen=True, slots=True)
class QuizMistake:
    """A sentence that an annotator labelled otherwise than the key; a skip gives no label."""

    case: str
    text: str
    given: str | None
    right: str


@dataclass(frozen=True, slots=True)
class QuizResult:
    """One annotator's quiz.

    Attributes:
        annotator: the pseudonym.
        asked: sentences of the quiz.
        answered: those that were labelled or skipped.
        mistakes: those labelled otherwise than the key, or skipped.
        passed: whether all are answered and the share of right ones reaches the pass mark.
    """

    annotator: str
    asked: int
    answered: int
    mistakes: tuple[QuizMistake, ...]
    passed: bool

    @property
    def right(self) -> int:
        """Sentences with the right label."""
        return self.answered - len(self.mistakes)

    @property
    def share(self) -> float:
        """Share of the quiz that is right, in [0, 1]; what is not answered yet is not."""
        return self.right / self.asked


@dataclass(frozen=True, slots=True)
class QuizReport:
    """The results of everybody, the best first, and the cases by how often they were missed."""

    pass_mark: float
    results: tuple[QuizResult, ...]
    missed: tuple[tuple[str, int], ...]


def mark_quiz(
    annotations: Iterable[Annotation],
    key: Iterable[GoldLabel],
    tasks: Iterable[Task],
    pass_mark: float,
) -> QuizReport:
    """Compare everybody's labels with the key.

    Args:
        annotations: at most one per (task, annotator); those of other tasks are passed over.
        key: the right labels; ``reason`` says which case a sentence shows.
        tasks: at least those of the key.
        pass_mark: share of right labels that passes, in [0, 1].
    """
    right = {entry.task_id: entry for entry in key}
    texts = {task.id: task.text for task in tasks}
    answers: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
    for annotation in annotations:
        if annotation.task_id in right:
            answers[annotation.annotator][annotation.task_id] = annotation.label
    results = [_result(who, given, right, texts, pass_mark) for who, given in answers.items()]
    counts: defaultdict[str, int] = defaultdict(int)
    for result in results:
        for mistake in result.mistakes:
            counts[mistake.case] += 1
    return QuizReport(
        pass_mark=pass_mark,
        results=tuple(sorted(results, key=lambda r: (-r.share, r.annotator))),
        missed=tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))),
    )


def _result(
    annotator: str,
    given: dict[str, str | None],
    right: dict[str, GoldLabel],
    texts: dict[str, str],
    pass_mark: float,
) -> QuizResult:
    mistakes = tuple(
        QuizMistake(entry.reason or "", texts.get(name, ""), given[name], entry.label or "")
        for name, entry in right.items()
        if name in given and given[name] != entry.label
    )
    share = (len(given) - len(mistakes)) / len(right)
    passed = len(given) == len(right) and share >= pass_mark
    return QuizResult(annotator, len(right), len(given), mistakes, passed)
