"""What must hold after a last push and pull, whatever happened before."""

from collections import Counter

from people import Said

from annotate import jsonl
from annotate.labelstudio.pseudonyms import Person, Pseudonyms
from annotate.records import Annotation


def server_problems(desk, there, projects, people):
    """What is wrong on the server.

    Args:
        desk: the workspace; all of its tasks were to be pushed.
        there: what is there, as `SeenTask`.
        projects: all projects of the workspace's title, as `SeenProject`.
        people: who annotated.
    """
    copies = Counter(task.task_id for task in there)
    wanted = {task.id for task in desk.tasks}
    # A double may stay where people annotated each copy: both are pulled as one task.
    bare = {task.task_id for task in there if copies[task.task_id] > 1 and not task.annotations}
    standing = {number for task in there for number in task.annotations}
    numbers = [project.number for project in projects]
    yield from _unless(len(numbers) == 1, f"{len(numbers)} projects", numbers)
    yield from _unless(wanted <= copies.keys(), "missing", wanted - copies.keys())
    yield from _unless(copies.keys() <= wanted, "too many", copies.keys() - wanted)
    yield from _unless(not bare, "doubled on the server", bare)
    texts = {task.id: task.text for task in desk.tasks}
    other = {task.task_id for task in there if texts.get(task.task_id, task.text) != task.text}
    yield from _unless(not other, "with another text", other)
    lost = {f"{v.task_id} by {v.email}" for v in people.votes if v.number not in standing}
    yield from _unless(not lost, "annotations lost on the server", lost)


def prelabel_problems(desk, there, projects):
    """Where the server does not have exactly the pre-label wanted, or does not show it.

    What people have worked on keeps the pre-label of an earlier model, which they saw.
    """
    ours = {task.id: task for task in desk.tasks}
    for task in there:
        if task.task_id in ours:
            found = [(each.model, each.label) for each in task.predictions]
            wanted = desk.shown(ours[task.task_id])
            few_enough = len(found) <= 1 if task.annotations else found == [wanted] * bool(wanted)
            if not few_enough:
                yield f"pre-labels of {task.task_id}: {found} in place of {wanted}"
    if desk.model:
        hidden = {project.model for project in projects if project.model != desk.model}
        yield from _unless(not hidden, f"the project shows no pre-labels of {desk.model}", hidden)


def pulled_problems(workspace, people, task_ids):
    """What is wrong in annotations.jsonl, as far as it is about these tasks."""
    names = Pseudonyms.load(workspace.annotator_map)
    who = {names.of(Person(email=email)): email for email in _known(names, people.emails)}
    found = [vote for vote in workspace.existing(Annotation) if vote.task_id in task_ids]
    said = {(vote.task_id, who.get(vote.annotator, vote.annotator)): _said(vote) for vote in found}
    wanted = {key: said for key, said in people.expected().items() if key[0] in task_ids}
    yield from _unless(len(said) == len(found), "annotations doubled", [len(found), len(said)])
    for key in sorted(wanted.keys() | said.keys()):
        if wanted.get(key) != said.get(key):
            yield f"pulled {said.get(key)} in place of {wanted.get(key)} for {key}"
    if workspace.rejected.exists():
        rejected = [line.text for line in jsonl.lines(workspace.rejected)]
        yield from _unless(not rejected, "annotations set aside", rejected)


def _known(names, emails):
    return [email for email in emails if f"email:{email}" in dict(names.names)]


def _said(vote):
    return Said(vote.label, vote.flags, vote.seconds, vote.from_prediction)


def _unless(holds, what, which):
    """The problem, in one line, unless something holds."""
    if not holds:
        named = sorted(map(str, which))
        yield f"{what}: {', '.join(named[:3])}" + (f" and {len(named) - 3} more" * (len(named) > 3))
