"""Plan and apply: what is created, once, whatever happens on the way."""

import json
from dataclasses import replace

import pytest
from fake_studio import FakeStudio
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, choice, made

from annotate.errors import StudioError, SyncError, UncertainError
from annotate.labelstudio import planning, sync
from annotate.labelstudio.batches import BATCH
from annotate.labelstudio.plan import Wanted
from annotate.labelstudio.plan_lines import plan_lines
from annotate.labelstudio.planning import journal_beside, plan_push
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import pull
from annotate.labelstudio.push import apply_push
from annotate.labelstudio.results import read_result
from annotate.labelstudio.state import SyncState, key_in, schemes_in
from annotate.records import Located, Prediction
from annotate.scheme import Scheme
from strategies import document, task

SENTENCE = "The bridge is shut. "
COUNT = 1201
DOCUMENT = document(SENTENCE * COUNT)
TASKS = [task(SENTENCE[:-1], DOCUMENT.id, start=20 * place) for place in range(COUNT)]
LOST = UncertainError("The connection broke.")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(planning, "_LATE_SECONDS", 0)
    monkeypatch.setattr(sync, "_PAUSES_SECONDS", (0, 0, 0, 0))


@pytest.fixture
def studio():
    return FakeStudio()


@pytest.fixture
def state(tmp_path):
    return tmp_path / ".annotate" / "label_studio.json"


@pytest.fixture
def plan(studio, state):
    def plan(tasks=TASKS[:3], *, studio=studio, state=state, scheme=DEFAULT, title="Press", **how):
        wanted = Wanted(
            title=title, scheme=scheme, tasks=tasks, documents=[DOCUMENT], overlap=2,
            predictions=how.pop("predictions", None),
        )  # fmt: skip
        return plan_push(studio, wanted, state=state, **how)

    return plan


def ids(tasks):
    return tuple(each.id for each in tasks)


def test_a_plan_changes_nothing(plan, studio, state):
    found = plan()
    assert (found.project, found.create, found.linked) == (None, ids(TASKS[:3]), False)
    assert studio.calls == []
    assert not state.exists()
    assert plan_lines(found) == (
        "Project 'Press' on http://studio.invalid/ (to be created)",
        "3 tasks to create (0 with a pre-label), 0 unchanged, 0 to change, 0 only on the server",
    )


def test_a_push_creates_what_the_plan_says_and_a_second_one_nothing(plan, studio, state):
    done = apply_push(plan(), studio)
    assert (done.created, done.project_created, done.page_replaced) == (3, True, False)
    assert studio.calls == [("create_project", "Press", 2), ("import_tasks", 3)]
    again = plan()
    assert (again.create, again.unchanged, again.is_empty) == ((), ids(TASKS[:3]), True)
    assert plan_lines(again)[-1] == "Nothing to do"
    kept = state.read_text()
    assert apply_push(again, studio).created == 0
    assert len(studio.calls) == 2
    assert state.read_text() == kept


def test_tasks_go_in_batches_and_progress_is_told(plan, studio):
    told = []
    apply_push(plan(TASKS), studio, progress=lambda done, of: told.append((done, of)))
    assert [count for name, count in studio.calls[1:]] == [BATCH, COUNT - BATCH]
    assert told == [(BATCH, COUNT), (COUNT, COUNT)]


def test_only_what_is_not_there_is_sent(plan, studio):
    apply_push(plan(TASKS[:2]), studio)
    found = plan(TASKS[1:4])
    assert found.create == ids(TASKS[2:4])
    assert found.unchanged == ids(TASKS[1:2])
    assert found.only_on_server == ids(TASKS[:1])
    apply_push(found, studio)
    assert studio.calls[-1] == ("import_tasks", 2)


