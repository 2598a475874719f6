"""What a push reads of a project: no more than has changed, and everything where in doubt."""

import json
from dataclasses import replace

import pytest
from fake_studio import FakeStudio
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.labelstudio.seen import FILENAME, Seen, add_created, forget_seen, see

KEY = "k" * 32
PROJECT = 1
"""The number of the first project on a server."""
LABEL = {"model_version": "m1", "result": []}


def sent(number):
    return {"data": {"annotate_id": f"t{number}", "text": f"Text {number} 😀"}}


class Scene:
    """A server with a project, and what is seen of it."""

    def __init__(self, count=6):
        self.studio = FakeStudio()
        self.project = self.studio.create_project("P", "<View/>", "", description=KEY)
        self.numbers = self.studio.import_tasks(self.project, [sent(n) for n in range(count)])
        self.seen = see(self.studio, self.project, KEY, None)
        self.studio.reads.clear()

    def look(self, earlier=None):
        """See again; returns what, and the numbers of the tasks that were read for it."""
        self.studio.reads.clear()
        found = see(self.studio, self.project, KEY, earlier or self.seen)
        return found, [number for _, number in self.studio.reads]

    def all_rows(self):
        return {row.number: row for row in self.studio.rows(self.project)}


@pytest.fixture
def scene():
    return Scene()


def test_the_file_says_what_was_seen_and_is_not_written_twice(scene, tmp_path):
    assert Seen.load(tmp_path, KEY, PROJECT) is None
    scene.seen.save(tmp_path)
    found = Seen.load(tmp_path, KEY, PROJECT)
    assert found == scene.seen
    assert Seen.load(tmp_path, "another", PROJECT) is None
    assert Seen.load(tmp_path, KEY, PROJECT + 1) is None
    path = tmp_path / FILENAME
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text().replace("Text 0", "Text X"))
    assert Seen.load(tmp_path, KEY, PROJECT) is None, "somebody changed it"
    found.save(tmp_path)  # it says the same as what it was read from: not written
    assert "Text X" in path.read_text()
    forget_seen(tmp_path)
    forget_seen(tmp_path)
    assert not path.exists()


def test_where_nothing_has_changed_no_task_is_read(scene, tmp_path):
    scene.seen.save(tmp_path)
    stored = Seen.load(tmp_path, KEY, PROJECT)
    found, read = scene.look(stored)
    assert found is stored
    assert read == []


def test_what_has_changed_is_read_and_nothing_else(scene):
    scene.studio.annotate(scene.numbers[1], [])
    (new,) = scene.studio.import_tasks(scene.project, [sent(9)])
    found, read = scene.look()
    assert read == [scene.numbers[1], scene.numbers[5], new]
    assert found.rows == scene.all_rows()
    assert found.rows[scene.numbers[1]].work == 1
    assert scene.look(found) == (found, [])


@pytest.mark.parametrize("what", ["deleted", "pre-label gone", "pre-label new", "pre-label piled"])
def test_what_no_time_tells_is_told_by_the_counts(scene, what):
    scene.studio.import_predictions(scene.project, {scene.numbers[0]: LABEL})
    before, _ = scene.look()
    change = {
        "deleted": lambda: scene.studio.delete_tasks(scene.project, scene.numbers[:1]),
        "pre-label gone": lambda: scene.studio.delete_predictions(scene.project, scene.numbers[:1]),
        "pre-label new": lambda: scene.studio.import_predictions(
            scene.project, {scene.numbers[1]: LABEL}
        ),
        "pre-label piled": lambda: scene.studio.import_predictions(
            scene.project, {scene.numbers[0]: LABEL}
        ),
    }
    change[what]()
    found, read = scene.look(before)
    assert found.rows == scene.all_rows()
    assert set(found.rows) <= set(read), "every task was read"


def test_the_number_of_a_deleted_task_that_is_given_out_again_is_another_task(scene):
    scene.studio.delete_tasks(scene.project, scene.numbers[-1:])
    assert scene.studio.import_tasks(scene.project, [sent(9)]) == scene.numbers[-1:]
    found, _ = scene.look()
    assert found.rows[scene.numbers[-1]].data["annotate_id"] == "t9"


def test_created_tasks_are_added_as_they_were_sent(scene):
    numbers = scene.studio.import_tasks(scene.project, [sent(7), sent(8)])
    rows = [row for number, row in scene.all_rows().items() if number in numbers]
    found = add_created(scene.studio, scene.seen, rows)
    assert found == see(scene.studio, scene.project, KEY, None)
    assert scene.look(found)[1] == []


@pytest.mark.parametrize("who", ["labels a new task", "labels an old task", "adds a task"])
def test_created_tasks_are_not_added_where_somebody_else_did_something_too(scene, who):
    (number,) = scene.studio.import_tasks(scene.project, [sent(7)])
    row = scene.all_rows()[number]
    if who == "adds a task":
        scene.studio.import_tasks(scene.project, [sent(8)])
    else:
        scene.studio.annotate(number if "new" in who else scene.numbers[0], [])
    found = add_created(scene.studio, scene.seen, [row])
    assert found == scene.seen
    assert scene.look(found)[0].rows == scene.all_rows()


def test_a_server_that_was_put_back_is_read_anew(scene):
    later = replace(scene.seen, newest="2027-01-01T00:00:00.000000Z")
    assert scene.look(later)[1] == scene.numbers


def test_an_empty_project_is_seen_as_it_is():
    scene = Scene(count=0)
    assert scene.seen == Seen(KEY, PROJECT)
    assert add_created(scene.studio, scene.seen, []) == scene.seen
    scene.studio.import_tasks(scene.project, [sent(1)])
    assert scene.look()[0].rows == scene.all_rows()


def test_a_row_without_what_it_should_hold_is_as_it_was_written(tmp_path):
    scene = Scene(count=1)
    (row,) = scene.seen.rows.values()
    odd = replace(row, data={"text": "half \ud83d of a character", "list": [1, None]})
    Seen(KEY, PROJECT, "2026-01-01T00:00:00Z", {odd.number: odd}).save(tmp_path)
    assert Seen.load(tmp_path, KEY, PROJECT).rows == {odd.number: odd}
    header = json.loads((tmp_path / FILENAME).read_text().splitlines()[0])
    assert (header["key"], header["project"]) == (KEY, PROJECT)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["annotate", "unmake", "change", "delete", "create"]),
        st.integers(0, 7),
        st.booleans(),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_what_is_seen_is_what_is_there(steps):
    scene = Scene(count=4)
    seen = scene.seen
    for step, which, looks in steps:
        numbers = [*scene.all_rows()]
        number = numbers[which % len(numbers)] if numbers else None
        _do(scene, step, number)
        if looks:
            seen, _ = scene.look(seen)
            assert seen.rows == scene.all_rows()
    seen, _ = scene.look(seen)
    assert seen.rows == scene.all_rows()


def _do(scene, step, number):
    studio, project = scene.studio, scene.project
    if step == "create" or number is None:
        studio.import_tasks(project, [sent(20)])
    elif step == "annotate":
        studio.annotate(number, [])
    elif step == "unmake":
        if made := studio.annotations(project):
            studio.unmake(made[0])
    elif step == "change":
        studio.change_task(number, {"text": "Changed."})
    else:
        studio.delete_tasks(project, [number])
