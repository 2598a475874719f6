import pytest

from annotate.errors import GoldError
from annotate.records import Annotation, Document, GoldLabel, Task
from annotate.workflows.gold import decide_gold
from annotate.workflows.label_errors import find_label_errors
from annotate.workflows.prepare import make_workspace
from strategies import annotation, document, task

SAYING = "{} said that the {} would open on Monday."
DENYING = "{} denied that the {} would open on Monday."
NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hal")
PLACES = ("bridge", "school", "station", "museum", "harbour", "stadium", "hospital", "theatre")


def workspace_of(folder, *, streams=("none",), wrong=()):
    """One article a place with a claim and a denial; the tasks ``wrong`` have the other's label."""
    workspace = make_workspace(folder, scheme=None)
    documents, tasks, votes = [], [], []
    for n, (name, place) in enumerate(zip(NAMES, PLACES, strict=True)):
        claim, denial = SAYING.format(name, place), DENYING.format(name, place)
        article = document(f"{claim} {denial}", key=place)
        documents.append(article)
        stream = streams[n % len(streams)]
        for label, other, text in (("claim", "denial", claim), ("denial", "claim", denial)):
            made = task(text, article.id, article.text.index(text), stream=stream)
            tasks.append(made)
            given = other if (n, label) in wrong else label
            votes.append(annotation(made.id, "a", given))
    workspace.write(Document, documents, command="test")
    workspace.write(Task, tasks, command="test")
    workspace.write(Annotation, votes, command="test")
    decide_gold(workspace, method="majority", seed=0)
    return workspace


def separate(workspace):
    """Every article a story of its own: they are alike on purpose."""
    keys = [each.key for each in workspace.read(Document)]
    pairs = [f'["{one}", "{other}"]' for n, one in enumerate(keys) for other in keys[:n]]
    (workspace.root / "families.toml").write_text(f"part = [{', '.join(pairs)}]\n", "utf-8")
    return workspace


def test_a_wrong_label_is_doubted_first_and_stays_as_it_is(tmp_path):
    workspace = separate(workspace_of(tmp_path / "w", wrong={(2, "denial")}))
    before = workspace.path(GoldLabel).read_bytes()
    told = []
    found = find_label_errors(workspace, seed=0, on_fold=lambda done, of: told.append((done, of)))
    assert found.texts[found.suspects[0].task_id] == DENYING.format("Cleo", PLACES[2])
    assert (found.suspects[0].label, found.suspects[0].instead) == ("claim", "denial")
    assert (found.labels, found.folds, told[-1]) == (16, 5, (5, 5))
    assert workspace.path(GoldLabel).read_bytes() == before


def test_what_a_referee_decided_is_not_doubted_again(tmp_path):
    workspace = separate(workspace_of(tmp_path / "w", wrong={(2, "denial")}))
    first = find_label_errors(workspace, seed=0).suspects[0].task_id
    gold = [
        each.model_copy(update={"method": "adjudicated"}) if each.task_id == first else each
        for each in workspace.read(GoldLabel)
    ]
    workspace.write(GoldLabel, gold, command="test")
    assert first not in {each.task_id for each in find_label_errors(workspace, seed=0).suspects}


def test_the_test_half_of_the_audit_is_left_alone(tmp_path):
    workspace = separate(workspace_of(tmp_path / "w", streams=("audit-test", "none")))
    found = find_label_errors(workspace, seed=0)
    assert (found.labels, found.kept_out) == (8, 8)


def test_labels_of_one_family_are_refused_in_one_line(tmp_path):
    workspace = workspace_of(tmp_path / "w")
    gold = list(workspace.read(GoldLabel))[:1]
    workspace.write(GoldLabel, gold, command="test")
    with pytest.raises(GoldError, match="labels of one family"):
        find_label_errors(workspace, seed=0)