def test_what_changed_and_nobody_has_labelled_is_brought_up_to_date(plan, studio):
    apply_push(plan(), studio)
    moved = TASKS[0].model_copy(update={"before": "Something new."})
    studio.touched(studio.at(TASKS[1].id))["data"]["text"] = "Changed there."
    studio.touched(studio.at(TASKS[2].id))["data"]["added by others"] = 3
    found = plan([moved, *TASKS[1:3]])
    assert [(change.task_id, change.why) for change in found.changes] == [
        (TASKS[0].id, "context"), (TASKS[1].id, "text"),
    ]  # fmt: skip
    assert (found.unchanged, found.create) == (ids(TASKS[2:3]), ())
    assert TASKS[0].id in "\n".join(plan_lines(found))
    assert apply_push(found, studio).changed == 2
    assert studio.at(TASKS[0].id)["data"]["before"] == "Something new."
    assert studio.at(TASKS[1].id)["data"]["text"] == TASKS[1].text
    assert studio.at(TASKS[2].id)["data"]["added by others"] == 3
    assert plan([moved, *TASKS[1:3]]).is_empty


def test_tasks_of_others_in_the_project_are_named_and_left_alone(plan, studio):
    apply_push(plan(), studio)
    studio.import_tasks(1, [{"data": {"text": "by hand"}}])
    (foreign,) = plan().only_on_server
    assert foreign.startswith("number ")


def double(studio, of=TASKS[0]):
    studio.import_tasks(1, [{"data": dict(studio.at(of.id)["data"])}])
    return studio._rows[1][-1]


def test_a_double_that_nobody_has_labelled_is_deleted(plan, studio):
    apply_push(plan(), studio)
    copy = double(studio)
    found = plan()
    assert [row.number for row in found.doubles] == [copy["id"]]
    assert found.unchanged == ids(TASKS[:3])
    assert apply_push(found, studio).deleted == 1
    assert plan().is_empty


@pytest.mark.parametrize("kind", ["annotations", "drafts"])
def test_of_two_copies_the_labelled_one_stays(plan, studio, kind):
    apply_push(plan(), studio)
    copy = double(studio)
    copy[kind].append({"result": []})
    found = plan()
    if kind == "annotations":
        assert [row.number for row in found.doubles] == [studio._rows[1][0]["id"]]
        apply_push(found, studio)
        assert plan().is_empty
    else:  # the listing does not tell of drafts: seen when it is looked at just before
        assert apply_push(found, studio).deleted == 0
    assert copy in studio._rows[1]


def test_of_two_labelled_copies_none_is_deleted(plan, studio):
    apply_push(plan(), studio)
    for row in (studio.at(TASKS[0].id), double(studio)):
        studio.put(row, {"result": []})
    found = plan()
    assert (found.doubles, found.doubled, found.is_empty) == ((), ids(TASKS[:1]), True)


def test_a_double_labelled_between_plan_and_push_stays(plan, studio):
    apply_push(plan(), studio)
    copy = double(studio)
    found = plan()
    studio.put(copy, {"result": []})
    assert apply_push(found, studio).deleted == 0
    assert len(studio._rows[1]) == 4


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6), st.booleans())
def test_whatever_is_lost_on_the_way_no_task_is_ever_doubled(tmp_path_factory, faults, at_first):
    # Each fault is an answer lost: the request was carried out or not, and we are not told.
    studio, state = FakeStudio(), tmp_path_factory.mktemp("w") / "label_studio.json"
    lost = [(LOST if fails else None, done or not fails) for fails, done in faults]
    studio.faults = {"create_project": lost[:2] if at_first else [], "import_tasks": lost[2:]}
    wanted = Wanted(title="Press", scheme=DEFAULT, tasks=TASKS[:2], documents=[DOCUMENT])
    for _ in range(len(faults) + 2):
        try:
            apply_push(plan_push(studio, wanted, state=state), studio)
        except UncertainError:
            continue
    assert len(studio.on_server) == 1
    assert sorted(data["annotate_id"] for _, data in studio.tasks(1)) == sorted(ids(TASKS[:2]))


def test_tasks_that_arrived_although_the_answer_was_lost_are_not_sent_again(studio, state):
    studio.faults = {"import_tasks": [(LOST, True)]}
    wanted = Wanted(title="Press", scheme=DEFAULT, tasks=TASKS[:3], documents=[DOCUMENT])
    done = sync.push(studio, wanted, state=state)
    assert (done.result.created, studio.calls.count(("import_tasks", 3))) == (3, 1)
    assert studio.line == {}
    assert plan_push(studio, wanted, state=state).is_empty


