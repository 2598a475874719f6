"""A pull that reads only what has changed leaves the same files as one that reads everything."""

import json
from datetime import timedelta

import pytest
from fake_studio import FakeStudio
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import choice

from annotate import jsonl
from annotate.errors import InputError, LabelsGoneError, StudioError, SyncError
from annotate.labelstudio import refresh
from annotate.labelstudio.mirror import FILENAME, Mirror
from annotate.labelstudio.state import SyncState, describe
from annotate.records import Annotation, Task
from annotate.workflows.label import pull_annotations, pull_from_export
from annotate.workspace import Workspace
from strategies import task

TASKS = [task(f"Sentence {n}.", start=20 * n) for n in range(8)]
KEPT = ("annotations.jsonl", "annotations.rejected.jsonl", ".annotate/annotators.json",
        ".annotate/history.jsonl", f".annotate/{FILENAME}")  # fmt: skip


def sent(of, label=None):
    prediction = {"model_version": "m1", "result": [choice(label)]}
    return {"data": {"annotate_id": of.id, "text": of.text}} | (
        {"predictions": [prediction]} if label else {}
    )


class Scene:
    """A project, and workspaces that know it."""

    def __init__(self, folder):
        self.folder = folder
        self.studio = FakeStudio()
        self.key = "0" * 32
        description = describe(self.key, "1.0")
        self.project = self.studio.create_project("t", "", "", description=description)

    def workspace(self, name):
        made = Workspace.create(self.folder / name)
        made.write(Task, TASKS, command="tasks")
        state = SyncState(self.studio.url, "t", self.key, self.project)
        made.state.mkdir()
        state.save(made.studio_state)
        return made

    def numbers(self):
        return [row["id"] for row in self.studio._rows[self.project]]


@pytest.fixture
def scene(tmp_path):
    found = Scene(tmp_path)
    found.studio.import_tasks(found.project, [sent(each) for each in TASKS[:4]])
    return found


@pytest.fixture
def desk(scene):
    return scene.workspace("desk")


def files(workspace):
    paths = [workspace.root / name for name in KEPT]
    return {path.name: path.read_text() for path in paths if path.exists()}


def votes(workspace):
    return list(jsonl.read(workspace.path(Annotation), Annotation))


def numbers_read(studio):
    """What was read of the server since last asked: numbers of tasks, or everything."""
    found = ["everything" if each == "export" else each[1:] for each in studio.reads]
    studio.reads.clear()
    return found


def test_a_project_that_was_just_being_made_is_not_pulled(scene, desk):
    """Two workspaces may have made one each; what people label can be in the other's."""
    (one, *_) = scene.numbers()
    scene.studio.annotate(one, [choice("claim")])
    SyncState(scene.studio.url, "t", scene.key).save(desk.studio_state)
    with pytest.raises(SyncError, match=r"was cut off\. Run `annotate push` again"):
        pull_annotations(desk, scene.studio)
    assert not desk.has(Annotation)


def test_the_first_pull_reads_everything_and_the_next_what_has_changed(scene, desk):
    one, two, three, _ = scene.numbers()
    scene.studio.annotate(one, [choice("claim")])
    assert pull_annotations(desk, scene.studio).mode == "full"
    assert numbers_read(scene.studio) == ["everything"]
    assert pull_annotations(desk, scene.studio).mode == "incremental"
    assert numbers_read(scene.studio) == []
    scene.studio.annotate(two, [choice("denial")], by=3)
    scene.studio.annotate(one, [choice("neither")], by=3)
    scene.studio.delete_tasks(scene.project, [three])
    found = pull_annotations(desk, scene.studio)
    assert (found.mode, found.missing) == ("incremental", 5)
    assert numbers_read(scene.studio) == [(one, two, three)]
    assert [(vote.task_id, vote.annotator, vote.label) for vote in votes(desk)] == [
        (TASKS[0].id, "annotator-1", "claim"), (TASKS[0].id, "annotator-2", "neither"),
        (TASKS[1].id, "annotator-2", "denial"),
    ]  # fmt: skip
    assert pull_annotations(desk, scene.studio, full=True).mode == "full"
    assert numbers_read(scene.studio) == ["everything"]


