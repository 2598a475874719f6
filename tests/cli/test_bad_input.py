"""Bad input gets one clear line and an exit code, and nothing is half-written."""

import json
import subprocess
import sys

import pytest

from annotate.labelstudio.results import make_result
from annotate.records import Marked
from annotate.resources import resource
from annotate.workspace import Workspace
from strategies import annotation, task


@pytest.fixture
def desk(run, tmp_path, monkeypatch):
    run("init", ".")
    return tmp_path


def one_line(done, code, *words):
    assert done.code == code, done
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1, done.err
    for word in words:
        assert word in done.err


def test_an_empty_folder(run, desk):
    (desk / "in").mkdir()
    one_line(run("import", "in"), 1, "holds no files")
    assert not (desk / "documents.jsonl").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "holds no text"),
        ("picture.txt", b"\x89PNG\x00\x00", "binary file"),
        ("book.pdf", b"%PDF", "of a kind that is not read"),
        ("broken.jsonl", b'{"text": "Fine.', "broken.jsonl:1: is not JSON"),
        ("empty.jsonl", b"", "holds no lines"),
    ],
)
def test_a_file_that_gives_nothing(run, desk, name, content, words):
    (desk / name).write_bytes(content)
    one_line(run("import", name), 1, "Nothing could be imported", words)
    assert not (desk / "documents.jsonl").exists()


def test_an_address_is_no_file(run, desk):
    one_line(run("import", "https://a.example/x"), 1, "https://a.example/x: is an address")


