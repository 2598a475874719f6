import pytest

from annotate.errors import MissingFileError, WorkspaceError
from annotate.labelstudio.results import make_result
from annotate.records import Annotation, Document, GoldLabel, Marked, Task
from annotate.sidecar import remove
from annotate.workflows.forgetting import forget, traces_of
from annotate.workflows.gold import decide_gold
from annotate.workflows.label import pull_annotations, push_tasks
from annotate.workflows.prepare import make_workspace
from annotate.workflows.referee import referee_of
from annotate.workflows.review import (
    plan_review,
    plan_review_push,
    pull_decisions,
    push_review,
    write_review,
)
from strategies import annotation, document, task


def pushed(desk, server, **options):
    """Ask a referee and return the tasks there, by our id."""
    review = plan_review(desk, **{"below": 0.6, **options})
    done = push_review(desk, server, review)
    return {row.data["annotate_id"]: row for row in server.rows(done.project)}


def decide(server, row, label, by=3):
    return server.annotate(row.number, make_result(label, Marked()), by=by)


def gold_of(desk, **options):
    decide_gold(desk, **{"method": "majority", "seed": 0, **options})
    return {entry.task_id: entry for entry in desk.read(GoldLabel)}


def test_a_decision_makes_the_whole_way_and_wins_in_every_method(desk, ids, server):
    there = pushed(desk, server, below=0.7)
    assert list(there) == ids[:2]  # the tie and the split of three
    note = there[ids[0]].data["note"]
    assert note == "Decide the label. So far:\nannotator-1: claim\nannotator-2: denial"
    decide(server, there[ids[0]], "neither")
    found = pull_decisions(desk, server)
    assert found.summary[0] == "1 label by 1 annotator"
    for method in ("majority", "dawid-skene", "mace"):
        entry = gold_of(desk, method=method)[ids[0]]
        assert (entry.label, entry.method, entry.shown) == ("neither", "adjudicated", ("votes",))
        assert entry.referees == ("annotator-1",)  # a pseudonym, the first of this empty map
    assert gold_of(desk)[ids[1]].method == "majority"


def test_a_dry_run_asks_the_server_and_changes_nothing_anywhere(desk, ids, server):
    review = plan_review(desk, below=0.6)
    plan = plan_review_push(desk, server, review)
    assert [sent["data"]["annotate_id"] for sent in plan.payload] == ids[:1]
    assert plan.title.endswith("(review)")
    assert not desk.review.exists()
    assert server.writes() == []
    write_review(desk, review)
    again = plan_review_push(desk, server, plan_review(desk, below=0.6))
    assert (again.title, again.payload) == (plan.title, plan.payload)


def test_asking_again_adds_what_is_new_and_nothing_twice(desk, ids, server):
    pushed(desk, server)
    assert plan_review(desk, below=0.6).added == {}
    again = plan_review(desk, below=0.7, suspects=[ids[3], ids[0]])
    assert again.added == {"low score": 1, "suspect": 1}
    assert len(pushed(desk, server, below=0.7, suspects=[ids[3], ids[0]])) == 3
    assert set(pushed(desk, server)) == {ids[0], ids[1], ids[3]}  # what was asked stays asked


def test_a_blind_page_shows_nothing_and_its_decision_is_known_as_blind(desk, ids, server):
    there = pushed(desk, server, blind=True)
    assert there[ids[0]].data["note"] == ""
    decide(server, there[ids[0]], "claim")
    pull_decisions(desk, server)
    assert gold_of(desk)[ids[0]].blind
    # Asked again with votes shown, what was decided blind stays so; what is new shows votes.
    there = pushed(desk, server, below=0.7)
    assert [bool(row.data["note"]) for row in there.values()] == [False, True]
    assert gold_of(desk)[ids[0]].blind


def test_what_showed_votes_once_is_not_blind_any_more(desk, ids, server):
    pushed(desk, server)
    there = pushed(desk, server, blind=True)
    assert there[ids[0]].data["note"]
    decide(server, there[ids[0]], "claim")
    pull_decisions(desk, server)
    assert gold_of(desk)[ids[0]].shown == ("votes",)