def test_a_new_task_under_the_number_of_one_that_is_gone_is_not_taken_for_it(scene, desk):
    last = scene.numbers()[-1]
    scene.studio.annotate(last, [choice("claim")])
    pull_annotations(desk, scene.studio)
    scene.studio.delete_tasks(scene.project, [last])
    scene.studio.import_tasks(scene.project, [sent(TASKS[7])])
    assert scene.numbers()[-1] == last
    found = pull_annotations(desk, scene.studio)
    assert (found.mode, found.annotations) == ("incremental", ())
    assert TASKS[7].id in found.there
    # The task is gone with its label, which was never taken back: it stays.
    assert [vote.task_id for vote in votes(desk)] == [TASKS[3].id]


@pytest.mark.parametrize("back", [timedelta(0), timedelta(days=3)])
def test_what_was_written_late_or_by_a_clock_set_back_is_found(scene, desk, back):
    one, two, *_ = scene.numbers()
    earlier = scene.studio.clock
    scene.studio.annotate(one, [choice("claim")])
    pull_annotations(desk, scene.studio)
    scene.studio.clock = earlier - back - timedelta(microseconds=1)
    scene.studio.annotate(two, [choice("denial")])
    numbers_read(scene.studio)
    assert len(pull_annotations(desk, scene.studio).annotations) == 2
    assert numbers_read(scene.studio) == [(two,)]
    scene.studio.clock -= timedelta(days=1)
    scene.studio.import_tasks(scene.project, [sent(TASKS[6])])
    assert TASKS[6].id in pull_annotations(desk, scene.studio).there


def test_a_draft_is_counted_though_it_leaves_no_trace(scene, desk):
    one, two, *_ = scene.numbers()
    pull_annotations(desk, scene.studio)
    for number in (one, one, two):
        scene.studio.begin(number)
    assert pull_annotations(desk, scene.studio).drafts == 3
    scene.studio.drop(one)
    assert pull_annotations(desk, scene.studio).drafts == 1
    assert votes(desk) == []


def test_where_most_has_changed_everything_is_read(scene, desk, monkeypatch):
    monkeypatch.setattr(refresh, "_FEW", 1)
    pull_annotations(desk, scene.studio)
    one, two, *_ = scene.numbers()
    scene.studio.annotate(one, [choice("claim")])
    assert pull_annotations(desk, scene.studio).mode == "incremental"
    for number in (one, two):
        scene.studio.annotate(number, [choice("claim")], by=3)
    assert pull_annotations(desk, scene.studio).mode == "full"
    for number in (one, two):
        scene.studio.begin(number)
    assert pull_annotations(desk, scene.studio).mode == "full"


def test_a_server_that_exports_no_single_tasks_is_read_whole(scene, desk):
    pull_annotations(desk, scene.studio)
    scene.studio.annotate(scene.numbers()[0], [choice("claim")])
    scene.studio.exports_single_tasks = False
    found = pull_annotations(desk, scene.studio)
    assert (found.mode, len(found.annotations)) == ("full", 1)


@pytest.mark.parametrize("longest", [1000, 3, 1])
def test_a_question_too_long_for_the_way_is_asked_in_parts(scene, desk, monkeypatch, longest):
    monkeypatch.setattr(refresh, "LISTED_AT_ONCE", 1)
    pull_annotations(desk, scene.studio)
    scene.studio.longest_question = longest
    numbers = scene.numbers()
    scene.studio.delete_tasks(scene.project, numbers[:1])
    scene.studio.annotate(numbers[2], [choice("claim")])
    numbers_read(scene.studio)
    assert pull_annotations(desk, scene.studio).mode == "incremental"
    assert numbers_read(scene.studio) == [(numbers[0], numbers[2])]
    scene.studio.longest_question = 0
    with pytest.raises(StudioError, match="Too Long"):
        pull_annotations(desk, scene.studio)


@pytest.mark.parametrize("change", ["broken", "another project's"])
def test_what_is_kept_of_something_else_is_never_used(scene, desk, change):
    pull_annotations(desk, scene.studio)
    kept = desk.state / FILENAME
    if change == "broken":
        kept.write_text(kept.read_text()[:-5])
    else:
        Mirror("f" * 32).save(desk.state)
    scene.studio.annotate(scene.numbers()[0], [choice("claim")])
    assert pull_annotations(desk, scene.studio).mode == "full"
    assert len(votes(desk)) == 1