def test_a_doubtful_request_that_did_not_arrive_is_sent_again(studio, state):
    studio.faults = {"import_tasks": [(LOST, False), (LOST, False)]}
    wanted = Wanted(title="Press", scheme=DEFAULT, tasks=TASKS[:3], documents=[DOCUMENT])
    sync.push(studio, wanted, state=state)
    assert len(studio._rows[1]) == 3
    assert plan_push(studio, wanted, state=state).is_empty


def test_a_server_that_never_answers_clearly_is_given_up(studio, state):
    studio.faults = {"import_tasks": [(LOST, False)] * 9}
    wanted = Wanted(title="Press", scheme=DEFAULT, tasks=TASKS[:3], documents=[DOCUMENT])
    with pytest.raises(UncertainError):
        sync.push(studio, wanted, state=state)
    assert studio.line == {}


def test_a_push_cut_off_between_the_project_and_its_state_finds_the_project(plan, studio, state):
    studio.faults = {"create_project": [(KeyboardInterrupt(), True)]}
    with pytest.raises(KeyboardInterrupt):
        apply_push(plan(), studio)
    assert SyncState.load(state).project is None
    apply_push(plan(), studio)
    assert studio.writes().count("create_project") == 1
    assert SyncState.load(state).project == 1


@pytest.mark.parametrize("cut_off", [False, True])
def test_of_two_workspaces_that_make_one_project_the_later_gives_way(plan, studio, state, cut_off):
    """Also where it was cut off just after it had made its own."""
    other = state.with_name("other.json")
    theirs, ours = plan(), plan(state=other)
    apply_push(theirs, studio)
    if cut_off:
        studio.faults["create_project"] = [(KeyboardInterrupt(), True)]
        with pytest.raises(KeyboardInterrupt):
            apply_push(ours, studio)
        assert len(studio.on_server) == 2
        assert SyncState.load(other).project is None
        ours = plan(state=other)
    with pytest.raises(SyncError, match=r"in the same moment \(number 1\)\. Nothing was sent"):
        apply_push(ours, studio)
    assert list(studio.on_server) == [1]
    assert not other.exists()
    assert plan(state=other).is_empty is False
    assert apply_push(plan(state=other), studio).created == 0, "it is the first one's from now on"
    assert studio.writes().count("import_tasks") == 1


def test_a_project_that_holds_tasks_gives_way_to_nobody(plan, studio, state):
    apply_push(plan(), studio)
    first = studio.on_server[1]
    rival = SyncState.new(studio.url, "Press")
    studio.on_server[0] = replace(first, id=0, description=f"annotate project key: {rival.key}")
    studio._rows[0] = []
    replace(SyncState.load(state), project=None).save(state)
    assert apply_push(plan(), studio).created == 0
    assert set(studio.on_server) == {0, 1}


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
    return Scheme.model_validate(
        {**DEFAULT.model_dump(), "edge_cases": [], "from_spans": [], **fields}
    )


def test_a_batch_that_is_there_gets_a_tab_once(plan, studio):
    apply_push(plan(), studio)
    batch = [each.model_copy(update={"suggested": 1}) for each in TASKS[:2]]
    found = plan([*batch, TASKS[2]])
    to_be = "Suggested to be labelled next, to be put into a tab of their own"
    assert plan_lines(found)[1:] == (
        "0 tasks to create (0 with a pre-label), 1 unchanged, 2 to change, 0 only on the server",
        f"{to_be}: {TASKS[0].id}, {TASKS[1].id}",
        "Tabs to make: suggested 1",
    )
    studio.calls.clear()
    apply_push(found, studio)
    assert studio.calls[-1] == ("add_tab", "suggested 1")
    assert plan([*batch, TASKS[2]]).is_empty
    other = [batch[1], TASKS[2].model_copy(update={"suggested": 2})]
    assert [tab.title for tab in plan([batch[0], *other]).tabs] == ["suggested 2"]


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


