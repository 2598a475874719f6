"""What a served model says of tasks, and of which it says nothing."""

import shutil

import pytest
import yaml

from annotate.errors import ModelError
from annotate.labelstudio.config import label_config
from annotate.records import Document, Family, Link, Task
from annotate.serving import Asked
from annotate.settings import UnitSettings
from annotate.workflows.families import make_families
from annotate.workflows.prepare import make_workspace
from annotate.workflows.serving import ServedModel, _files, _states
from annotate.workflows.training import find_model, train
from annotate.workspace import Workspace
from newsroom import article, newsroom


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Thirty articles; the reader has labelled the first twenty."""
    return newsroom(tmp_path_factory.mktemp("news") / "desk", labelled=20)


@pytest.fixture(scope="module")
def served(desk):
    return ServedModel(desk, "first")


def ask(served, *tasks):
    return served.answer([Asked(each.id, each.text) for each in tasks])


def tasks_of(desk, number):
    document = list(desk.read(Document))[number]
    return [each for each in desk.read(Task) if each.document_id == document.id]


def test_an_article_that_nobody_labelled_is_answered_for(desk, served):
    new = [each for each in tasks_of(desk, 27) if not each.prelabel_held_out]
    answers = ask(served, *new)
    assert new
    for task, answer in zip(new, answers, strict=True):
        assert answer.withheld is None
        assert answer.prediction["model_version"] == served.version
        assert served.version.startswith("first-")
        (item,) = answer.prediction["result"]
        assert (item["from_name"], item["to_name"], item["type"]) == ("label", "text", "choices")
        assert item["value"]["choices"][0] in desk.scheme.label_names
        assert 0 < answer.prediction["score"] <= 1
        assert task.stream == "none"


def test_of_an_article_that_was_learnt_from_nothing_is_said(desk, served):
    learnt = set(served._now.model.manifest.documents)
    assert learnt
    for document in desk.read(Document):
        for task in (t for t in desk.read(Task) if t.document_id == document.id):
            (answer,) = ask(served, task)
            if document.id in learnt:
                assert answer.prediction is None


def test_nor_of_its_relatives(desk, tmp_path, served):
    """A copy of an article that was learnt from, found to be one after the training."""
    learnt = served._now.model.manifest.documents[0]
    other = next(each for each in tasks_of(desk, 27) if not each.prelabel_held_out)
    assert ask(served, other)[0].prediction
    first, second = sorted([learnt, other.document_id])
    link = Link(first=first, second=second, kind="joined", reason="by hand")
    family = Family(id="f1", documents=(first, second), links=(link,))
    desk.write(Family, [family], command="test", inputs=[desk.path(Document)])
    try:
        assert ask(ServedModel(desk, "first"), other)[0].withheld == "learnt"
    finally:
        desk.write(Family, [], command="test", inputs=[desk.path(Document)])


def test_of_audit_tasks_and_those_held_out_nothing_is_said(desk, served):
    unaided = [
        each
        for each in desk.read(Task)
        if each.stream.startswith("audit-") or each.prelabel_held_out
    ]
    assert {each.stream for each in unaided} == {"audit-dev", "audit-test", "none"}
    assert {answer.withheld for answer in ask(served, *unaided)} == {"unaided"}


def test_of_strange_and_changed_tasks_nothing_is_said(desk, served):
    task = tasks_of(desk, 27)[0]
    asked = [Asked(None, task.text), Asked("no:body:0-3", "abc"), Asked(task.id, "Another text.")]
    asked.append(Asked(task.id, None))
    found = [answer.withheld for answer in served.answer(asked)]
    assert found == ["unknown", "unknown", "changed", "changed"]
    assert served.answer([]) == []


def test_answers_stand_in_the_order_of_the_tasks(desk, served):
    mixed = [*tasks_of(desk, 27), *tasks_of(desk, 0), *tasks_of(desk, 28), *tasks_of(desk, 2)]
    assert ask(served, *mixed) == [ask(served, each)[0] for each in mixed]


def test_only_the_page_of_its_scheme_is_answered_for(desk, served):
    assert served.misfit(label_config(desk.scheme)) is None
    for page in ("<View/>", "", "no xml", "\ud800", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        assert "lacks 'claim' (label), 'denial' (label)" in served.misfit(page)
    more = label_config(desk.scheme).replace('<Choice value="claim"', '<Choice value="rumour"')
    said = served.misfit(more)
    assert "claim-denial 1.0" in said
    assert "lacks 'claim' (label), and has 'rumour' (label) beside" in said


def test_a_model_that_is_not_there_is_refused(desk):
    with pytest.raises(ModelError, match=r"no model 'second'\. There is first"):
        ServedModel(desk, "second")


def test_a_new_model_is_taken_up_and_signs_with_another_name(tmp_path):
    desk = newsroom(tmp_path / "desk", articles=15)
    said = []
    served = ServedModel(desk, "first", said.append)
    before = served.version
    served.refresh()
    assert (served.version, said) == (before, [])
    train(desk, recipe_name="tfidf", name="first", seed=0, examples=None)
    served.refresh()
    assert served.version == before, "the same content has the same name"
    train(desk, recipe_name="majority", name="first", seed=0, examples=None)
    served.refresh()
    assert served.version != before
    assert said == [f"{served.version} answers now, in place of {before}"]
    (desk.model("first") / "manifest.json").unlink()
    served.refresh()
    served.refresh()
    assert served.version in said[1]
    assert "answers still" in said[1]
    assert len(said) == 2, "trouble is told once"


def test_a_model_whose_replacement_was_cut_off_is_found(tmp_path):
    desk = make_workspace(tmp_path / "desk", scheme=None)
    old = desk.root / "models" / ".first.a1b2c3d4" / "old"
    old.mkdir(parents=True)
    with pytest.raises(ModelError, match="cut off") as told:
        find_model(desk, "first")
    assert f"Rename {old} to {desk.model('first')}" in str(told.value)


def test_while_it_reads_again_the_users_commands_go_on(tmp_path):
    """Families that are out of date it leaves to them, and answers as before."""
    desk = newsroom(tmp_path / "desk", articles=15, labelled=10)
    said = []
    served = ServedModel(desk, "first", said.append)
    task = next(each for each in tasks_of(desk, 12) if not each.prelabel_held_out)
    families = desk.path(Family).stat()
    desk.write(Document, [*desk.read(Document), article(15)], command="test")
    with desk.locked():
        served.refresh()
    assert "answers still" in said[0]
    assert "not up to date (documents.jsonl has changed). Run `annotate families`." in said[0]
    assert desk.path(Family).stat() == families
    assert ask(served, task)[0].withheld is None
    make_families(desk)
    with desk.locked():
        served.refresh()
    assert len(said) == 1
    assert served._now.files == _states(_files(desk, "first"))


def test_files_that_change_while_they_are_read_are_read_again(tmp_path, monkeypatch):
    desk = newsroom(tmp_path / "desk", articles=15, labelled=10)
    said = []
    served = ServedModel(desk, "first", said.append)
    before = served._now
    desk.path(Task).touch()

    def meanwhile(*wanted):
        desk.path(Document).touch()
        return find_model(*wanted)

    monkeypatch.setattr("annotate.workflows.serving.find_model", meanwhile)
    served.refresh()
    assert served._now is before
    assert "Another command is writing" in said[0]


def test_a_scheme_that_was_edited_is_taken_up(tmp_path):
    desk = newsroom(tmp_path / "desk", articles=15, labelled=10)
    said = []
    served = ServedModel(desk, "first", said.append)
    old = label_config(desk.scheme)
    content = yaml.safe_load(desk.scheme_file.read_text("utf-8"))
    content["flags"].append({"name": "brand_new", "definition": "Something new."})
    desk.scheme_file.write_text(yaml.safe_dump(content), "utf-8")
    assert served.misfit(label_config(Workspace(desk.root).scheme)) is None
    assert "lacks 'brand_new'" in served.misfit(old)
    desk.path(Task).touch()
    served.refresh()
    (told,) = said
    assert "was changed, without a new version, since the model first was trained" in told


def test_tasks_that_are_new_are_answered_for(tmp_path):
    desk = newsroom(tmp_path / "desk", articles=15, labelled=10)
    tasks = list(desk.read(Task))
    desk.write(Task, tasks[:30], command="test")
    served = ServedModel(desk, "first")
    assert ask(served, tasks[-1])[0].withheld == "unknown"
    desk.write(Task, tasks, command="test")
    served.refresh()
    assert ask(served, tasks[-1])[0].withheld != "unknown"


def spans_in(answer):
    return [item for item in answer.prediction["result"] if item["from_name"] == "spans"]


def test_sentences_get_spans_where_the_page_marks_them(tmp_path):
    settings = ("spans = false", "spans = true")
    desk = newsroom(tmp_path / "desk", labelled=20, settings=settings)
    served = ServedModel(desk, "first")
    assert served.misfit(label_config(desk.scheme)) is not None
    assert served.misfit(label_config(desk.scheme, units=UnitSettings(spans=True))) is None
    free = [each for each in tasks_of(desk, 27) if not each.prelabel_held_out]
    marked = 0
    for task, answer in zip(free, ask(served, *free), strict=True):
        label = answer.prediction["result"][0]["value"]["choices"][0]
        found = spans_in(answer)
        assert not (label == "neither" and found)
        for item in found:
            value = item["value"]
            assert 0 <= value["start"] < value["end"] <= len(task.text)
            assert value["labels"][0] in {"source", "cue", "content", "target"}
        marked += bool(found)
    assert marked


def test_an_article_gets_the_spans_from_which_its_sentences_have_their_labels(desk, tmp_path):
    settings = ('of = "sentence"', 'of = "article"')
    whole = newsroom(tmp_path / "whole", labelled=0, settings=settings)
    path = whole.root / "annotate.toml"
    path.write_text(path.read_text("utf-8").replace("spans = false", "spans = true"), "utf-8")
    shutil.copytree(desk.model("first"), whole.model("first"))
    served = ServedModel(Workspace(whole.root), "first")
    task = next(
        each for each in whole.read(Task) if each.stream == "none" and not each.prelabel_held_out
        and not served._now.learnt(served._now.pairs[each.id][0])
    )  # fmt: skip
    (answer,) = ask(served, task)
    found = spans_in(answer)
    assert found
    assert not [item for item in answer.prediction["result"] if item["from_name"] == "label"]
    texts = [task.text[item["value"]["start"] : item["value"]["end"]] for item in found]
    assert any("denied" in text for text in texts)
    unresolved = [i for i in answer.prediction["result"] if i["from_name"] == "unresolved"]
    assert {name for item in unresolved for name in item["value"]["choices"]} == {"denies"}
    assert served.answer([Asked(task.id, "another text")])[0].withheld == "changed"