def test_changed_tasks_and_another_scheme_are_honoured_without_reading_anything(scene, desk):
    one, two, *_ = scene.numbers()
    scene.studio.annotate(one, [choice("perhaps")])
    scene.studio.annotate(two, [choice("claim")])
    assert len(pull_annotations(desk, scene.studio).rejected) == 1
    numbers_read(scene.studio)
    scheme = desk.root / "labels.yaml"
    scheme.write_text(
        scheme.read_text()
        .replace("- name: neither", "- name: perhaps", 1)
        .replace("neither]", "perhaps]")
        .replace("label: neither", "label: perhaps")
    )
    desk.write(Task, [TASKS[0]], command="tasks")
    found = pull_annotations(Workspace(desk.root), scene.studio)
    assert numbers_read(scene.studio) == []
    assert [(vote.task_id, vote.label) for vote in found.annotations] == [(TASKS[0].id, "perhaps")]
    assert [each.reason for each in found.rejected] == ["its task is not in tasks.jsonl"]


@pytest.mark.parametrize("full", [False, True])
def test_an_annotator_whose_address_changes_keeps_the_pseudonym(scene, desk, full):
    first, second, *_ = scene.numbers()
    scene.studio.annotate(first, [choice("claim")], by=2)
    pull_annotations(desk, scene.studio)
    scene.studio.people[2] = "ann.married@x.invalid"
    scene.studio.annotate(second, [choice("denial")], by=2)
    pull_annotations(desk, scene.studio, full=full)
    assert [vote.annotator for vote in votes(desk)] == ["annotator-1", "annotator-1"]
    pull_annotations(desk, scene.studio, full=full, names=True)
    assert {vote.annotator for vote in votes(desk)} == {"ann.married@x.invalid"}


def test_an_annotation_is_of_the_scheme_that_was_on_the_page(scene, desk):
    one, two, three, _ = scene.numbers()
    studio, project = scene.studio, scene.project
    for number in (one, two):
        studio.annotate(number, [choice("claim")])
    studio.clock += timedelta(hours=1)
    since = (studio.clock - timedelta(minutes=1)).isoformat()
    lines = (
        f"annotate scheme since 2020-01-01T00:00:00+00:00: 1.0\nannotate scheme since {since}: 2"
    )
    known = f"annotate project key: {scene.key}\n{lines}"
    studio.update_project(project, description=known)
    studio.edit(studio.annotations(project)[1], result=[choice("denial")])
    studio.annotate(three, [choice("claim")])
    pull_annotations(desk, studio)
    assert [(vote.task_id, vote.scheme_version) for vote in votes(desk)] == [
        (TASKS[0].id, "1.0"), (TASKS[1].id, "2"), (TASKS[2].id, "2"),
    ]  # fmt: skip


def test_addresses_are_written_on_purpose_only_and_never_remembered(scene, desk):
    one, two, *_ = scene.numbers()
    scene.studio.annotate(one, [choice("claim")])
    scene.studio.annotate(two, [choice("claim")], by=3)
    pull_annotations(desk, scene.studio)
    plain = files(desk)
    found = pull_annotations(desk, scene.studio, names=True)
    assert found.annotators == ("ann@x.invalid", "ben@x.invalid")
    assert [vote.annotator for vote in votes(desk)] == ["ann@x.invalid", "ben@x.invalid"]
    scene.studio.edit(scene.studio.annotations(scene.project)[0], result=[choice("denial")])
    pull_annotations(desk, scene.studio, names=True)
    pull_annotations(desk, scene.studio)
    now = files(desk)
    assert [(vote.annotator, vote.label) for vote in votes(desk)] == [
        ("annotator-1", "denial"), ("annotator-2", "claim"),
    ]  # fmt: skip
    assert "invalid" not in now["annotations.jsonl"]
    assert plain["annotations.jsonl"].splitlines()[1] in now["annotations.jsonl"]
    (remembered,) = now["history.jsonl"].splitlines()
    assert (json.loads(remembered)["annotator"], json.loads(remembered)["label"]) == (
        "annotator-1", "claim",
    )  # fmt: skip