def said(label):
    return {"result": [choice(label)]}


def test_a_label_that_annotations_hold_is_not_taken_from_the_page(plan, studio):
    apply_push(plan(), studio)
    fewer = changed_scheme(labels=DEFAULT.model_dump()["labels"][:2], precedence=[])
    studio.put(studio.at(TASKS[0].id), said("claim"))
    assert plan(scheme=fewer).blocked is None
    studio.put(studio.at(TASKS[1].id), said("neither"))
    studio.at(TASKS[2].id)["drafts"].append(said("neither"))
    found = plan(scheme=fewer)
    assert found.stranded == (("label 'neither'", 2),)
    with pytest.raises(SyncError, match=r"label 'neither' \(in 2 annotations\).*renamed_from"):
        apply_push(found, studio)
    assert "update_project" not in studio.writes()


def test_a_label_that_was_renamed_is_shown_anew_and_stored_as_before(plan, studio):
    apply_push(plan(), studio)
    studio.put(studio.at(TASKS[0].id), said("neither"))
    *labels, last = DEFAULT.model_dump()["labels"]
    labels.append(last | {"name": "other", "renamed_from": ["neither"]})
    renamed = changed_scheme(labels=labels, precedence=[], version="2")
    found = plan(scheme=renamed)
    assert (found.blocked, found.renamed) == (None, ("'neither' is shown as 'other'",))
    apply_push(found, studio)
    assert 'value="other" hotkey="n" alias="neither"' in studio.on_server[1].config
    assert plan(scheme=renamed).is_empty
    assert read_result([choice("neither")], scheme=renamed, length=9).label == "other"
    versions = [scheme.version for scheme in schemes_in(studio.on_server[1].description)]
    assert versions == [DEFAULT.version, "2"]


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


def prelabelled(*labels, model="m1"):
    """Pre-labels for the first tasks, one label each."""
    return [
        Prediction(
            **TASKS[place].model_dump(include=set(Located.model_fields)),
            label=label, model=model, scores={label: 1.0},
        )
        for place, label in enumerate(labels)
    ]  # fmt: skip


def shown(studio, of):
    return [
        (p["model_version"], p["result"][0]["value"]["choices"][0])
        for p in studio.at(of.id)["predictions"]
    ]


def test_a_new_model_replaces_the_pre_labels_of_tasks_that_nobody_has_labelled(plan, studio):
    apply_push(plan(predictions=prelabelled("claim", "claim", "claim")), studio)
    again = plan(predictions=prelabelled("claim", "claim", "claim"))
    assert (again.is_empty, again.prelabels.held) == (True, 3)
    studio.put(studio.at(TASKS[2].id), said("claim"))
    newer = prelabelled("denial", "claim", "denial", model="m2")
    found = plan(predictions=newer)
    assert (len(found.prelabels.send), found.prelabels.kept) == (2, 1)
    assert apply_push(found, studio).prelabels == 2
    assert [shown(studio, task) for task in TASKS[:3]] == [
        [("m2", "denial")], [("m2", "claim")], [("m1", "claim")],
    ]  # fmt: skip
    assert studio.on_server[1].model_version == "m2"
    assert plan(predictions=newer).is_empty


def test_pre_labels_that_piled_up_are_one_again(plan, studio):
    labels = prelabelled("claim", "denial", "neither")
    apply_push(plan(predictions=labels), studio)
    studio.import_predictions(
        1, {studio.at(TASKS[0].id)["id"]: {"model_version": "x", "result": []}}
    )
    apply_push(plan(predictions=labels), studio)
    assert shown(studio, TASKS[0]) == [("m1", "claim")]


def test_without_a_journal_what_is_there_is_read_back(plan, studio, state):
    labels = prelabelled("claim", "denial", "neither")
    apply_push(plan(predictions=labels), studio)
    journal_beside(state).unlink()
    found = plan(predictions=labels)
    assert (found.is_empty, len(found.prelabels.known)) == (True, 3)


