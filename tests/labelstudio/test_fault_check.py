"""The check at the end of a run sees what is wrong, and nothing where all is well."""

from dataclasses import replace

import pytest
from desk import Desk
from fault_check import prelabel_problems, pulled_problems, server_problems
from people import People, Said, Vote
from seen import SeenPrediction, SeenProject, SeenTask

from annotate.labelstudio.pseudonyms import Person, Pseudonyms
from annotate.records import Annotation
from strategies import annotation

ANN, BEN = "ann@x.invalid", "ben@x.invalid"
ONE = [SeenProject(5, "")]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "desk", count=12, first=12, seed=1)


@pytest.fixture
def there(desk):
    """What the server has when all is well: the first task with Ann's annotation."""
    tasks = [SeenTask(n, task.id, task.text, (), ()) for n, task in enumerate(desk.tasks, start=1)]
    return [replace(tasks[0], annotations=(90,)), *tasks[1:]]


@pytest.fixture
def people(desk):
    people = People({ANN: None, BEN: None}, 0)
    said = Said("claim", (), 2.0)
    people._votes = [Vote(90, 1, desk.tasks[0].id, ANN, said, 1)]
    return people


def test_generated_workspaces_hold_tasks_that_differ_and_grow(tmp_path):
    desk = Desk(tmp_path / "desk", count=23, first=10, seed=2)
    assert (len(desk.current()), len({task.id for task in desk.tasks})) == (10, 23)
    copy = desk.copy()
    desk.grow()
    assert desk.copy() is copy
    assert [workspace.root.name for workspace in desk.workspaces] == ["desk", "desk-copy"]
    assert all(len(list(w.read(type(desk.tasks[0])))) == 23 for w in desk.workspaces)


def test_where_all_is_well_nothing_is_found(desk, there, people):
    assert list(server_problems(desk, there, ONE, people)) == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda there: there[1:], "missing: "),
        (lambda there: [*there, replace(there[3], number=99)], "doubled on the server: "),
        (lambda there: [*there, replace(there[3], number=99, task_id="x")], "too many: x"),
        (lambda there: [*there[1:], replace(there[0], text="Other.")], "with another text: "),
        (lambda there: [replace(there[0], annotations=()), *there[1:]], "annotations lost"),
    ],
)
def test_what_is_wrong_on_the_server_is_found(desk, there, people, damage, found):
    problems = list(server_problems(desk, damage(there), ONE, people))
    assert any(problem.startswith(found) for problem in problems), problems


def test_a_second_project_is_found(desk, there, people):
    two = [*ONE, SeenProject(6, "")]
    assert list(server_problems(desk, there, two, people)) == ["2 projects: 5, 6"]


def test_a_double_may_stay_where_both_copies_are_annotated(desk, there, people):
    both = [*there, replace(there[0], number=99, annotations=(91,))]
    assert list(server_problems(desk, both, ONE, people)) == []


def with_prelabels(desk, there):
    """The server when all is well, with pre-labels."""
    shown = [desk.shown(task) for task in desk.tasks]
    return [
        replace(task, predictions=(SeenPrediction(task.number, *pair),) if pair else ())
        for task, pair in zip(there, shown, strict=True)
    ]


def test_where_every_task_has_its_prelabel_nothing_is_found(desk, there):
    assert list(prelabel_problems(desk, there, ONE)) == []
    desk.prelabel("m")
    assert {bool(desk.shown(task)) for task in desk.tasks} == {True, False}
    assert list(prelabel_problems(desk, with_prelabels(desk, there), [SeenProject(5, "m")])) == []


@pytest.mark.parametrize(
    "predictions",
    [(), ("m", "m"), ("older",), ("m", "older")],
    ids=["none", "two", "of another model", "piled up"],
)
def test_prelabels_that_are_not_as_wanted_are_found(desk, there, predictions):
    desk.prelabel("m")
    there = with_prelabels(desk, there)
    at = next(at for at, task in enumerate(there) if at and task.predictions)
    label = there[at].predictions[0].label
    made = tuple(SeenPrediction(n, model, label) for n, model in enumerate(predictions))
    there[at] = replace(there[at], predictions=made)
    (problem,) = prelabel_problems(desk, there, [SeenProject(5, "m")])
    assert problem.startswith(f"pre-labels of {there[at].task_id}: ")


def test_prelabels_that_the_project_does_not_show_are_found(desk, there):
    desk.prelabel("m")
    there = with_prelabels(desk, there)
    (problem,) = prelabel_problems(desk, there, [SeenProject(5, "older")])
    assert problem == "the project shows no pre-labels of m: older"


@pytest.fixture
def pulled(desk):
    """Write what a pull would have written: Ann said "claim" of the first task."""

    def pulled(*votes):
        names = Pseudonyms().including([Person(number=7, email=ANN)])
        names.save(desk.workspace.annotator_map)
        desk.workspace.write(Annotation, votes, command="pull")
        return desk.workspace

    return pulled


def test_what_was_pulled_is_compared_in_both_directions(desk, people, pulled):
    ids = {task.id for task in desk.tasks}
    right = annotation(desk.tasks[0].id, "annotator-1", "claim", seconds=2.0)
    other = annotation(desk.tasks[1].id, "annotator-1", "claim", seconds=3.0)
    wrong = right.model_copy(update={"label": "denial"})
    stranger = right.model_copy(update={"annotator": "annotator-2"})

    def problems(*votes):
        return list(pulled_problems(pulled(*votes), people, ids))

    assert problems(right) == []
    assert len(problems()) == len(problems(right, other)) == len(problems(wrong)) == 1
    assert len(problems(right, right)) == 1
    assert len(problems(stranger)) == 2
    assert list(pulled_problems(pulled(right, other), people, ids - {other.task_id})) == []


def test_what_was_set_aside_is_a_problem(desk, people, pulled):
    right = annotation(desk.tasks[0].id, "annotator-1", "claim", seconds=2.0)
    workspace = pulled(right)
    workspace.rejected.write_text('{"task_id": null}\n')
    (problem,) = pulled_problems(workspace, people, {right.task_id})
    assert problem.startswith("annotations set aside: ")


def test_of_several_annotations_of_one_person_the_one_changed_last_counts(desk, people):
    task_id = desk.tasks[0].id
    people._votes.append(Vote(91, 1, task_id, ANN, Said("denial", (), 3.0), 3))
    people._votes.append(Vote(92, 1, task_id, BEN, Said(None, (), 4.0), 2))
    assert people.expected() == {
        (task_id, ANN): Said("denial", (), 3.0), (task_id, BEN): Said(None, (), 4.0),
    }  # fmt: skip