def test_a_pull_that_is_refused_leaves_everything_as_it_was(scene, desk):
    scene.studio.annotate(scene.numbers()[0], [choice("claim")])
    pull_annotations(desk, scene.studio)
    before = files(desk)
    scene.studio.unmake(scene.studio.annotations(scene.project)[0])
    with pytest.raises(LabelsGoneError):
        pull_annotations(desk, scene.studio)
    assert files(desk) == before
    scene.studio.annotate(scene.numbers()[1], [choice("claim")])
    assert len(pull_annotations(desk, scene.studio).annotations) == 1


def test_a_flat_export_takes_no_skip_away(scene, desk):
    one, two, three, _ = scene.numbers()
    for number, fields in ((one, {}), (two, {"was_cancelled": True}), (three, {})):
        scene.studio.annotate(number, [choice("claim")], **fields)
    scene.studio.annotate(one, [], by=3, was_cancelled=True)
    scene.studio.annotate(three, [], by=3, was_cancelled=True)
    pull_annotations(desk, scene.studio)
    rows = [
        {"annotate_id": each.id, "text": each.text, "id": 1, "label": "denial", "annotator": who,
         "annotation_id": 9, "created_at": "2026-02-01T00:00:00Z", "updated_at": None}
        for each, who in ((TASKS[0], 2), (TASKS[2], 3))
    ]  # fmt: skip
    (desk.root / "export.json").write_text(json.dumps(rows))
    found = pull_from_export(desk, desk.root / "export.json")
    assert (found.mode, found.skipped) == ("flat file", 0)
    assert [(vote.task_id, vote.annotator, vote.label) for vote in votes(desk)] == [
        (TASKS[0].id, "annotator-1", "denial"),
        (TASKS[0].id, "annotator-2", None),  # a skip, which the file cannot say
        (TASKS[1].id, "annotator-1", None),  # its task is not in the file
        (TASKS[2].id, "annotator-2", "denial"),  # answered since
    ]


def test_a_flat_export_of_a_project_with_pre_labels_is_refused(scene, desk):
    scene.studio.annotate(scene.numbers()[0], [choice("claim")])
    pull_annotations(desk, scene.studio)
    (desk.root / "e.json").write_text(json.dumps([{"annotator": 2, "annotation_id": 1,
        "created_at": "", "updated_at": "", "annotate_id": TASKS[0].id}]))  # fmt: skip
    desk.prelabels.write_text("")
    with pytest.raises(InputError, match="pre-label"):
        pull_from_export(desk, desk.root / "e.json")


def test_progress_is_told(scene, desk):
    told = []
    pull_annotations(desk, scene.studio, progress=lambda *moved: told.append(moved))
    assert told == [(0, None)]
    scene.studio.annotate(scene.numbers()[0], [choice("claim")])
    pull_annotations(desk, scene.studio, progress=lambda *moved: told.append(moved))
    assert told[1:] == [(0, 3), (0, 1)]


WHICH = st.integers(0, 30)
LABELS = st.sampled_from(["claim", "denial", "neither", "no label of ours"])
BY = st.sampled_from([1, 2, 3])
OPERATIONS = st.one_of(
    st.tuples(st.just("annotate"), WHICH, LABELS, BY, st.booleans(), st.booleans()),
    st.tuples(st.just("edit"), WHICH, LABELS),
    st.tuples(st.just("skip"), WHICH, st.booleans()),
    st.tuples(st.just("unmake"), WHICH),
    st.tuples(st.just("annotate and unmake"), WHICH, BY),
    st.tuples(st.just("import"), st.integers(0, 7), st.booleans(), st.booleans()),
    st.tuples(st.just("delete"), WHICH),
    st.tuples(st.just("change"), WHICH, st.sampled_from(["Other.", *(t.text for t in TASKS)])),
    st.tuples(st.just("begin"), WHICH, BY),
    st.tuples(st.just("drop"), WHICH),
    st.tuples(st.just("predict"), WHICH, st.sampled_from(["m1", "m2"])),
    st.tuples(st.just("forget predictions")),
    st.tuples(st.just("delete user"), BY),
    st.tuples(st.just("rename user"), BY, st.sampled_from(["new@x.invalid", "Ann@X.invalid"])),
    st.tuples(st.just("set the clock back"), st.integers(1, 40)),
    st.tuples(st.just("pull")),
)


