"""A plan in plain words."""

from collections.abc import Iterable, Sequence

from annotate.labelstudio.compare import Why
from annotate.labelstudio.plan import PushPlan
from annotate.labelstudio.wording import counted, some

_WHY: dict[Why, str] = {
    "context": "Headline, date or context changed, to be brought up to date",
    "moved": "The same sentence in a corrected article, its annotations kept",
    "suggested": "Suggested to be labelled next, to be put into a tab of their own",
    "text": "Text changed and nobody has labelled it, to be brought up to date",
}


def plan_lines(plan: PushPlan) -> tuple[str, ...]:
    """What a push would do, in lines to print."""
    lines = [*_head(plan), *_tasks(plan), *_project(plan)]
    if plan.blocked:
        lines.append(plan.blocked)
    elif plan.is_empty:
        lines.append("Nothing to do")
    return tuple(lines)


def _head(plan: PushPlan) -> Iterable[str]:
    where = "to be created" if plan.project is None else f"number {plan.project}"
    yield f"Project {plan.title!r} on {plan.url} ({where})"
    parts = [
        f"{counted(len(plan.payload), 'task')} to create ({plan.with_prelabel:,} with a pre-label)",
        f"{len(plan.unchanged):,} unchanged",
        f"{len(plan.changes):,} to change",
        f"{len(plan.only_on_server):,} only on the server",
    ]
    yield ", ".join(parts)


def _tasks(plan: PushPlan) -> Iterable[str]:
    listed: list[tuple[str, Sequence[str]]] = [
        (words, [change.task_id for change in plan.changes if change.why == why])
        for why, words in _WHY.items()
    ]
    listed += [
        ("Annotated with another text, the old task kept and marked", _superseded(plan)),
        ("Only on the server, and left alone", plan.only_on_server),
        ("Sent twice by a fault and not labelled, the copy to be deleted", _doubles(plan)),
        ("Labelled in two copies; both are pulled as one task", plan.doubled),
    ]
    for words, ids in listed:
        if ids:
            yield f"{words}: {some(ids)}"
    prelabels = plan.prelabels
    if prelabels.send:
        yield f"Pre-labels to replace: {len(prelabels.send):,}"
    if prelabels.remove:
        yield f"Pre-labels to take away: {len(prelabels.remove):,}"
    if prelabels.surplus:
        yield f"Pre-labels there twice by a fault, to be deleted: {len(prelabels.surplus):,}"
    if prelabels.kept:
        yield f"Tasks that keep an older pre-label since they are labelled: {prelabels.kept:,}"


def _project(plan: PushPlan) -> Iterable[str]:
    if plan.scheme_differs and not plan.stranded:
        yield "The labelling page and instructions will be replaced by the scheme's"
    for rename in plan.renamed:
        yield f"Renamed: {rename}; annotations under the old name stay as they are"
    if plan.overlap_differs:
        yield f"Annotators wanted for each task: {plan.overlap} instead of {plan.overlap_there}"
    if plan.tabs:
        yield f"Tabs to make: {some([tab.title for tab in plan.tabs])}"
    if plan.model_differs and plan.model_there:
        yield f"Pre-labels shown: those of {plan.model} instead of {plan.model_there}"


def _superseded(plan: PushPlan) -> list[str]:
    return [drift.was for drift in plan.drifted] if plan.supersede else []


def _doubles(plan: PushPlan) -> list[str]:
    return [str(row.data.get("annotate_id")) for row in plan.doubles]