def test_retries_of_the_hub_are_not_told_line_by_line():
    code = (
        "import annotate.cli.app, logging; from huggingface_hub.utils import logging as of_hub\n"
        "print(of_hub.get_verbosity() == logging.ERROR)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_line_of_50_mb_is_named_and_the_rest_is_imported(run, desk):
    long = json.dumps({"text": "x" * (50 * 2**20)})
    (desk / "a.jsonl").write_text(long + "\n" + json.dumps({"text": "Short."}) + "\n")
    done = run("import", "a.jsonl")
    assert done.code == 0
    assert "skipped a.jsonl:1: longer than 32 MB" in done.err
    assert "1 new article" in done.out


def test_what_is_skipped_is_listed_and_strict_refuses_it(run, desk):
    (desk / "in").mkdir()
    (desk / "in" / "good.txt").write_text("Good.")
    (desk / "in" / "bad.txt").write_bytes(b"\x00")
    one_line(run("import", "in", "--strict"), 1, "in/bad.txt: is a binary file")
    assert not (desk / "documents.jsonl").exists()
    done = run("import", "in")
    assert (done.code, done.err) == (
        0,
        "skipped in/bad.txt: is a binary file, not text (it holds NUL bytes)\n",
    )


def test_latin_1_bytes_are_read(run, desk):
    (desk / "a.txt").write_bytes("Élysée: le président a démenti l'appel.".encode("latin-1"))
    assert run("import", "a.txt").code == 0
    assert "Élysée" in (desk / "documents.jsonl").read_text(encoding="utf-8")


def test_no_workspace(run, tmp_path):
    one_line(run("tasks"), 1, "annotate init")


def test_stages_out_of_order(run, desk):
    for command in ("tasks", "agreement", "gold", "dataset", "train"):
        one_line(run(command), 1, "does not exist yet. Run `annotate ")


def test_a_workspace_that_is_named_must_be_one(run, desk):
    (desk / "a.txt").write_text("x")
    one_line(run("import", "a.txt", "--workspace", "typo"), 1, "is no workspace")
    one_line(run("import", "a.txt", "--workspace", "a.txt"), 1, "is no workspace")
    assert not (desk / "documents.jsonl").exists()


def test_two_commands_at_once_in_one_workspace(run, desk):
    (desk / "a.txt").write_text("x")
    with Workspace(desk).locked():
        one_line(run("import", "a.txt"), 1, "Another command is writing")
    assert run("import", "a.txt").code == 0


def test_init_leaves_an_edited_scheme_and_guideline_alone(run, tmp_path):
    (tmp_path / "labels.yaml").write_text(
        "{name: mine, version: 1, title: T, labels: [{name: a}, {name: b}]}"
    )
    (tmp_path / "guideline.md").write_text("Our own page.")
    (tmp_path / "other.yaml").write_text("{name: o, version: 1, title: T, labels: [{name: c}]}")
    one_line(run("init", ".", "--scheme", "other.yaml"), 1, "labels.yaml is there already")
    assert "a, b" in run("init", ".").out
    assert (tmp_path / "guideline.md").read_text() == "Our own page."


def test_the_guideline_follows_the_scheme(run, desk):
    labels = (desk / "labels.yaml").read_text()
    (desk / "labels.yaml").write_text(labels.replace("Declined, refused", "Refused, declined"))
    (desk / "a.txt").write_text("x")
    run("import", "a.txt")
    run("tasks")
    assert "Refused, declined" in (desk / "guideline.md").read_text()


def test_a_model_never_replaces_a_folder_with_other_files(run, desk):
    (desk / "mine").mkdir()
    (desk / "mine" / "thesis.txt").touch()
    (desk / "e.jsonl").write_text(
        "\n".join(
            json.dumps({"id": f"{n}", "text": f"word {n % 2} x", "label": "claim" if n % 2 else
                        "denial", "group": f"g{n}"}) for n in range(20)
        )
    )  # fmt: skip
    one_line(run("train", "--examples", "e.jsonl", "-o", "mine"), 1, "holds thesis.txt")
    assert (desk / "mine" / "thesis.txt").exists()
    assert run("train", "--examples", "e.jsonl", "-o", "m").code == 0
    assert run("train", "--examples", "e.jsonl", "-o", "m").code == 0


def test_check_compares_tasks_with_their_documents(run, desk):
    (desk / "a.txt").write_text("One sentence.")
    run("import", "a.txt")
    run("tasks")
    stray = task("Of no document.")
    text = (desk / "tasks.jsonl").read_text()
    (desk / "tasks.jsonl").write_text(text + stray.model_dump_json() + "\n")
    done = run("check")
    assert (done.code, f"{stray.id}: its document is not" in done.out) == (1, True)


def test_a_broken_sidecar_does_not_stop_status(run, desk):
    (desk / "a.txt").write_text("One sentence.")
    run("import", "a.txt")
    for content in ("{", "[]", "\x00"):
        (desk / "documents.jsonl.meta.json").write_text(content)
        assert run("status").code == 0


def test_what_is_out_of_date_comes_next(run, desk):
    (desk / "a.txt").write_text("One sentence.")
    run("import", "a.txt")
    run("tasks")
    (desk / "b.txt").write_text("Another one.")
    run("import", "b.txt")
    assert "Next: annotate tasks (tasks.jsonl is older" in run("status").out


def test_a_broken_record_is_named(run, desk):
    (desk / "documents.jsonl").write_text('{"id": 1}\n')
    one_line(run("tasks"), 1, "documents.jsonl:1: ")
    checked = run("check")
    assert (checked.code, "documents.jsonl:1: " in checked.out) == (1, True)


def test_check_lists_every_problem(run, desk):
    good, other = task("One."), task("Other.")
    lines = [good, other, good]
    (desk / "tasks.jsonl").write_text("\n".join(t.model_dump_json() for t in lines) + "\n{}\n")
    votes = [annotation(good.id, "a", "maybe"), annotation(good.id, "b", "claim")]
    (desk / "annotations.jsonl").write_text("\n".join(v.model_dump_json() for v in votes))
    done = run("check")
    assert done.code == 1
    assert "tasks.jsonl:3: stands in line 1 already" in done.out
    assert "tasks.jsonl:4: id: is missing" in done.out
    assert "annotations.jsonl:1: 'maybe' is not in the scheme" in done.out
    assert "annotations.jsonl: 2 lines, 1 problem" in done.out


def test_check_wants_to_know_what_a_file_holds(run, desk):
    (desk / "mine.jsonl").write_text(task().model_dump_json())
    one_line(run("check", "mine.jsonl"), 1, "--kind")
    assert run("check", "mine.jsonl", "--kind", "task").code == 0
    one_line(run("check", "none.jsonl"), 1, "no such file")


def test_a_scheme_with_two_labels_of_one_name(run, tmp_path):
    (tmp_path / "s.yaml").write_text(
        "{name: s, version: 1, title: T, labels: [{name: a}, {name: A}]}"
    )
    one_line(run("init", "new", "--scheme", "s.yaml"), 1, "two labels are called 'A'")
    assert not (tmp_path / "new").exists()


def test_an_export_of_another_project(run, desk):
    (desk / "a.txt").write_text("Nothing of that.")
    run("import", "a.txt")
    run("tasks")
    one_line(run("pull", "--from", resource("seeds/annotations.json")), 1, "another workspace")
    assert not (desk / "annotations.jsonl").exists()


@pytest.mark.parametrize(
    "content", ["[]", "{", '{"a": 1}', '[{"data": {"text": "x"}}]', "a,b\n1,2"]
)
def test_a_file_that_is_no_export(run, desk, content):
    (desk / "a.txt").write_text("Nothing of that.")
    run("import", "a.txt")
    run("tasks")
    (desk / "e.json").write_text(content)
    one_line(run("pull", "--from", "e.json"), 1, "e.json: ")


def test_unknown_labels_in_an_export_are_set_aside(run, desk):
    run("import", resource("seeds/articles"))
    run("tasks")
    export = json.loads(resource("seeds/annotations.json").read_text())
    export[0]["annotations"][0]["result"][0]["value"]["choices"] = ["maybe"]
    (desk / "e.json").write_text(json.dumps(export))
    done = run("pull", "--from", "e.json")
    assert (done.code, "1 set aside" in done.out) == (0, True)
    (rejected,) = (desk / "annotations.rejected.jsonl").read_text().splitlines()
    assert "'maybe'" in json.loads(rejected)["reason"]


@pytest.fixture
def pulled(make):
    return make(
        ("init", "."), ("import", resource("seeds/articles")), ("tasks",),
        ("pull", "--from", resource("seeds/annotations.json")),
    )  # fmt: skip


def test_a_pull_that_would_take_every_label_away_is_refused(run, pulled):
    before = (pulled / "annotations.jsonl").read_text()
    export = json.loads(resource("seeds/annotations.json").read_text())
    for one in export:
        one["annotations"] = []
    (pulled / "empty.json").write_text(json.dumps(export))
    one_line(run("pull", "--from", "empty.json"), 1, "Nothing was changed", "3342")
    assert (pulled / "annotations.jsonl").read_text() == before


def test_what_a_pull_changes_or_takes_away_is_remembered(run, pulled):
    export = json.loads(resource("seeds/annotations.json").read_text())
    gone = export[0]["annotations"].pop()
    export[1]["annotations"][0]["result"] = make_result("denial", Marked())
    (pulled / "later.json").write_text(json.dumps(export))
    assert run("pull", "--from", "later.json").code == 0
    history = (pulled / ".annotate" / "history.jsonl").read_text().splitlines()
    assert len(history) == 2
    assert export[0]["data"]["annotate_id"] in {json.loads(line)["task_id"] for line in history}
    assert gone
    run("pull", "--from", "later.json")
    assert (pulled / ".annotate" / "history.jsonl").read_text().splitlines() == history


def test_no_server(run, desk, monkeypatch):
    (desk / "a.txt").write_text("Nothing of that.")
    run("import", "a.txt")
    run("tasks")
    one_line(run("push"), 3, "annotate studio start")
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
    one_line(run("push"), 3, "127.0.0.1:9")
    one_line(run("pull"), 3, "127.0.0.1:9")


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["evaluate"], ["evaluate", "m", "--folds", "3"], ["evaluate", "--folds", "1"],
     ["pull", "--adopt"], ["pull", "--from", "e.json", "--adopt", "--map", "text"],
     ["pull", "--from", "e.json", "--full"],
     ["pull", "--from", "e.json", "--adopt", "--map", "text=a", "--names"],
     ["predict"], ["train", "--seed", "-1"]],
)  # fmt: skip
def test_usage_errors(run, desk, arguments):
    assert run(*arguments).code == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('{"id": "1", "text": "a", "label": "x"}', "e.jsonl:1: group"),
        ('{"id": "1", "text": "a", "label": "x", "group": "g", "colour": 1}', "colour"),
        ('{"id": "1", "text": "a", "label": "x", "group": "g"}', "group"),
        ("", "e.jsonl"),
    ],
)
def test_examples_that_cannot_be_used(run, tmp_path, rows, words):
    (tmp_path / "e.jsonl").write_text(rows)
    one_line(run("evaluate", "--folds", "2", "--examples", "e.jsonl"), 1, words)


