"""What a pull believes of Label Studio, seen on a real one: every change is found, in both ways."""

import json
import time
import uuid
import zipfile
from contextlib import ExitStack

import pytest
from studio_strategies import DEFAULT, choice

from annotate.errors import InputError
from annotate.labelstudio.accounts import access_token, session
from annotate.labelstudio.config import instructions_html, label_config
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import pull, pull_export
from annotate.labelstudio.results import make_result
from annotate.labelstudio.state import SyncState, describe
from annotate.labelstudio.users import create_users
from annotate.records import Marked, Span
from annotate.settings import UnitSettings
from strategies import task

pytestmark = [
    pytest.mark.live,
    # The SDK exchanges a personal access token with a method that pydantic wants renamed.
    pytest.mark.filterwarnings("ignore:The `parse_obj` method:DeprecationWarning"),
]

TASKS = [task(f'Line {n}: "a, b"\ttab, 😀 e\u0301.', start=40 * n) for n in range(8)]
FIELDS = ("before", "after", "headline", "outlet", "published")


def sent(of, *labels, model="m1"):
    data = {"annotate_id": of.id, "text": of.text, **dict.fromkeys(FIELDS, "")}
    predictions = [prelabel(label, model) for label in labels]
    return {"data": data} | ({"predictions": predictions} if labels else {})


def prelabel(label, model="m1"):
    return {"model_version": model, "score": 0.5, "result": make_result(label, Marked())}