def test_the_referee_may_change_their_mind(desk, ids, server):
    made = decide(server, pushed(desk, server)[ids[0]], "neither")
    pull_decisions(desk, server)
    server.edit(made, result=make_result("claim", Marked()))
    pull_decisions(desk, server)
    assert gold_of(desk)[ids[0]].label == "claim"


def test_a_new_vote_is_shown_and_a_changed_scheme_reaches_the_page(desk, ids, server):
    pushed(desk, server)
    votes = [*desk.read(Annotation), annotation(ids[0], "annotator-4", "neither")]
    desk.write(Annotation, votes, command="test")
    with pytest.raises(WorkspaceError, match=r"annotations.jsonl has changed. Run `annotate gold`"):
        plan_review(desk, below=0.6)
    text = desk.scheme_file.read_text("utf-8")
    desk.scheme_file.write_text(text.replace("question:", "question: Now,"), "utf-8")
    gold_of(desk)
    assert "annotator-4: neither" in pushed(desk, server)[ids[0]].data["note"]
    assert referee_of(desk).scheme_file.read_text("utf-8") == desk.scheme_file.read_text("utf-8")


def test_addresses_do_not_reach_the_referee(desk, ids, server):
    there = server
    push_tasks(desk, there)
    for by, label in ((2, "claim"), (3, "denial")):
        there.annotate(there.at(ids[0])["id"], make_result(label, Marked()), by=by)
    pull_annotations(desk, there, names=True)
    assert "ann@x.invalid" in desk.path(Annotation).read_text("utf-8")
    gold_of(desk)
    note = pushed(desk, there)[ids[0]].data["note"]
    assert note.splitlines()[1:] == ["annotator-1: claim", "annotator-2: denial"]


def test_a_corrected_article_keeps_its_decisions(desk, ids, server):
    decide(server, pushed(desk, server)[ids[0]], "neither")
    pull_decisions(desk, server)
    old = next(desk.read(Document))
    new = document(f"Corrected. {old.text}", key=old.key, title=old.title)
    shift = len("Corrected. ")
    tasks = [task(each.text, new.id, each.start + shift) for each in desk.read(Task)]
    moved = dict(zip(ids, (each.id for each in tasks), strict=True))
    votes = [v.model_copy(update={"task_id": moved[v.task_id]}) for v in desk.read(Annotation)]
    desk.write(Document, [old, new], command="test")
    desk.write(Task, tasks, command="test")
    desk.write(Annotation, votes, command="test")
    assert gold_of(desk)[tasks[0].id].label == "neither"
    there = pushed(desk, server)
    assert list(there) == [tasks[0].id]  # the same task under its new id
    pull_decisions(desk, server)
    assert gold_of(desk)[tasks[0].id].method == "adjudicated"
    assert [vote.task_id for vote in referee_of(desk).read(Annotation)] == [tasks[0].id]


def test_without_gold_labels_it_says_what_to_run(desk):
    remove(desk.path(GoldLabel))
    with pytest.raises(MissingFileError, match="Run `annotate gold` first"):
        plan_review(desk, below=0.6)


def test_without_a_review_there_is_nothing_to_pull(desk, server):
    assert pull_decisions(desk, server) is None
    write_review(desk, plan_review(desk, below=0.6))
    assert pull_decisions(desk, server) is None  # written, and never pushed


def test_a_forgotten_document_goes_from_the_referee_too(desk, ids, server):
    there = pushed(desk, server)
    decide(server, there[ids[0]], "neither")
    pull_decisions(desk, server)
    name = next(desk.read(Document)).id
    traces = traces_of(desk, name)
    assert traces.pushed
    gone = forget(desk, traces, server)
    assert (gone.records["queries"], gone.on_server) == (1, 1)
    files = [path for path in desk.root.rglob("*") if path.is_file()]
    left = [path.name for path in files if name.encode() in path.read_bytes()]
    assert left == []


def test_a_workspace_can_be_made_for_articles(tmp_path):
    workspace = make_workspace(tmp_path / "w", scheme=None, unit="article")
    assert (workspace.settings.units.of, workspace.settings.units.spans) == ("article", False)
    assert make_workspace(tmp_path / "v", scheme=None).settings.units.of == "sentence"