def test_predicting_without_a_model_or_articles(run, desk):
    one_line(run("predict", "none"), 1, "no model 'none'")


def test_ctrl_c_is_one_line_and_130(run, desk, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("annotate.workflows.importing.import_documents", interrupted)
    (desk / "a.txt").write_text("x")
    done = run("import", "a.txt")
    assert (done.code, done.err) == (
        130,
        "Stopped. No file is half-written; run the command again.\n",
    )


def test_nothing_is_imported_before_ctrl_c_is_looked_after():
    code = (
        "import sys; before = set(sys.modules); import annotate.cli\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['annotate', 'annotate.cli']"


def test_ctrl_c_while_the_program_is_being_loaded_is_one_line(run, monkeypatch):
    monkeypatch.delitem(sys.modules, "annotate.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    done = run("--help")
    assert (done.code, done.err) == (
        130,
        "Stopped. No file is half-written; run the command again.\n",
    )


class Interrupted:
    """Ctrl-C while the command table is looked for."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        if name == "annotate.cli.app":
            raise KeyboardInterrupt


def test_a_full_or_read_only_place_is_one_line(run, desk):
    (desk / "a.txt").write_text("Nothing of that.")
    run("import", "a.txt")
    one_line(run("tasks", "--export", "/proc/none/t.json"), 1, "/proc/none")