class Page:
    """What the labelling page asks of the server, as one annotator."""

    def __init__(self, http, api_key):
        self.http, self.api_key = http, api_key
        self.renew_at = 0

    def ask(self, method, path, **body):
        if time.monotonic() > self.renew_at:
            token = access_token(self.http, self.api_key)
            self.http.headers["Authorization"] = f"Bearer {token}"
            self.renew_at = time.monotonic() + 200  # it is good for 300 seconds
        answer = self.http.request(method, f"/api/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def submit(self, number, label="claim", **fields):
        result = [choice(label)] if label else []
        body = {"lead_time": 1.5, "result": result, "draft_id": 0, **fields}
        return self.ask("POST", f"tasks/{number}/annotations/", **body)["id"]

    def skip(self, number):
        return self.submit(number, None, was_cancelled=True)

    def change(self, annotation, **fields):
        self.ask("PATCH", f"annotations/{annotation}/", **fields)

    def delete(self, annotation):
        self.ask("DELETE", f"annotations/{annotation}/")

    def begin(self, number):
        return self.ask("POST", f"tasks/{number}/drafts", result=[choice("claim")])["id"]

    def act(self, action, project, *numbers):
        selected = {"all": False, "included": numbers}
        self.ask("POST", f"dm/actions?id={action}&project={project}", selectedItems=selected)


class Project:
    """A project on the server and what a workspace keeps of it."""

    def __init__(self, studio, folder, people):
        self.studio, self.folder = studio, folder
        self.ann, self.ben = people
        key, title = uuid.uuid4().hex, f"live pull {uuid.uuid4().hex[:8]}"
        page, guideline = (
            label_config(DEFAULT, units=UnitSettings(spans=True)),
            instructions_html(DEFAULT),
        )
        self.id = studio.create_project(title, page, guideline, description=describe(key, "1.0"))
        self.state = folder / "label_studio.json"
        SyncState(studio.url, title, key, self.id).save(self.state)
        self.names = Pseudonyms()

    def add(self, *tasks):
        self.studio.import_tasks(self.id, tasks)
        return self.numbers

    @property
    def numbers(self):
        return [row.number for row in self.studio.rows(self.id)]

    def pull(self, **how):
        found = pull(
            self.studio, state=self.state, tasks=TASKS, scheme=DEFAULT, pseudonyms=self.names, **how
        )
        self.names = found.pseudonyms
        found.mirror.save(self.folder)
        return found

    def both(self):
        """An incremental pull, which is the same as one of everything."""
        some = self.pull()
        assert some.mode == "incremental"
        whole = self.pull(full=True)
        assert some.annotations == whole.annotations
        assert some.rejected == whole.rejected
        assert some.summary[:-1] == whole.summary[:-1]
        assert some.mirror == whole.mirror
        return some

    def export(self, kind):
        chunks = self.studio._api.projects.exports.download_sync(
            self.id, export_type=kind, download_all_tasks=True
        )
        return b"".join(chunks)


@pytest.fixture(scope="module")
def people(studio_home, studio_server):
    emails = ["ann@pull.invalid", "ben@pull.invalid"]
    accounts = create_users(studio_server.credentials, emails, studio_home)
    with ExitStack() as stack:
        yield [
            Page(stack.enter_context(session(studio_server.url)), account.api_key)
            for account in accounts
        ]


@pytest.fixture
def project(studio, people, tmp_path):
    found = Project(studio, tmp_path, people)
    yield found
    studio.delete_project(found.id)


def said(found):
    return {(a.task_id, a.annotator): a.label for a in found.annotations}


def test_every_way_of_changing_an_annotation_is_found(project):
    one, two, three, four = project.add(*(sent(each, "claim") for each in TASKS[:4]))
    ann, ben, act = project.ann, project.ben, project.ann.act
    assert project.pull().mode == "full"
    first = ann.submit(one)
    assert list(said(project.both()).values()) == ["claim"]
    ben.change(first, result=[choice("denial")])
    assert list(said(project.both()).values()) == ["denial"]
    skip = ben.skip(one)
    assert project.both().skipped == 1
    ben.change(skip, was_cancelled=False, result=[choice("neither")])
    assert list(said(project.both()).values()) == ["denial", "neither"]
    ben.delete(skip)
    assert list(said(project.both()).values()) == ["denial"]
    ann.delete(ann.submit(two))
    assert list(said(project.both()).values()) == ["denial"]
    ann.ask("POST", f"annotations/{first}/convert-to-draft")
    found = project.both()
    assert (said(found), found.drafts) == ({}, 1)
    act("predictions_to_annotations", project.id, two, three)
    assert [a.from_prediction for a in project.both().annotations] == [True, True]
    act("delete_tasks_annotations", project.id, two)
    assert len(said(project.both())) == 1
    made = [{"result": [choice("claim")]}, {"result": [choice("no label of ours")]}]
    project.add(*(sent(TASKS[n]) | {"annotations": [made[n - 4]]} for n in (4, 5)))
    found = project.both()
    assert (len(said(found)), len(found.rejected)) == (2, 1)
    project.studio.change_task(three, {**sent(TASKS[2])["data"], "text": "Other."})
    assert len(project.both().rejected) == 2
    project.studio.delete_tasks(project.id, [four, three])
    found = project.both()
    assert (found.missing, len(found.rejected)) == (4, 1)


def test_a_number_that_is_given_out_again_is_another_task(project):
    *_, last = project.add(sent(TASKS[0]), sent(TASKS[1]))
    project.ann.submit(last)
    project.pull()
    project.studio.delete_tasks(project.id, [last])
    *_, again = project.add(sent(TASKS[2]))
    assert again == last
    found = project.both()
    assert (found.annotations, found.there) == ((), {TASKS[0].id, TASKS[2].id})


def test_drafts_of_everybody_are_counted_and_leave_no_trace(project):
    one, two = project.add(sent(TASKS[0]), sent(TASKS[1]))
    project.pull()
    before = project.pull().mirror
    for page, number in ((project.ann, one), (project.ben, one), (project.ben, two)):
        page.begin(number)
    found = project.both()
    assert (found.drafts, found.annotations) == (3, ())
    times = {number: each.updated for number, each in found.mirror.tasks.items()}
    assert times == {number: each.updated for number, each in before.tasks.items()}
    draft = project.ben.begin(two)
    project.ben.submit(two, draft_id=draft)
    assert project.both().drafts == 3


def test_what_was_shown_is_what_the_task_had_when_the_annotation_was_made(project):
    studio, ann, ben = project.studio, project.ann, project.ben
    one, two, three, four = project.add(
        sent(TASKS[0], "claim"), sent(TASKS[1]), *(sent(each, "claim") for each in TASKS[2:4])
    )
    plain = ann.submit(two)
    edited = ann.submit(one)
    ann.skip(three)
    (prediction,) = ann.ask("GET", f"predictions/?task={four}")
    ann.submit(four, parent_prediction=prediction["id"])

    def shown():
        return {
            (a.task_id, a.annotator): (a.prelabel_shown, a.from_prediction)
            for a in project.both().annotations
        }

    project.pull()
    before = {
        (TASKS[0].id, "annotator-1"): (True, False), (TASKS[1].id, "annotator-1"): (False, False),
        (TASKS[2].id, "annotator-1"): (True, False), (TASKS[3].id, "annotator-1"): (True, True),
    }  # fmt: skip
    assert shown() == before
    # Pre-labels that came, went or were replaced later change nothing, nor does editing since.
    studio.import_predictions(project.id, {two: prelabel("denial")})
    studio.delete_predictions(project.id, [one, three, four])
    assert studio.export_tasks(project.id, [four])[0]["annotations"][0]["parent_prediction"] is None
    for annotation in (plain, edited):
        ann.change(annotation, result=[choice("neither")])
    assert shown() == before
    # A pre-label of another model than the project's is not shown, and is not in the copy.
    studio.import_predictions(project.id, {one: prelabel("denial", "m2")})
    ben.submit(one)
    assert shown()[TASKS[0].id, "annotator-2"] == (False, False)
    studio.update_project(project.id, model_version="m2")
    ann.delete(edited)
    ann.submit(one)
    assert shown()[TASKS[0].id, "annotator-1"] == (True, False)


def test_flat_exports_of_the_server_give_what_the_server_gives(project, tmp_path):
    one, two, three, *_ = project.add(*(sent(each) for each in TASKS))
    many = [choice("denial"), choice("mixed", "unsure", control="flags")]
    project.ann.submit(one)
    project.ben.ask("POST", f"tasks/{one}/annotations/", result=many, lead_time=2.25)
    project.ann.skip(two)
    project.ann.submit(three, "no label of ours")
    project.ben.submit(three, None)
    whole = project.pull()
    assert (len(whole.annotations), len(whole.rejected)) == (3, 2)
    for kind in ("JSON_MIN", "CSV", "TSV"):
        path = tmp_path / kind
        path.write_bytes(project.export(kind))
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            archive.write(path, f"export.{kind.lower().replace('_min', '')}")
        for file in (path, tmp_path / "export.zip"):
            found = pull_export(file, tasks=TASKS, scheme=DEFAULT, pseudonyms=whole.pseudonyms)
            assert found.annotations == tuple(a for a in whole.annotations if not a.skipped)
            assert [each.reason for each in found.rejected] == [
                each.reason for each in whole.rejected
            ]
            # The task that was skipped only is not in such a file.
            assert (found.mode, found.there) == ("flat file", whole.there - {TASKS[1].id})
    spans = Marked(spans=(Span(start=0, end=4, label="cue"),))
    project.ann.ask("POST", f"tasks/{one}/annotations/", result=make_result("claim", spans))
    for kind in ("JSON_MIN", "CSV", "TSV"):
        path.write_bytes(project.export(kind))
        with pytest.raises(InputError, match=f"a {kind} export with spans"):
            pull_export(path, tasks=TASKS, scheme=DEFAULT, pseudonyms=Pseudonyms())


def test_an_export_leaves_no_snapshot_behind(project):
    project.add(sent(TASKS[0]))
    exports = project.studio._api.projects.exports
    exports.create(project.id, title="somebody's own")
    project.pull()
    assert [each.title for each in exports.list(project.id)] == ["somebody's own"]


def test_an_export_without_all_tasks_lacks_those_that_nobody_annotated(project, tmp_path):
    one, two, _ = project.add(*(sent(each) for each in TASKS[:3]))
    project.ann.submit(one)
    project.ann.skip(two)
    chunks = project.studio._api.projects.exports.download_sync(project.id, export_type="JSON")
    (tmp_path / "e.json").write_bytes(b"".join(chunks))
    found = pull_export(tmp_path / "e.json", tasks=TASKS, scheme=DEFAULT, pseudonyms=Pseudonyms())
    # A skipped task is in it; of the third nothing is said, so its labels would stay.
    assert found.there == {TASKS[0].id, TASKS[1].id}
    assert project.pull().there == {each.id for each in TASKS[:3]}


def test_the_address_of_an_annotator_comes_with_single_tasks_too(project, people):
    one, two = project.add(sent(TASKS[0]), sent(TASKS[1]))
    project.ann.submit(one)
    project.pull()
    project.ben.submit(two)
    found = project.pull()
    assert found.mode == "incremental"
    assert sorted(found.pseudonyms.by_address) == ["ann@pull.invalid", "ben@pull.invalid"]


def test_ground_truth_changes_nothing(project):
    (one,) = project.add(sent(TASKS[0]))
    annotation = project.ann.submit(one)
    plain = project.pull().annotations[0]
    project.ann.change(annotation, ground_truth=True)
    changed = project.both().annotations[0]
    assert changed == plain.model_copy(update={"updated": changed.updated})


def test_json_exports_of_both_kinds_say_the_same(project, tmp_path):
    """People are numbers in one and mappings in the other; predictions are numbers in both."""
    (one,) = project.add(sent(TASKS[0], "claim"))
    project.ann.submit(one)
    whole = project.pull()
    by_hand, snapshot = json.loads(project.export("JSON")), project.studio.export(project.id)
    assert isinstance(by_hand[0]["annotations"][0]["completed_by"], int)
    assert isinstance(snapshot[0]["annotations"][0]["completed_by"], dict)
    assert [type(each) for each in by_hand[0]["predictions"]] == [int]
    for exported in (by_hand, snapshot):
        (tmp_path / "e.json").write_text(json.dumps(exported))
        found = pull_export(
            tmp_path / "e.json", tasks=TASKS, scheme=DEFAULT, pseudonyms=whole.pseudonyms
        )
        assert found.annotations == whole.annotations