class Play:
    """Carries out operations; one that finds nothing to work on does nothing."""

    def __init__(self, scene):
        self.scene, self.studio = scene, scene.studio

    def do(self, name, *details):
        getattr(self, name.replace(" ", "_"))(*details)

    def pick(self, found, which):
        return found[which % len(found)] if found else None

    def a_task(self, which):
        return self.pick(self.scene.numbers(), which)

    def an_annotation(self, which):
        return self.pick(self.studio.annotations(self.scene.project), which)

    def annotate(self, which, label, by, skipped, started):
        if (number := self.a_task(which)) and by in self.studio.people:
            fields = {"was_cancelled": skipped, "parent_prediction": 5 if started else None}
            self.studio.annotate(number, [choice(label)], by=by, **fields)

    def edit(self, which, label):
        if annotation := self.an_annotation(which):
            self.studio.edit(annotation, result=[choice(label)])

    def skip(self, which, cancelled):
        if annotation := self.an_annotation(which):
            self.studio.edit(annotation, was_cancelled=cancelled)

    def unmake(self, which):
        if annotation := self.an_annotation(which):
            self.studio.unmake(annotation)

    def annotate_and_unmake(self, which, by):
        if (number := self.a_task(which)) and by in self.studio.people:
            self.studio.unmake(self.studio.annotate(number, [choice("claim")], by=by))

    def change(self, which, text):
        if number := self.a_task(which):
            row = self.studio._found(number)
            self.studio.change_task(number, row["data"] | {"text": text})

    # The name of a keyword cannot be that of a method.
    def do_import(self, place, annotated, predicted):
        task = sent(TASKS[place], "claim" if predicted else None)
        made = [{"result": [choice("denial")]}] if annotated else []
        self.studio.import_tasks(self.scene.project, [task | {"annotations": made}])

    def delete(self, which):
        if number := self.a_task(which):
            self.studio.delete_tasks(self.scene.project, [number])

    def begin(self, which, by):
        if (number := self.a_task(which)) and by in self.studio.people:
            self.studio.begin(number, by)

    def drop(self, which):
        if number := self.a_task(which):
            self.studio.drop(number)

    def predict(self, which, model):
        if number := self.a_task(which):
            prelabel = {"model_version": model, "result": [choice("claim")]}
            self.studio.import_predictions(self.scene.project, {number: prelabel})

    def forget_predictions(self):
        self.studio.forget_predictions(self.scene.project)

    def delete_user(self, number):
        if number in self.studio.people:
            self.studio.delete_user(number)

    def rename_user(self, number, email):
        if number in self.studio.people:
            self.studio.people[number] = email

    def set_the_clock_back(self, seconds):
        self.studio.clock -= timedelta(seconds=seconds, microseconds=1)


setattr(Play, "import", Play.do_import)


@settings(max_examples=60, deadline=None)
@given(st.lists(OPERATIONS, max_size=25))
def test_incremental_and_full_pulls_leave_the_same_files(tmp_path_factory, operations):
    with pytest.MonkeyPatch.context() as patch:
        for name, few in (("COUNTED", 3), ("LISTED", 1), ("EXPORTED", 2)):
            patch.setattr(refresh, f"{name}_AT_ONCE", few)
        scene = Scene(tmp_path_factory.mktemp("scene"))
        scene.studio.import_tasks(scene.project, [sent(each, "claim") for each in TASKS[:4]])
        for number, by in zip(scene.numbers(), (2, 2, 3), strict=False):
            scene.studio.annotate(number, [choice("claim")], by=by, parent_prediction=5)
        play, some, whole = Play(scene), scene.workspace("some"), scene.workspace("whole")
        for operation in (("pull",), *operations, ("pull",)):
            if operation == ("pull",):
                compare(scene, some, whole)
            else:
                play.do(*operation)


def compare(scene, some, whole):
    """Pull the same project into both, in the two ways."""
    outcomes = []
    for workspace, full in ((some, False), (whole, True)):
        try:
            found = pull_annotations(workspace, scene.studio, full=full)
            outcomes.append((found.annotations, found.rejected, found.summary[:-1]))
        except LabelsGoneError as refused:
            outcomes.append(str(refused).replace(str(workspace.root), ""))
    assert outcomes[0] == outcomes[1]
    assert files(some) == files(whole)
