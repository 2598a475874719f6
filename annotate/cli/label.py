"""Label: tasks to Label Studio, annotations back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, LABEL, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, progress, show

if TYPE_CHECKING:
    from annotate.labelstudio import Adopted, Pulled, PushPlan
    from annotate.labelstudio.push import PushResult

commands = typer.Typer()


@commands.command(rich_help_panel=LABEL)
def push(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    supersede: Annotated[
        bool,
        typer.Option(
            "--supersede",
            help="Create labelled tasks whose text changed anew; the old ones stay, marked.",
        ),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read everything back; trust no memory.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring Label Studio to what this workspace holds; safe to repeat."""
    from annotate.labelstudio.plan_lines import plan_lines
    from annotate.workflows.label import connect, plan_tasks, push_tasks

    place = open_workspace(workspace)
    with connect(place) as studio:
        if dry_run:
            plan = plan_tasks(place, studio, supersede=supersede, verify=verify)
            show(plan_lines(plan), _counts(plan), as_json=as_json)
            return
        with progress("tasks") as advance:
            done = push_tasks(
                place, studio, supersede=supersede, verify=verify, progress=advance, say=note
            )
    told = _told(done.result) if done.result else "All tasks are there"
    data = {"created": 0, **_counts(done.plan), "project": done.project, "url": done.url}
    data |= asdict(done.result) if done.result else {}
    show([f"{told}. Label them at {done.url}", "Then: annotate pull"], data, as_json=as_json)


def _counts(plan: "PushPlan") -> dict[str, object]:
    return {
        "create": len(plan.payload),
        "unchanged": len(plan.unchanged),
        "change": [change.task_id for change in plan.changes],
        "drifted": [drift.task_id for drift in plan.drifted],
        "only_on_server": plan.only_on_server,
        "doubles": len(plan.doubles),
        "prelabels": plan.with_prelabel + len(plan.prelabels.send) + len(plan.prelabels.remove),
        "scheme_differs": plan.scheme_differs,
        "blocked": plan.blocked,
        "project": plan.project,
    }


def _told(result: "PushResult") -> str:
    counts = (
        (result.created, "created"),
        (result.changed, "changed"),
        (result.superseded, "superseded"),
        (result.deleted, "deleted that were there twice"),
    )
    parts = [f"{counted(count, 'task')} {words}" for count, words in counts if count]
    return ", ".join(parts) or "The project is up to date"


@commands.command(rich_help_panel=LABEL)
def pull(
    export: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="EXPORT",
            help="An export in place of the server: JSON, also zipped; JSON_MIN, CSV or TSV where "
            "nothing is lost.",
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Read everything there, not only what changed since."),
    ] = False,
    names: Annotated[
        bool,
        typer.Option("--names", help="Write e-mail addresses of annotators, not pseudonyms."),
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Make documents and tasks of a project made elsewhere."),
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OURS=THEIRS",
            help="With --adopt: text=FIELD and label=CONTROL; title, outlet, published, url, "
            "family, before, after, flags, spans as well.",
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring annotations back; what does not fit is set aside with its reason."""
    from annotate.workflows import label as steps
    from annotate.workflows.review import pull_decisions

    place = open_workspace(workspace)
    if adopt or mapping:
        if not (adopt and export):
            message = "--adopt, --map and --from EXPORT go together."
            raise typer.BadParameter(message)
        refuse_beside("--adopt", full=full, names=names)
        show_adopted(steps.adopt_export(place, export, fields_of(mapping or [])), as_json=as_json)
        return
    judged = None
    if export:
        refuse_beside("--from", full=full)
        found = steps.pull_from_export(place, export, names=names)
    else:
        with steps.connect(place) as studio, progress("tasks read") as advance:
            found = steps.pull_annotations(place, studio, full=full, names=names, progress=advance)
            judged = pull_decisions(place, studio, full=full)
    lines = [*found.summary]
    if judged:
        lines.append(f"By referees: {judged.summary[0]}")
    if found.rejected:
        lines.append(f"What was set aside is in {place.rejected}")
    if names:
        lines.append(
            "E-mail addresses are in annotations.jsonl until the next pull without --names"
        )
    following = (
        "annotate agreement, then annotate gold" if found.annotations else "label some tasks"
    )
    data = pulled(found) | ({"review": pulled(judged)} if judged else {})
    show([*lines, f"Next: {following}"], data, as_json=as_json)


def pulled(found: "Pulled") -> dict[str, object]:
    """What was pulled, for machines."""
    return {
        "mode": found.mode,
        "labels": len(found.annotations) - found.skipped,
        "skipped": found.skipped,
        "annotators": found.annotators,
        "rejected": len(found.rejected),
        "unannotated": found.unannotated,
        "drafts": found.drafts,
        "missing": found.missing,
        "foreign": found.foreign,
    }


def refuse_beside(option: str, **others: bool) -> None:
    """Refuse options that mean nothing beside another."""
    for name, wanted in others.items():
        if wanted:
            message = f"--{name} and {option} do not go together."
            raise typer.BadParameter(message)


def show_adopted(found: "Adopted", *, as_json: bool) -> None:
    """Say what became of a project that was made elsewhere."""
    data = {"documents": len(found.documents), "tasks": len(found.tasks)}
    data |= {"annotations": len(found.annotations), "rejected": len(found.rejected)}
    counts = [f"{count} {name}" for name, count in data.items()]
    lines = [", ".join(counts)]
    lines += [f"{n} answers of {name!r} passed over" for name, n in found.passed_over.items()]
    lines += [f"{found.copies} tasks with the text of another joined to it"] if found.copies else []
    lines += [f"{found.empty} tasks without a text passed over"] if found.empty else []
    show([*lines, "Next: annotate agreement, then annotate gold"], data, as_json=as_json)


def fields_of(mapping: list[str]) -> dict[str, str]:
    """``text=body,published=date`` and the like as a mapping of our names to theirs."""
    pairs = [pair.partition("=") for entry in mapping for pair in entry.split(",")]
    for ours, sign, theirs in pairs:
        if not (ours and sign and theirs):
            message = f"{ours + sign + theirs!r} is not of the form OURS=THEIRS."
            raise typer.BadParameter(message, param_hint="--map")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
