"""The contract with a real Label Studio: everything that our code believes of it, seen."""

import json
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from studio_strategies import DEFAULT, ODD, choice

from annotate.errors import StudioError, SyncError
from annotate.labelstudio.accounts import access_token, session
from annotate.labelstudio.client import Studio
from annotate.labelstudio.config import instructions_html, label_config, same_page
from annotate.labelstudio.convert import export_tasks
from annotate.labelstudio.forgetting import forget_documents
from annotate.labelstudio.plan import Wanted
from annotate.labelstudio.planning import journal_beside, plan_push
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import pull, pull_export
from annotate.labelstudio.results import make_result
from annotate.labelstudio.seen import Seen
from annotate.labelstudio.state import SyncState
from annotate.labelstudio.sync import push
from annotate.labelstudio.tabs import Tab
from annotate.labelstudio.users import create_users
from annotate.records import Located, Marked, Prediction, Relation, Span
from annotate.scheme import Scheme
from annotate.settings import UnitSettings
from strategies import document, task

# An emoji of several code points, a decomposed accent that NFC keeps, right-to-left text.
TEXT = "Bridge 👩‍👩‍👧 shut: “q\u0323 שלום”, he said. It rains. He denied it. The end."
CUTS = [(0, 36), (37, 46), (47, 60), (61, 69)]
DOCUMENT = document(TEXT, title='Bridge <shut> & "closed"')
TASKS = [
    task(TEXT[start:end], DOCUMENT.id, start=start, before=TEXT[:start], after=TEXT[end:])
    for start, end in CUTS
]
PREDICTION = Prediction(
    id=TASKS[2].id, document_id=DOCUMENT.id, part="body", start=47, end=60, text=TEXT[47:60],
    label="denial", scores={"claim": 0.2, "denial": 0.7, "neither": 0.1}, model="rules-1",
)  # fmt: skip

BAD_PAGE = '<View><Choices name="a" toName="gone"><Choice value="b"/></Choices></View>'


def labelled_as_displayed(work, project, title):
    """Our ids of a tab's tasks in the order in which its button goes through them."""
    (tab,) = [v for v in work.ann.views.list(project=project) if v.data.get("title") == title]
    shown = work.ann.tasks.list(project=project, view=tab.id)
    there = [task.data["annotate_id"] for task in shown]
    gone_through = []
    for _ in there:
        answer = work.ann._client_wrapper.httpx_client.request(
            "api/dm/actions", method="POST",
            json={name: tab.data[name] for name in ("filters", "ordering")},
            params={"id": "next_task", "tabID": tab.id, "project": project},
        )  # fmt: skip
        found = answer.json()
        gone_through.append(found["data"]["annotate_id"])
        work.ann.annotations.create(found["id"], result=[choice("claim")])
    assert gone_through == there
    return gone_through


@contextmanager
def sdk(url, *api_keys):
    """The plain SDK, once for each key: what annotators do is not done with our own code."""
    import httpx
    from label_studio_sdk import LabelStudio

    with ExitStack() as stack:
        connections = [stack.enter_context(httpx.Client(timeout=60)) for _ in api_keys]
        yield [
            LabelStudio(base_url=url, api_key=key, httpx_client=connection)
            for key, connection in zip(api_keys, connections, strict=True)
        ]


class Workplace:
    """One workspace's project on the server, and its two annotators."""

    def __init__(self, studio, ann, ben, state):
        self.studio, self.ann, self.ben, self.state = studio, ann, ben, state
        self.title = f"live {uuid.uuid4().hex[:12]}"

    def wanted(self, tasks=TASKS, predictions=None, *, scheme=DEFAULT, **fields):
        return Wanted(
            title=self.title, tasks=tasks, documents=[DOCUMENT], predictions=predictions,
            scheme=scheme, **fields,
        )  # fmt: skip

    def plan(self, *arguments, state=None, verify=False, supersede=False, **fields):
        wanted = self.wanted(*arguments, **fields)
        how = {"state": state or self.state, "verify": verify, "supersede": supersede}
        return plan_push(self.studio, wanted, **how)

    def push(self, *arguments, supersede=False, **fields):
        wanted = self.wanted(*arguments, **fields)
        return push(self.studio, wanted, state=self.state, supersede=supersede)

    def pull(self, tasks=TASKS, scheme=DEFAULT):
        names = Pseudonyms()
        return pull(self.studio, state=self.state, tasks=tasks, scheme=scheme, pseudonyms=names)

    @property
    def project(self):
        return json.loads(self.state.read_text())["project"]

    def there(self):
        """The server's numbers of our tasks."""
        return {data["annotate_id"]: number for number, data in self.studio.tasks(self.project)}