def test_verify_sees_what_the_journal_does_not(plan, studio):
    labels = prelabelled("claim", "denial", "neither")
    apply_push(plan(predictions=labels), studio)
    studio.at(TASKS[0].id)["predictions"][0]["result"][0]["value"]["choices"] = ["denial"]
    assert plan(predictions=labels).is_empty
    found = plan(predictions=labels, verify=True)
    assert list(found.prelabels.send) == [studio.at(TASKS[0].id)["id"]]
    apply_push(found, studio)
    assert plan(predictions=labels, verify=True).is_empty


def test_a_doubtful_pre_label_is_not_sent_a_second_time(studio, state):
    studio.faults = {"import_predictions": [(LOST, True)]}
    fields = {"title": "Press", "scheme": DEFAULT, "tasks": TASKS[:3], "documents": [DOCUMENT]}
    sync.push(studio, Wanted(**fields), state=state)
    labels = prelabelled("claim", "denial", "neither")
    sync.push(studio, Wanted(**fields, predictions=labels), state=state)
    assert [len(shown(studio, task)) for task in TASKS[:3]] == [1, 1, 1]
    assert studio.writes().count("import_predictions") == 1


def test_audit_and_held_out_tasks_lose_a_pre_label_that_they_have(plan, studio):
    labels = prelabelled("claim", "denial", "neither")
    apply_push(plan(predictions=labels), studio)
    held = [TASKS[0].model_copy(update={"stream": "audit-test"}),
            TASKS[1].model_copy(update={"prelabel_held_out": True}), TASKS[2]]  # fmt: skip
    found = plan(held, predictions=labels)
    assert len(found.prelabels.remove) == 2
    apply_push(found, studio)
    assert [shown(studio, task) for task in held] == [[], [], [("m1", "neither")]]
    assert plan(held, predictions=labels).is_empty


def test_pre_labels_that_others_made_stay_where_there_are_none_of_ours(plan, studio):
    apply_push(plan(), studio)
    studio.import_predictions(
        1, {studio.at(TASKS[0].id)["id"]: {"model_version": "x", "result": []}}
    )
    assert plan().is_empty


def test_pre_labels_of_two_models_are_refused(plan):
    mixed = [*prelabelled("claim"), *prelabelled("claim", "claim", model="m2")[1:]]
    with pytest.raises(SyncError, match="2 models"):
        plan(predictions=mixed)


CORRECTED = document("The bridge is shut. It fell at noon. Nobody saw it.", key="k")
OLD = document("The bridge is shut. It fell at ten. Nobody saw it. Odd.", key="k")


def sentences(of):
    found, start = [], 0
    for part in of.text.split(". "):
        text = part if part.endswith(".") else part + "."
        found.append(task(text, of.id, start=of.text.index(text, start)))
        start = found[-1].end
    return found


def corrected(tasks, **fields):
    return Wanted(
        title="Press", scheme=DEFAULT, tasks=tasks, documents=[OLD, CORRECTED],
        outdated={OLD.id: CORRECTED.id}, **fields,
    )  # fmt: skip


def test_a_corrected_article_keeps_the_tasks_of_its_unchanged_sentences(studio, state):
    before, now = sentences(OLD), sentences(CORRECTED)
    sync.push(studio, Wanted(title="Press", scheme=DEFAULT, tasks=before, documents=[OLD]),
              state=state)  # fmt: skip
    studio.put(studio.at(before[0].id), said("claim"))
    found = plan_push(studio, corrected(now), state=state)
    assert [(change.was, change.task_id, change.why) for change in found.changes] == [
        (before[0].id, now[0].id, "moved"),
        (before[1].id, now[1].id, "text"),
        (before[2].id, now[2].id, "moved"),
    ]
    assert (found.create, found.only_on_server) == ((), (before[3].id,))
    sync.push(studio, corrected(now), state=state)
    assert studio.at(now[0].id)["annotations"] == [said("claim")]
    assert studio.at(now[1].id)["data"]["text"] == "It fell at noon."
    assert plan_push(studio, corrected(now), state=state).is_empty
    assert len(studio._rows[1]) == 4


