import hashlib
import json

import pytest

from annotate.errors import MissingFileError, NoWorkspaceError, SchemeError, WorkspaceError
from annotate.records import Document, Task
from annotate.workspace import SETTINGS, Workspace
from strategies import document


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "desk")


def test_a_new_workspace_has_settings_that_read_back_as_the_defaults(workspace):
    settings = workspace.settings
    assert (settings.scheme, settings.segmenter, settings.seed) == ("labels.yaml", "news", 0)
    assert settings.split.model_dump() == {
        "train": 0.7, "validation": 0.1, "test": 0.2,
        "by": "family", "before": None, "outlets": (), "allow_single": False,
    }  # fmt: skip
    assert settings.units.model_dump() == {
        "of": "sentence", "spans": False, "titles": True, "before": 2, "after": 1,
    }  # fmt: skip
    assert workspace.scheme.label_names == ("claim", "denial", "neither")
    assert workspace.project_title == "annotate: desk"


def test_it_is_found_from_a_folder_below(workspace):
    below = workspace.root / "reports" / "deep"
    below.mkdir(parents=True)
    assert Workspace.find(below).root == workspace.root


def test_no_workspace_is_said(tmp_path):
    with pytest.raises(NoWorkspaceError, match="annotate init"):
        Workspace.find(tmp_path)


def test_a_second_one_in_one_place_is_refused(workspace):
    with pytest.raises(WorkspaceError, match="workspace already"):
        Workspace.create(workspace.root)


def test_a_bad_scheme_leaves_no_workspace(tmp_path):
    (tmp_path / "bad.yaml").write_text("labels: [{name: only}]")
    with pytest.raises(SchemeError):
        Workspace.create(tmp_path / "desk", scheme=tmp_path / "bad.yaml")
    assert not (tmp_path / "desk").exists()


def test_a_long_or_odd_folder_name_still_gives_a_title(tmp_path):
    found = Workspace.create(tmp_path / ('x"é\\' * 30))
    assert 3 <= len(found.project_title) <= 50


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("seed = ", "not readable as TOML"),
        ("sead = 1", "sead: there is no such field"),
        ("seed = -1", "seed: "),
        ("[split]\ntrain = 0.9", "the shares sum to 1.2, not 1"),
        ("[units]\nof = 'word'", "units.of: "),
        ("[label_studio]\nproject = 'x'", "label_studio.project: "),
    ],
)
def test_bad_settings_are_one_line(workspace, content, problem):
    (workspace.root / SETTINGS).write_text(content)
    with pytest.raises(WorkspaceError, match=r"annotate\.toml: ") as refused:
        Workspace(workspace.root)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_stage_is_named(workspace):
    with pytest.raises(MissingFileError, match="Run `annotate import FOLDER` first"):
        workspace.read(Document)
    with pytest.raises(MissingFileError, match="Run `annotate tasks` first"):
        workspace.read(Task)


def test_each_file_says_what_it_was_made_from(workspace, tmp_path):
    source = tmp_path / "in.txt"
    source.write_bytes(b"abc")
    assert workspace.write(Document, [document("One.")], command="import", inputs=[source]) == 1
    sidecar = json.loads((workspace.root / "documents.jsonl.meta.json").read_text())
    assert sidecar["command"] == "import"
    assert sidecar["inputs"] == {"elsewhere/in.txt": hashlib.sha256(b"abc").hexdigest()}
    assert [d.text for d in workspace.read(Document)] == ["One."]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b"])
def test_names_of_models_and_reports_stay_inside(workspace, name):
    with pytest.raises(WorkspaceError, match="cannot be the name of a folder"):
        workspace.model(name)