@pytest.fixture(scope="module")
def annotators(studio_home, studio_server):
    emails = ["ann@live.invalid", "ben@live.invalid"]
    accounts = create_users(studio_server.credentials, emails, studio_home)
    with sdk(studio_server.url, *(account.api_key for account in accounts)) as people:
        yield people


@pytest.fixture
def studio(studio_server):
    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        yield studio


@pytest.fixture
def work(studio, annotators, tmp_path):
    work = Workplace(studio, *annotators, tmp_path / "label_studio.json")
    yield work
    for project in studio.projects():
        if project.title == work.title:
            studio.delete_project(project.id)


@contextmanager
def legacy_tokens(server):
    """Legacy tokens are off by default in this release; they are on while the block runs."""
    with session(server.url) as client:
        headers = {"Authorization": f"Bearer {access_token(client, server.api_key)}"}

        def allow(on):
            wanted = {"legacy_api_tokens_enabled": on}
            client.post("/api/jwt/settings", json=wanted, headers=headers).raise_for_status()

        allow(True)
        yield
        allow(False)


# The SDK exchanges a personal access token with a method that pydantic wants renamed.
@pytest.mark.filterwarnings("ignore:The `parse_obj` method:DeprecationWarning")
@pytest.mark.live
class TestLiveStudio:
    def test_a_dry_run_changes_nothing(self, work):
        before = work.studio.projects()
        assert len(work.plan().create) == len(TASKS)
        assert work.studio.projects() == before
        assert not work.state.exists()

    def test_a_push_creates_project_page_and_tasks_and_a_second_one_nothing(self, work):
        done = work.push(overlap=2)
        assert (done.result.created, done.result.project_created) == (len(TASKS), True)
        project = work.studio.project(done.project)
        assert (project.title, project.tasks, project.annotations) == (work.title, len(TASKS), 0)
        assert same_page(project.config, label_config(DEFAULT))
        assert project.overlap == 2
        found = work.plan(overlap=2)
        assert found.is_empty
        assert found.unchanged == tuple(each.id for each in TASKS)
        assert work.push(overlap=2).result is None
        assert work.plan(overlap=3).overlap_differs
        assert work.studio.project(done.project).tasks == len(TASKS)
        assert work.studio.turns(done.project) == []

    def test_a_push_knows_what_is_there_without_reading_it(self, work):
        done = work.push(TASKS[:2], [PREDICTION])
        folder, key = work.state.parent, SyncState.load(work.state).key

        def all_there():
            return {row.number: row for row in work.studio.rows(done.project)}

        def known():
            return Seen.load(folder, key, done.project).rows

        assert known() == all_there(), "as they were sent, by the numbers in the answer"
        work.push(TASKS, [PREDICTION])
        numbers = list(all_there())
        assert known() == all_there()
        work.ann.annotations.create(numbers[0], result=[choice("claim")])
        work.ann.annotations.create(numbers[1], result=[], was_cancelled=True)
        work.studio.change_task(numbers[2], {**all_there()[numbers[2]].data, "added": 1})
        work.studio.delete_predictions(done.project, numbers)
        work.push(TASKS, [PREDICTION])
        assert known() == all_there()
        work.studio.delete_tasks(done.project, numbers[:1])
        work.push(TASKS, [PREDICTION])
        assert known() == all_there()
        assert len(known()) == len(TASKS)

    def test_each_annotator_has_a_tab_that_goes_through_their_tasks(self, work):
        who = [("ann",), ("joanna",), ("ann", "ben"), ("ben",), ("ann",)]
        tasks = [
            each.model_copy(update={"annotators": names})
            for each, names in zip(TASKS, who, strict=False)
        ]
        assert work.plan(tasks, overlap=2).tabs == (
            Tab(person="ann"), Tab(person="ben"), Tab(person="joanna"),
        )  # fmt: skip
        done = work.push(tasks, overlap=2)
        assert work.push(tasks, overlap=2).result is None
        wanted = [each.id for each in tasks if "ann" in each.annotators]
        assert labelled_as_displayed(work, done.project, "for ann") == wanted

    def test_a_batch_that_is_there_already_comes_first_in_a_tab_of_its_own(self, work):
        work.push()
        batch = [TASKS[3].model_copy(update={"suggested": 2, "stream": "chosen"}),
                 TASKS[1].model_copy(update={"suggested": 2, "stream": "chosen"})]  # fmt: skip
        tasks = [*batch, TASKS[0].model_copy(update={"suggested": 1}), TASKS[2]]
        found = work.plan(tasks)
        assert found.tabs == (Tab(2),), "of the newest batch only"
        assert {change.why for change in found.changes} == {"suggested"}
        done = work.push(tasks)
        assert work.push(tasks).result is None
        # In the order in which they were sent, so that an article stays together.
        wanted = [TASKS[1].id, TASKS[3].id]
        assert labelled_as_displayed(work, done.project, "suggested 2") == wanted

    def test_texts_reach_the_server_and_come_back_as_they_were(self, work):
        work.push()
        data = [data for _, data in work.studio.tasks(work.project)]
        sent = export_tasks(TASKS, [DOCUMENT], scheme=DEFAULT)
        assert data == [each["data"] for each in sent]

    def test_listing_goes_on_beyond_a_page(self, work, monkeypatch):
        monkeypatch.setattr("annotate.labelstudio.listing.PAGE_SIZE", 3)
        work.push()
        assert [d["annotate_id"] for _, d in work.studio.tasks(work.project)] == [
            each.id for each in TASKS
        ]

    def test_annotations_of_two_people_skips_and_edits_come_back(self, work):
        work.push()
        numbers = list(work.there().values())
        work.ann.annotations.create(numbers[0], result=[choice("claim")], lead_time=3.5)
        work.ben.annotations.create(
            numbers[0], result=[choice("denial"), choice("unsure", control="flags")]
        )
        work.ann.annotations.create(numbers[1], result=[], was_cancelled=True)
        edited = work.ann.annotations.create(numbers[2], result=[choice("claim")])
        work.ann.annotations.create(numbers[2], result=[choice("neither")])
        work.ann.annotations.update(edited.id, result=[choice("denial")])
        found = work.pull()
        taken = {(a.task_id, a.annotator): a for a in found.annotations}
        one, two = "annotator-1", "annotator-2"
        assert {key: a.label for key, a in taken.items()} == {
            (TASKS[0].id, one): "claim",
            (TASKS[0].id, two): "denial",
            (TASKS[1].id, one): None,
            (TASKS[2].id, one): "denial",
        }
        assert taken[TASKS[0].id, one].seconds == 3.5
        assert taken[TASKS[0].id, two].flags == ("unsure",)
        assert (found.skipped, found.superseded, found.unannotated) == (1, 1, 2)
        assert "invalid" not in "".join(a.model_dump_json() for a in found.annotations)
        assert work.pull() == found

    def test_pre_labels_are_shown_and_known_again(self, work):
        held = TASKS[3].model_copy(update={"stream": "audit-test"})
        work.push([*TASKS[:3], held], [PREDICTION])
        numbers = work.there()
        (prediction,) = work.ann.predictions.list(task=numbers[TASKS[2].id])
        assert (prediction.model_version, prediction.score) == ("rules-1", 0.7)
        work.ann.annotations.create(
            numbers[TASKS[2].id], result=[choice("denial")], parent_prediction=prediction.id
        )
        work.ben.annotations.create(numbers[TASKS[2].id], result=[choice("claim")])
        work.ann.annotations.create(numbers[TASKS[0].id], result=[choice("claim")])
        found = {(a.task_id, a.annotator): a for a in work.pull().annotations}
        assert [(a.prelabel_shown, a.from_prediction) for _, a in sorted(found.items())] == [
            (False, False), (True, True), (True, False),
        ]  # fmt: skip

    def test_spans_are_code_points_there_too(self, work):
        work.push()
        text = TASKS[0].text
        spans = [(text.index("shut"), "cue"), (text.index("שלום"), "content")]
        marked = Marked(
            spans=tuple(Span(start=at, end=at + 4, label=name) for at, name in spans),
            relations=(Relation(label="signals", head=0, tail=1),),
        )
        work.ann.annotations.create(work.there()[TASKS[0].id], result=make_result("claim", marked))
        (annotation,) = work.pull().annotations
        assert [text[s.start : s.end] for s in annotation.spans] == ["shut", "שלום"]
        assert annotation.relations == marked.relations

    def test_what_does_not_fit_is_set_aside(self, work):
        work.push()
        numbers = work.there()
        work.ann.annotations.create(numbers[TASKS[0].id], result=[choice("lie")])
        work.ann.annotations.create(numbers[TASKS[1].id], result=[])
        work.ann.annotations.create(numbers[TASKS[2].id], result=[choice("claim")])
        work.ann.tasks.update(
            numbers[TASKS[2].id], data={"annotate_id": TASKS[2].id, "text": "Other."}
        )
        found = work.pull()
        assert found.annotations == ()
        assert [entry.reason.partition(":")[0] for entry in found.rejected] == [
            "the scheme has no label 'lie'",
            "it has no label, and marks nothing",
            "the text of its task is another one in Label Studio than in tasks.jsonl",
        ]

    def test_a_changed_context_is_brought_up_to_date_and_a_changed_text_refused(self, work):
        work.push()
        numbers = work.there()
        work.ann.annotations.create(numbers[TASKS[0].id], result=[choice("claim")])
        changed = [TASKS[0].model_copy(update={"after": "New."}), *TASKS[1:]]
        assert work.push(changed).result.changed == 1
        assert [a.label for a in work.pull(changed).annotations] == ["claim"]
        row = work.studio.row(numbers[TASKS[0].id])
        assert (row.data["after"], row.work) == ("New.", 1)
        work.ann.tasks.update(row.number, data={**row.data, "text": "Other."})
        with pytest.raises(SyncError, match="--supersede"):
            work.push(changed)
        assert work.push(changed, supersede=True).result.superseded == 1
        assert work.studio.row(row.number).work == 1
        assert work.plan(changed).is_empty

    def test_a_double_is_deleted_while_nobody_has_labelled_it(self, work):
        work.push()
        sent = export_tasks(TASKS[:2], [DOCUMENT], scheme=DEFAULT)
        work.studio.import_tasks(work.project, sent)
        rows = [(row.number, row.data["annotate_id"]) for row in work.studio.rows(work.project)]
        copies = [number for number, name in rows if name == TASKS[1].id]
        for number in copies:
            work.ann.annotations.create(number, result=[choice("claim")])
        found = work.plan()
        assert (len(found.doubles), found.doubled) == (1, (TASKS[1].id,))
        assert work.push().result.deleted == 1
        assert work.studio.project(work.project).tasks == len(TASKS) + 1
        assert work.plan().is_empty
        assert [a.task_id for a in work.pull().annotations] == [TASKS[1].id]

    def test_pre_labels_are_replaced_and_shown_and_labelled_tasks_keep_theirs(self, work):
        def labels(label, model):
            named = {"label": label, "model": model, "scores": {}}
            return [
                PREDICTION.model_copy(
                    update={**named, **each.model_dump(include=set(Located.model_fields))}
                )
                for each in TASKS
            ]

        work.push(predictions=labels("claim", "m1"))
        numbers = work.there()
        work.ann.annotations.create(numbers[TASKS[0].id], result=[choice("claim")])
        assert work.push(predictions=labels("claim", "m1")).result is None
        done = work.push(predictions=labels("denial", "m2"))
        assert (done.result.prelabels, done.plan.prelabels.kept) == (3, 1)
        models = {
            number: [each["model_version"] for each in found]
            for number, found in work.studio.predictions(work.project).items()
        }
        assert models == {
            number: ["m1" if name == TASKS[0].id else "m2"] for name, number in numbers.items()
        }
        assert work.studio.project(work.project).model_version == "m2"
        assert work.plan(predictions=labels("denial", "m2"), verify=True).is_empty
        journal_beside(work.state).unlink()
        assert work.plan(predictions=labels("denial", "m2")).is_empty

    def test_a_forgotten_document_is_gone_and_no_other(self, work):
        other = document("Another article.", key="other")
        stays = task(other.text, other.id)
        wanted = replace(work.wanted([*TASKS, stays]), documents=[DOCUMENT, other])
        push(work.studio, wanted, state=work.state)
        for number in work.there().values():
            work.ann.annotations.create(number, result=[choice("claim")])
        assert forget_documents(work.studio, {DOCUMENT.id}, state=work.state) == len(TASKS)
        assert list(work.there()) == [stays.id]
        assert forget_documents(work.studio, {DOCUMENT.id}, state=work.state) == 0

    def test_a_page_with_annotations_loses_no_label(self, work):
        work.push()
        work.ann.annotations.create(work.there()[TASKS[0].id], result=[choice("neither")])
        labels = DEFAULT.labels[:2]
        fewer = DEFAULT.model_copy(update={"labels": labels})
        for name in ("label_names", "hotkeys", "colours"):
            fewer.__dict__.pop(name, None)
        with pytest.raises(SyncError, match="1 annotation"):
            work.push(scheme=fewer)
        assert work.plan().is_empty

    def test_a_deleted_project_is_one_clear_error(self, work):
        work.push()
        work.studio.delete_project(work.project)
        for step in (work.plan, work.pull):
            with pytest.raises(SyncError, match="no longer on"):
                step()

    def test_the_project_is_found_again_by_another_workspace_and_no_other_is_taken(self, work):
        work.push()
        elsewhere = work.state.with_name("elsewhere.json")
        assert work.plan(state=elsewhere).project == work.project
        other = task("Another text.", DOCUMENT.id, start=100)
        with pytest.raises(SyncError, match="of another workspace"):
            work.plan([other], state=work.state.with_name("other.json"))

    def test_an_export_made_by_hand_gives_what_the_server_gives(self, work, tmp_path):
        work.push()
        work.ann.annotations.create(work.there()[TASKS[0].id], result=[choice("claim")])
        pulled = work.pull()
        by_hand = tmp_path / "export.json"
        # Like the Export button of the page: people are numbers there.
        by_hand.write_text(json.dumps(work.ann.projects.exports.as_json(work.project)))
        found = pull_export(by_hand, tasks=TASKS, scheme=DEFAULT, pseudonyms=pulled.pseudonyms)
        assert found.annotations == pulled.annotations

    def test_an_exported_file_can_be_imported_by_hand(self, work, studio_server):
        project = work.studio.create_project(work.title, label_config(DEFAULT), "", description="")
        sent = export_tasks(TASKS, [DOCUMENT], predictions=[PREDICTION], scheme=DEFAULT)
        with session(studio_server.url) as client:
            access = access_token(client, studio_server.api_key)
            answer = client.post(
                f"/api/projects/{project}/import",
                files={"file": ("tasks.json", json.dumps(sent), "application/json")},
                headers={"Authorization": f"Bearer {access}"},
            )
        assert answer.status_code == 201, answer.text
        assert (answer.json()["task_count"], answer.json()["prediction_count"]) == (len(TASKS), 1)
        data = [data for _, data in work.studio.tasks(project)]
        assert data == [each["data"] for each in sent]

    def test_a_page_with_the_oddest_names_is_accepted_as_it_is(self, work):
        marks = [{"name": name, "definition": name} for name in ODD]
        content = {
            "name": "odd",
            "version": "1",
            "title": "$5",
            "labels": [{"name": n} for n in ODD],
        }
        scheme = Scheme.model_validate(
            content | {"flags": marks, "spans": marks, "relations": marks}
        )
        units = UnitSettings(spans=True)
        config, instructions = label_config(scheme, units=units), instructions_html(scheme)
        project = work.studio.create_project(work.title, config, instructions, description="")
        assert same_page(work.studio.project(project).config, config)

    def test_both_kinds_of_key_are_taken(self, studio, studio_server):
        with legacy_tokens(studio_server), sdk(studio_server.url, studio_server.api_key) as (api,):
            legacy = api.users.get_token().token
            with Studio.connect(studio_server.url, legacy) as other:
                assert other.users() == studio.users()
        with pytest.raises(StudioError, match="takes no legacy tokens"):
            Studio.connect(studio_server.url, legacy)

    @pytest.mark.parametrize("damage", ["signature", "legacy", "access"])
    def test_a_wrong_key_is_refused_in_words(self, studio_server, damage):
        key = studio_server.api_key
        with session(studio_server.url) as client:
            wrong = {"signature": key[:-6] + "AAAAAA", "legacy": "0" * 40,
                     "access": access_token(client, key)}[damage]  # fmt: skip
        why = {"signature": "did not issue it", "legacy": "does not know it|no legacy",
               "access": "short-lived access token"}[damage]  # fmt: skip
        with pytest.raises(StudioError, match=why) as refused:
            Studio.connect(studio_server.url, wrong)
        assert wrong not in str(refused.value)

    def test_a_refusal_names_its_reason(self, studio):
        with pytest.raises(StudioError, match='toName="gone" not found'):
            studio.create_project("bad page", BAD_PAGE, "", description="")
        with pytest.raises(StudioError, match="title"):
            studio.create_project("x", label_config(DEFAULT), "", description="")