def test_a_labelled_sentence_that_was_corrected_is_refused_until_superseded(studio, state):
    before, now = sentences(OLD), sentences(CORRECTED)
    sync.push(studio, Wanted(title="Press", scheme=DEFAULT, tasks=before, documents=[OLD]),
              state=state)  # fmt: skip
    studio.put(studio.at(before[1].id), said("claim"))
    calls = len(studio.writes())
    wanted = corrected([*now, before[1]])  # it is kept since it is labelled
    with pytest.raises(SyncError, match=f"1 annotated task .*{now[1].id}.*--supersede"):
        sync.push(studio, wanted, state=state)
    assert len(studio.writes()) == calls
    done = sync.push(studio, wanted, state=state, supersede=True)
    assert (done.result.created, done.result.superseded) == (1, 1)
    old = studio.at(before[1].id)
    assert (old["annotations"], old["data"]["text"]) == ([said("claim")], "It fell at ten.")
    assert old["data"]["annotate_superseded_by"] == now[1].id
    assert studio.at(now[1].id)["annotations"] == []
    assert plan_push(studio, wanted, state=state).is_empty


def test_a_labelled_task_whose_text_was_changed_there_gives_its_id_to_a_new_one(plan, studio):
    apply_push(plan(), studio)
    row = studio.at(TASKS[0].id)
    studio.put(row, said("claim"))
    row["data"]["text"] = "Changed there."
    with pytest.raises(SyncError, match="--supersede"):
        apply_push(plan(), studio)
    apply_push(plan(supersede=True), studio)
    assert row["annotations"] == [said("claim")]
    assert "annotate_id" not in row["data"]
    assert studio.at(TASKS[0].id)["data"]["text"] == TASKS[0].text
    assert plan().is_empty


def test_labels_of_a_corrected_article_are_pulled_before_and_after_the_next_push(studio, state):
    before, now = sentences(OLD), sentences(CORRECTED)
    sync.push(studio, Wanted(title="Press", scheme=DEFAULT, tasks=before, documents=[OLD]),
              state=state)  # fmt: skip
    studio.put(studio.at(before[0].id), made("claim"))
    studio.put(studio.at(before[1].id), made("denial"))

    def pulled():
        found = pull(
            studio, state=state, tasks=now, scheme=DEFAULT, pseudonyms=Pseudonyms(),
            outdated={OLD.id: CORRECTED.id}, full=True,
        )  # fmt: skip
        return (
            [(a.task_id, a.label) for a in found.annotations],
            [rejected.task_id for rejected in found.rejected],
        )

    assert pulled() == ([(now[0].id, "claim")], [before[1].id])
    sync.push(studio, corrected(now), state=state, supersede=True)
    assert pulled() == ([(now[0].id, "claim")], [before[1].id])


def test_pre_labels_doubled_on_a_labelled_task_are_one_again(plan, studio):
    labels = prelabelled("claim", "denial", "neither")
    apply_push(plan(predictions=labels), studio)
    row = studio.at(TASKS[0].id)
    studio.put(row, said("claim"))
    studio.import_predictions(1, {row["id"]: row["predictions"][0]})
    found = plan(predictions=labels)
    assert (len(found.prelabels.surplus), found.is_empty) == (1, False)
    apply_push(found, studio)
    assert shown(studio, TASKS[0]) == [("m1", "claim")]
    assert plan(predictions=labels).is_empty


@pytest.mark.parametrize("lost", [None, LOST])
def test_a_project_that_the_network_created_twice_is_there_once(studio, state, monkeypatch, lost):
    create = studio.create_project

    def twice(*arguments, **fields):
        first = create(*arguments, **fields)
        second = create(*arguments, **fields)
        if lost:
            raise lost
        return max(first, second)

    monkeypatch.setattr(studio, "create_project", twice)
    wanted = Wanted(title="Press", scheme=DEFAULT, tasks=TASKS[:3], documents=[DOCUMENT])
    done = sync.push(studio, wanted, state=state)
    assert list(studio.on_server) == [done.project]
    assert len(studio._rows[done.project]) == 3
    assert plan_push(studio, wanted, state=state).is_empty
