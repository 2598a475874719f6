"""The learning curve of a recipe on a workspace's labelled sentences, or on those of a file."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from annotate.curves import Curve, Forecast, Pace, forecast, learning_curve
from annotate.files import write_text
from annotate.models import recipe
from annotate.models.manifest import data_digest
from annotate.records import Annotation
from annotate.workflows.datasets import labelled
from annotate.workflows.sentences import sentences_of_tasks
from annotate.workspace import Workspace

FILENAME = "curve.json"


@dataclass(frozen=True, slots=True)
class CurveMade:
    """A learning curve and what follows from it.

    Attributes:
        recipe: how was learnt.
        seed: of the first division.
        curve: what was measured.
        pace: how long a label takes; None without timing.
        forecast: what more articles would bring.
        data_sha256: of the labelled sentences, as `data_digest` takes it.
    """

    recipe: str
    seed: int
    curve: Curve
    pace: Pace | None
    forecast: Forecast
    data_sha256: str


def make_curve(
    workspace: Workspace | None,
    *,
    recipe_name: str,
    points: int,
    seeds: int,
    seed: int,
    examples: Path | None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> CurveMade:
    """Measure a learning curve; the test part, which is for the final score, is not touched.

    Args:
        workspace: for its data set, its scheme and the times of its annotators.
        recipe_name: how to learn.
        points: sizes of the training part, at most.
        seeds: how often the families are divided anew.
        seed: of the first division.
        examples: labelled sentences in place of the workspace's data set.
        advance: is told how many models are trained, and of how many.

    Raises:
        EvaluationError: there are too few families, or too few labels to learn anything.
    """
    found = labelled(workspace, examples)
    learner = recipe(recipe_name)
    curve = learning_curve(
        [example for example in found.examples if example.split != "test"],
        lambda part, with_seed: learner.fit(part, labels=found.labels, seed=with_seed),
        labels=found.labels,
        points=points,
        seeds=seeds,
        seed=seed,
        advance=advance,
    )
    pace = _pace(workspace) if workspace and examples is None else None
    expected = forecast(curve, pace)
    return CurveMade(recipe_name, seed, curve, pace, expected, data_digest(found.examples))


def as_data(made: CurveMade) -> dict[str, object]:
    """The curve as JSON takes it: numbers of points, law, verdict and forecast by name."""
    return asdict(made)


def keep_curve(made: CurveMade, path: Path) -> None:
    """Write the curve as JSON."""
    write_text(path, json.dumps(as_data(made), ensure_ascii=False, indent=2) + "\n")


def _pace(workspace: Workspace) -> Pace | None:
    votes = [vote for vote in workspace.existing(Annotation) if not vote.skipped]
    sizes = sentences_of_tasks(workspace) if votes else {}
    return Pace.of(
        [vote.seconds / sizes[vote.task_id] for vote in votes if vote.seconds],
        labels=sum(sizes[vote.task_id] for vote in votes),
        sentences=sum(sizes[task_id] for task_id in {vote.task_id for vote in votes}),
    )
