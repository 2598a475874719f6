"""The pre-labels of a workspace's tasks: by rules, by a model, or from a file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from annotate import jsonl
from annotate.errors import WorkspaceError
from annotate.prediction import predict
from annotate.records import Document, Located, Prediction, Task
from annotate.rules import Precision, Rules
from annotate.sidecar import write_sidecar
from annotate.splits import seen_in_training
from annotate.tasks import prelabelled, read_labels, rule_prelabels
from annotate.workflows.families import group_documents
from annotate.workflows.training import NamedModel, find_model
from annotate.workspace import Workspace

RULES: Final = "rules"
NONE: Final = "none"
SOURCE: Final = "source"
"""Under what name the sidecar says of which rules or model the pre-labels are."""
_FILES: Final = (".jsonl", ".csv")


@dataclass(frozen=True, slots=True)
class Prelabelled:
    """What became of the pre-labels."""

    made: int = 0
    model: str | None = None
    """What they are of; None where there are none."""
    held_out: int = 0
    """Those of tasks that are shown without them."""
    learnt_from: int = 0
    """Tasks of articles that the model was trained on: its word on them would mislead."""
    unmatched: tuple[str, ...] = ()
    """Lines of the file that are of none of the tasks."""
    remark: str | None = None
    """Why there are none, in a sentence."""


def prelabeller(workspace: Workspace, source: str | None) -> Callable[[], Prelabelled]:
    """What makes the pre-labels of all tasks and writes them in place of those before.

    It is called once the tasks are there. Whether the source can be used is found out here, before
    anything is written.

    Args:
        workspace: whose tasks.
        source: ``rules``, ``none``, a file of labels, or the name of a model of the workspace. By
            default the rules, until there is a model; then the pre-labels stay as they are.

    Raises:
        WorkspaceError: the rules do not know the labels of the scheme, or the page shows none.
        ModelError: there is no such model, or it is for other labels.
        InputError: the file cannot be used; names the line.
        UnknownLabelError: a label of the file is not in the scheme; names the line.
    """
    make = _maker(workspace, source)

    def locked() -> Prelabelled:
        with workspace.locked():
            return make()

    return locked


def _maker(workspace: Workspace, source: str | None) -> Callable[[], Prelabelled]:
    if source is None:
        return partial(_by_default, workspace)
    if source == NONE:
        return partial(_none, workspace)
    if source == RULES:
        return partial(_by_rules, workspace, _rules(workspace))
    if workspace.settings.units.derive_labels:
        msg = (
            "Articles that are marked with spans are given no label, so no label can be shown "
            f"there: leave out --prelabel {source}. Predictions with spans can be put into "
            f"{workspace.prelabels.name} by hand."
        )
        raise WorkspaceError(msg)
    if Path(source).suffix.lower() in _FILES:
        read_labels(Path(source), (), scheme=workspace.scheme)  # refuses what is wrong in any line
        return partial(_from_file, workspace, Path(source))
    return partial(_by_model, workspace, find_model(workspace, source), source)


def _by_default(workspace: Workspace) -> Prelabelled:
    if any((workspace.root / "models").glob("[!.]*/manifest.json")):
        remark = "No pre-labels were made, as there is a model: say --prelabel MODEL, rules or none"
        return Prelabelled(remark=remark)
    rules = Rules.load()
    if reason := unfit_rules(rules, workspace):
        return Prelabelled(remark=f"No pre-labels: {reason}")
    return _by_rules(workspace, rules)


def _none(workspace: Workspace) -> Prelabelled:
    """No pre-labels: an empty file in place of one that was there takes them off the server too."""
    if workspace.prelabels.exists():
        _write(workspace, [], inputs=[])
    return Prelabelled(remark="No pre-labels, as you said")


def _by_rules(workspace: Workspace, rules: Rules) -> Prelabelled:
    precision = Precision.load(rules=rules.name)
    made = rule_prelabels(_pairs(workspace), rules, precision, scheme=workspace.scheme)
    return _write(workspace, list(made), inputs=[], source=RULES)


def _by_model(workspace: Workspace, model: NamedModel, source: str) -> Prelabelled:
    seen = seen_in_training(group_documents(workspace).documents, model.manifest)
    made = list(
        predict(
            prelabelled(_pairs(workspace)),
            model.model,
            name=model.name,
            in_training=seen,
        )
    )
    new = [prediction for prediction in made if not prediction.in_training]
    learnt_from = len(made) - len(new)
    return _write(workspace, new, inputs=[model.folder], source=source, learnt_from=learnt_from)


def _from_file(workspace: Workspace, path: Path) -> Prelabelled:
    found = read_labels(path, _pairs(workspace), scheme=workspace.scheme)
    return _write(workspace, found.predictions, inputs=[path], unmatched=found.unmatched)


def _pairs(workspace: Workspace) -> Iterator[tuple[Document, Task]]:
    """Every task with its document; one whose document is gone says nothing any more."""
    documents = {document.id: document for document in workspace.read(Document)}
    for task in workspace.read(Task):
        if document := documents.get(task.document_id):
            yield document, task


def _rules(workspace: Workspace) -> Rules:
    rules = Rules.load()
    if reason := unfit_rules(rules, workspace):
        msg = f"{reason[0].upper()}{reason[1:]}. Give labels by --prelabel FILE, or say none."
        raise WorkspaceError(msg)
    return rules


def unfit_rules(rules: Rules, workspace: Workspace) -> str | None:
    """Why rules cannot label these tasks, if they cannot."""
    scheme, settings = workspace.scheme, workspace.settings
    if missing := [label for label in rules.book.labels if label not in scheme.label_names]:
        known = ", ".join(rules.book.labels)
        return f"the rules are for {known}, and the scheme has no {missing[0]!r}"
    if settings.units.of != "sentence":
        return f"the rules are for sentences, and a task is one {settings.units.of}"
    if settings.language != "en":
        return f"the rules are for English, and the language is {settings.language!r}"
    return None


def _write(
    workspace: Workspace,
    made: Sequence[Prediction],
    *,
    inputs: Iterable[Path],
    source: str | None = None,
    learnt_from: int = 0,
    unmatched: tuple[str, ...] = (),
) -> Prelabelled:
    jsonl.write(workspace.prelabels, made)
    inputs = [workspace.path(Task), *inputs]
    options = {SOURCE: source} if source else {}
    write_sidecar(workspace.prelabels, command="tasks --prelabel", inputs=inputs, options=options)
    held_out = {_place(task) for task in workspace.read(Task) if task.prelabel_held_out}
    return Prelabelled(
        made=len(made),
        model=made[0].model if made else None,
        held_out=sum(_place(prediction) in held_out for prediction in made),
        learnt_from=learnt_from,
        unmatched=unmatched,
    )


def _place(located: Located) -> tuple[str, str, int, int]:
    return located.document_id, located.part, located.start, located.end
