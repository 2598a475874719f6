"""Plan and apply: what is created, once, whatever happens on the way."""

import json
from dataclasses import replace

import pytest
from fake_studio import FakeStudio
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT

from annotate.errors import StudioError, SyncError, UncertainError
from annotate.labelstudio import push
from annotate.labelstudio.plan import plan_push
from annotate.labelstudio.push import BATCH, apply_push
from annotate.labelstudio.state import SyncState, key_in
from annotate.scheme import Scheme
from strategies import document, task

SENTENCE = "The bridge is shut. "
COUNT = 1201
DOCUMENT = document(SENTENCE * COUNT)
TASKS = [task(SENTENCE[:-1], DOCUMENT.id, start=20 * place) for place in range(COUNT)]
LOST = UncertainError("The connection broke.")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(push, "_LOOK_AFTER_SECONDS", (0, 0))


@pytest.fixture
def studio():
    return FakeStudio()


@pytest.fixture
def state(tmp_path):
    return tmp_path / ".annotate" / "label_studio.json"


@pytest.fixture
def plan(studio, state):
    def plan(tasks=TASKS[:3], *, studio=studio, state=state, scheme=DEFAULT, title="Press"):
        return plan_push(
            studio, project_title=title, scheme=scheme, tasks=tasks, documents=[DOCUMENT],
            state=state, overlap=2,
        )  # fmt: skip

    return plan


def ids(tasks):
    return tuple(each.id for each in tasks)


def test_a_plan_changes_nothing(plan, studio, state):
    found = plan()
    assert (found.project, found.create, found.linked) == (None, ids(TASKS[:3]), False)
    assert studio.calls == []
    assert not state.exists()
    assert found.summary == (
        "Project 'Press' on http://studio.invalid/ (to be created)",
        "3 tasks to create (0 with a pre-label), 0 unchanged, 0 changed, 0 only on the server",
    )


def test_a_push_creates_what_the_plan_says_and_a_second_one_nothing(plan, studio, state):
    done = apply_push(plan(), studio)
    assert (done.created, done.project_created, done.page_replaced) == (3, True, False)
    assert studio.calls == [("create_project", "Press", 2), ("import_tasks", 3)]
    again = plan()
    assert (again.create, again.unchanged, again.is_empty) == ((), ids(TASKS[:3]), True)
    assert again.summary[-1] == "Nothing to do"
    kept = state.read_text()
    assert apply_push(again, studio).created == 0
    assert len(studio.calls) == 2
    assert state.read_text() == kept


def test_tasks_go_in_batches_and_progress_is_told(plan, studio):
    told = []
    apply_push(plan(TASKS), studio, progress=lambda done, of: told.append((done, of)))
    assert [count for name, count in studio.calls[1:]] == [BATCH, BATCH, COUNT - 2 * BATCH]
    assert told == [(500, 1201), (1000, 1201), (1201, 1201)]


def test_only_what_is_not_there_is_sent(plan, studio):
    apply_push(plan(TASKS[:2]), studio)
    found = plan(TASKS[1:4])
    assert found.create == ids(TASKS[2:4])
    assert found.unchanged == ids(TASKS[1:2])
    assert found.only_on_server == ids(TASKS[:1])
    apply_push(found, studio)
    assert studio.calls[-1] == ("import_tasks", 2)


def test_a_task_whose_text_or_context_changed_is_named_and_left_alone(plan, studio):
    apply_push(plan(), studio)
    moved = TASKS[0].model_copy(update={"before": "Something new."})
    studio.row(TASKS[1].id)["data"]["text"] = "Changed there."
    studio.row(TASKS[2].id)["data"]["added by others"] = 3
    found = plan([moved, *TASKS[1:3]])
    assert (found.changed, found.unchanged) == (ids(TASKS[:2]), ids(TASKS[2:3]))
    assert found.create == ()
    assert TASKS[0].id in "\n".join(found.summary)
    assert apply_push(found, studio).created == 0


def test_tasks_of_others_in_the_project_are_named_and_left_alone(plan, studio):
    apply_push(plan(), studio)
    studio.import_tasks(1, [{"data": {"text": "by hand"}}])
    (foreign,) = plan().only_on_server
    assert foreign.startswith("number ")


def test_doubles_on_the_server_are_named(plan, studio):
    apply_push(plan(), studio)
    studio.import_tasks(1, [{"data": dict(studio.row(TASKS[0].id)["data"])}])
    found = plan()
    assert found.doubled == ids(TASKS[:1])
    assert found.unchanged == ids(TASKS[:3])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6), st.booleans())
def test_whatever_is_lost_on_the_way_no_task_is_ever_doubled(tmp_path_factory, faults, at_first):
    # Each fault is an answer lost: the request was carried out or not, and we are not told.
    studio, state = FakeStudio(), tmp_path_factory.mktemp("w") / "label_studio.json"
    lost = [(LOST if fails else None, done or not fails) for fails, done in faults]
    studio.faults = {"create_project": lost[:2] if at_first else [], "import_tasks": lost[2:]}
    fields = {"project_title": "Press", "scheme": DEFAULT, "tasks": TASKS[:2], "state": state}
    for _ in range(len(faults) + 2):
        try:
            apply_push(plan_push(studio, documents=[DOCUMENT], **fields), studio)
        except UncertainError:
            continue
    assert len(studio.on_server) == 1
    assert sorted(data["annotate_id"] for _, data in studio.tasks(1)) == sorted(ids(TASKS[:2]))


