"""The certificate, a release without text, and the text put back into it."""

import json
import shutil

import pytest
from pyarrow import parquet

from annotate import jsonl
from annotate.dataset import hub, read_dataset
from annotate.records import Annotation, Document, Task
from annotate.resources import resource

OWN = "The ferry is late. Nobody knew why, the harbour master said on Tuesday."


IMPORTED = (("init", "desk"), ("import", resource("seeds/articles"), "-w", "desk"))
PULL = ("pull", "--from", resource("seeds/annotations.json"), "-w", "desk")


@pytest.fixture
def desk(make):
    return make(*IMPORTED, ("tasks", "-w", "desk"), PULL, ("gold", "-w", "desk")) / "desk"


def test_labels_without_their_tasks_are_refused(run, make):
    make(*IMPORTED)
    assert run(*PULL).code == 1


def everything_in(folder):
    """All that a release says, tables too."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            yield json.dumps(parquet.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        elif path.is_file():
            yield path.read_text("utf-8")


def runs_of_words(text, length=6):
    words = text.lower().split()
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_a_release_holds_no_text_and_gets_it_back(run, desk, tmp_path):
    done = run("dataset", "--no-scores", "--no-text", "-w", "desk")
    assert done.code == 0
    assert "Leakage: 0 of 53 families on both sides" in done.out
    release = desk / "release"
    documents = list(jsonl.read(desk / "documents.jsonl", Document))
    scheme = (release / "labels.yaml").read_text("utf-8").lower()
    said = "\n".join(everything_in(release)).lower().replace(scheme, "")
    said = " ".join(said.split())
    for one in documents:
        leaked = [run for run in runs_of_words(one.text) if run in said]
        assert not leaked
        assert not one.title or len(one.title.split()) < 4 or one.title.lower() not in said
    refused = run("evaluate", "--folds", "2", "--examples", "desk/release")
    assert (refused.code, "a release without text" in refused.err) == (1, True)

    run("init", "own", "--scheme", release / "labels.yaml")
    refused = run("dataset", "--rehydrate", release, "-w", "own")
    assert (refused.code, "annotate import" in refused.err) == (1, True)
    run("import", resource("seeds/articles"), "-w", "own")
    done = json.loads(run("dataset", "--rehydrate", release, "-w", "own", "--json").out)
    assert done["share"] == 1
    assert read_dataset(tmp_path / "own" / "dataset") == read_dataset(desk / "dataset")
    for path in sorted((desk / "dataset" / "data").iterdir()):
        assert path.read_bytes() == (tmp_path / "own/dataset/data" / path.name).read_bytes()


def test_text_is_put_back_from_changed_copies_as_far_as_they_go(run, desk, tmp_path):
    run("dataset", "--no-scores", "--no-text", "-w", "desk")
    run("init", "own")
    documents = list(jsonl.read(desk / "documents.jsonl", Document))
    changed = [
        {
            "id": one.key,
            "text": OWN
            + "\n\n"
            + one.text.replace("“", '"').replace("”", '"').replace("\n\n", "\n"),
            "url": one.url,
        }
        for one in documents[1:]
    ]
    own = [Document(id=Document.id_of(row["text"]), key=row["id"], text=row["text"])
           for row in changed]  # fmt: skip
    jsonl.write(tmp_path / "own" / "documents.jsonl", own)
    done = run("dataset", "--rehydrate", "desk/release", "-w", "own")
    assert done.code == 0
    assert f"not there: {documents[0].key}" in done.out
    before = {one.id: one for one in read_dataset(desk / "dataset")}
    after = read_dataset(tmp_path / "own" / "dataset")
    body = [one for one in before.values() if one.part == "body"]
    there = [one for one in body if one.document_id != documents[0].id]
    assert len(after) >= 0.99 * len(there)
    for one in after:
        was = before[one.id]
        assert one.text.split() == was.text.replace("“", '"').replace("”", '"').split()
        assert (one.label, one.split, one.group) == (was.label, was.split, was.group)
    card = (tmp_path / "own" / "dataset" / "README.md").read_text("utf-8")
    assert "have their text again" in card


def test_what_is_no_release_or_of_other_labels_is_refused(run, desk):
    refused = run("dataset", "--rehydrate", "desk", "-w", "desk")
    assert (refused.code, "no release without text there" in refused.err) == (1, True)
    run("dataset", "--no-scores", "--no-text", "-w", "desk")
    labels = desk / "labels.yaml"
    labels.write_text(labels.read_text("utf-8").replace("version: ", "version: 9", 1), "utf-8")
    refused = run("dataset", "--rehydrate", "desk/release", "-w", "desk")
    assert (refused.code, "not of this workspace" in refused.err) == (1, True)
    shutil.rmtree(desk / "release" / "data")
    making = desk / "release" / "making.json"
    making.write_text(making.read_text("utf-8").replace('"seed"', '"sead"'), "utf-8")
    refused = run("dataset", "--rehydrate", "desk/release", "-w", "desk")
    assert (refused.code, "making.json" in refused.err) == (1, True)


class Hub:
    """A stand-in that keeps what it is given."""

    def __init__(self):
        self.made, self.sent = [], []

    def create_repo(self, name, **how):
        self.made.append((name, how))
        return f"https://huggingface.co/datasets/{name}"

    def upload_folder(self, *, folder_path, repo_id, repo_type, commit_message):
        self.sent.append((sorted(path.name for path in folder_path.iterdir()), repo_id, repo_type))


def test_an_upload_is_private_and_needs_a_licence(run, desk, monkeypatch):
    there = Hub()
    monkeypatch.setattr(hub, "hub_api", lambda: there)
    how = ("dataset", "--no-scores", "-w", "desk", "--push-to-hub", "newsroom/denials")
    refused = run(*how)
    assert (refused.code, "--license" in refused.err) == (2, True)
    assert there.made == []
    done = run(*how, "--license", "cc-by-4.0", "--no-text")
    assert "uploaded: https://huggingface.co/datasets/newsroom/denials" in done.out
    assert there.made[0][1]["private"] is True
    (names, repository, kind) = there.sent[0]
    assert (repository, kind) == ("newsroom/denials", "dataset")
    assert "making.json" in names  # the release, not the data set with text

    class Closed(Hub):
        def create_repo(self, name, **how):
            raise ConnectionError("no route")  # noqa: TRY003

    monkeypatch.setattr(hub, "hub_api", Closed)
    refused = run(*how, "--license", "cc-by-4.0")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "not put on the Hugging Face Hub (no route)" in refused.err


def test_a_family_that_was_divided_is_refused(tmp_path):
    from annotate.errors import SplitError
    from annotate.records import Example, Family
    from annotate.workflows.certificate import certify

    family = Family.model_construct(id="f", documents=("d1", "d2"), links=())
    examples = [
        Example(id=name, text="x", label="claim", group=name, document_id=name, split=split)
        for name, split in (("d1", "train"), ("d2", "test"))
    ]
    fields = {"documents": (), "recipe": None, "labels": ("claim",), "seed": 0}
    with pytest.raises(SplitError, match="The family 'f' stands in test and in train"):
        certify(examples, families=[family], **fields)
    assert certify(examples, families=[], **fields).families_across == 0


def test_scores_are_made_unless_told_not_to(run, desk):
    found = json.loads(run("dataset", "-w", "desk", "--json").out)["certificate"]
    assert [one["split"] for one in found["scores"]] == ["sentence", "article", "family", "time"]
    assert all(0 < one["macro_f1"] < 1 for one in found["scores"])
    tasks = {task.id for task in jsonl.read(desk / "tasks.jsonl", Task)}
    assert found["scored"] == len(tasks)
    assert list(jsonl.read(desk / "annotations.jsonl", Annotation))
