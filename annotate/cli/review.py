"""What a referee is asked, for the command line."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from annotate.cli.output import counted, note, progress, show

if TYPE_CHECKING:
    from annotate.workflows.label_errors import LabelErrors
    from annotate.workflows.review import Review
    from annotate.workspace import Workspace

_BELOW = 0.6
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a review."""

    below: float | None = None
    blind: bool = False
    dry_run: bool = False


def ask_referee(
    place: "Workspace", asked: Asked, *, suspects: int, seed: int, as_json: bool
) -> None:
    """Bring what is doubtful to the referee's project, or say what would be brought there."""
    from annotate.labelstudio.plan_lines import plan_lines
    from annotate.workflows.label import connect
    from annotate.workflows.review import plan_review, plan_review_push, push_review

    below = _BELOW if asked.below is None else asked.below
    names: list[str] = []
    if suspects:
        names = [each.task_id for each in _found(place, seed=seed).suspects[:suspects]]
    review = plan_review(place, below=below, suspects=names, blind=asked.blind)
    lines, data = list(_told(review)), _data(review)
    if not review.queries:
        show(["Nothing is open or doubtful. Next: annotate dataset"], data, as_json=as_json)
        return
    with connect(place) as studio:
        if asked.dry_run:
            plan = plan_review_push(place, studio, review)
            data |= {"create": len(plan.payload), "blocked": plan.blocked}
            show([*lines, *plan_lines(plan)], data, as_json=as_json)
            return
        with progress("tasks") as advance:
            done = push_review(place, studio, review, progress=advance, say=note)
    created = done.result.created if done.result else 0
    data |= {"create": created, "project": done.project, "url": done.url}
    following = f"The referee decides at {done.url}", "Then: annotate pull, annotate gold"
    show([*lines, *following], data, as_json=as_json)


def list_suspects(place: "Workspace", count: int, *, seed: int, as_json: bool) -> None:
    """Say which labels a model doubts most; nothing is changed."""
    found = _found(place, seed=seed)
    shown = found.suspects[:count]
    total = f"{len(found.suspects)} of {counted(found.labels, 'label')}"
    lines = [f"A model that was trained on other articles doubts {total}:"]
    for each in shown:
        lines.append(f"{each.label}, or {each.instead}? (margin {each.margin:.2f}) {each.task_id}")
        lines.append(f"  {_shortened(found.texts[each.task_id])}")
    if found.kept_out:
        lines.append(f"{found.kept_out} labels of the audit's test half were not looked at")
    lines.append("Nothing was changed. Ask a referee: annotate gold --review --suspects N")
    data = {"labels": found.labels, "folds": found.folds, "kept_out": found.kept_out}
    rows = [{**asdict(each), "text": found.texts[each.task_id]} for each in shown]
    show(lines, {**data, "doubted": len(found.suspects), "suspects": rows}, as_json=as_json)


def _found(place: "Workspace", *, seed: int) -> "LabelErrors":
    from annotate.workflows.label_errors import find_label_errors

    with progress("folds") as advance:
        return find_label_errors(place, seed=seed, on_fold=advance)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


def _told(review: "Review") -> Iterator[str]:
    words = {"tie": "open ties", "low score": "with a low score", "suspect": "suspected errors"}
    added = ", ".join(f"{count} {words[why]}" for why, count in review.added.items())
    yield f"New for the referee: {added or 'nothing'}"
    told = f"{counted(len(review.queries), 'task')} in all, {review.decided} decided"
    yield f"{told}, {review.blind} shown without votes"


def _data(review: "Review") -> dict[str, object]:
    return {
        "added": dict(review.added),
        "tasks": len(review.queries),
        "decided": review.decided,
        "blind": review.blind,
    }