def test_tasks_that_arrived_although_the_answer_was_lost_are_not_sent_again(plan, studio):
    studio.faults = {"import_tasks": [(LOST, True)]}
    apply_push(plan(), studio)
    assert studio.calls.count(("import_tasks", 3)) == 1
    assert plan().is_empty


def test_a_doubtful_request_that_did_not_arrive_is_left_to_the_next_push(plan, studio):
    studio.faults = {"import_tasks": [(LOST, False)]}
    with pytest.raises(UncertainError, match="run `annotate push` again"):
        apply_push(plan(), studio)
    apply_push(plan(), studio)
    assert plan().is_empty


def test_a_push_cut_off_between_the_project_and_its_state_finds_the_project(plan, studio, state):
    studio.faults = {"create_project": [(KeyboardInterrupt(), True)]}
    with pytest.raises(KeyboardInterrupt):
        apply_push(plan(), studio)
    assert SyncState.load(state).project is None
    apply_push(plan(), studio)
    assert studio.writes().count("create_project") == 1
    assert SyncState.load(state).project == 1


def test_the_project_is_known_by_its_key_and_not_by_its_number(plan, studio, state):
    apply_push(plan(), studio)
    project = studio.on_server[1]
    assert key_in(project.description) == SyncState.load(state).key
    # The number was given out again: it is another project now, and ours has another number.
    studio.on_server = {1: replace(project, description="mine"), 5: replace(project, id=5)}
    studio._rows[5] = studio._rows[1]
    assert plan().project == 5


def test_a_project_that_was_deleted_is_one_clear_error(plan, studio, state):
    apply_push(plan(), studio)
    studio.on_server.clear()
    with pytest.raises(SyncError, match="no longer on") as refused:
        plan()
    assert str(state) in str(refused.value)
    state.unlink()
    assert plan().create == ids(TASKS[:3])


def test_another_server_is_refused_until_the_state_is_removed(plan, studio):
    apply_push(plan(), studio)
    with pytest.raises(SyncError, match=r"Set LABEL_STUDIO_URL"):
        plan(studio=FakeStudio("http://other.invalid/"))


def test_a_server_that_moved_is_recognised(plan, studio, state):
    apply_push(plan(), studio)
    studio.url = "http://moved.invalid/"
    found = plan()
    assert (found.project, found.is_empty, found.linked) == (1, False, False)
    apply_push(found, studio)
    assert SyncState.load(state).url == "http://moved.invalid/"
    assert studio.writes() == ["create_project", "import_tasks"]


def test_the_project_is_found_again_from_another_machine_by_its_tasks(plan, studio, tmp_path):
    apply_push(plan(), studio)
    elsewhere = tmp_path / "other" / "label_studio.json"
    found = plan(state=elsewhere)
    assert (found.project, found.create, found.linked) == (1, (), False)
    apply_push(found, studio)
    assert plan(state=elsewhere).is_empty
    assert studio.writes() == ["create_project", "import_tasks"]


@pytest.mark.parametrize(("ours", "whose"), [(True, "another workspace"), (False, "did not make")])
def test_a_project_of_somebody_else_with_the_same_title_is_refused(plan, studio, ours, whose):
    if ours:
        apply_push(plan(TASKS[5:6]), studio)
    else:
        studio.create_project("Press", "<View/>", "", description="mine")
    with pytest.raises(SyncError, match=whose):
        plan(state=plan().state_file.with_name("new.json"))


def changed_scheme(**fields):
    return Scheme.model_validate({**DEFAULT.model_dump(), "edge_cases": [], **fields})


def test_a_page_that_differs_is_replaced(plan, studio):
    apply_push(plan(), studio)
    other = changed_scheme(question="What is it?")
    found = plan(scheme=other)
    assert (found.scheme_differs, found.stranded, found.blocked) == (True, (), None)
    assert apply_push(found, studio).page_replaced
    assert not plan(scheme=other).scheme_differs
    assert studio.writes().count("update_project") == 1


def test_a_guideline_that_differs_is_a_page_that_differs(plan, studio):
    apply_push(plan(), studio)
    assert plan(scheme=changed_scheme(guideline="Judge.")).scheme_differs


def test_a_label_is_not_taken_from_a_page_while_there_are_annotations(plan, studio):
    apply_push(plan(), studio)
    fewer = changed_scheme(labels=DEFAULT.model_dump()["labels"][:2], precedence=[])
    assert plan(scheme=fewer).blocked is None
    studio.on_server[1] = replace(studio.on_server[1], annotations=4)
    found = plan(scheme=fewer)
    assert found.stranded == ("label 'neither'",)
    with pytest.raises(SyncError, match=r"label 'neither'.*4 annotations"):
        apply_push(found, studio)
    assert "update_project" not in studio.writes()


def test_a_refusal_leaves_what_was_sent_before_in_place(plan, studio):
    studio.faults = {"import_tasks": [(None, True), (StudioError("refused"), False)]}
    with pytest.raises(StudioError, match="refused"):
        apply_push(plan(TASKS), studio)
    assert len(plan(TASKS).unchanged) == BATCH


@pytest.mark.parametrize("content", ["{", "[]", '{"url": 3}', '{"url": 1, "title": 2, "key": 3}'])
def test_a_broken_state_is_refused(plan, state, content):
    state.parent.mkdir()
    state.write_text(content)
    with pytest.raises(SyncError, match="is not the state"):
        plan()


def test_the_state_holds_no_secret(plan, studio, state):
    apply_push(plan(), studio)
    assert set(json.loads(state.read_text())) == {
        "url", "title", "key", "project", "instructions",
    }  # fmt: skip
