"""`annotate tasks --audit`: drawn once, kept, and never shown with pre-labels."""

import json
from collections import Counter

import pytest

from annotate import jsonl
from annotate.records import Task
from annotate.tasks.auditing import Drawn


def article(n):
    return {
        "id": f"a{n}", "title": f"Bridge {n} shut", "outlet": ("Post", "Echo")[n % 2],
        "text": " ".join(
            f"The mayor denied that the bridge number {n} would open on day {place}."
            for place in range(3)
        ),
    }  # fmt: skip


def add(run, folder, *numbers, name="a"):
    rows = "\n".join(json.dumps(article(n)) for n in numbers)
    (folder / f"{name}.jsonl").write_text(rows, "utf-8")
    assert run("import", f"{name}.jsonl").code == 0


@pytest.fixture
def desk(run, tmp_path, monkeypatch):
    monkeypatch.setattr("annotate.workflows.families.find_families", alone)
    run("init", ".")
    add(run, tmp_path, *range(20))
    return tmp_path


def alone(documents, override, *, advance):
    """No two articles are one story, though these are much alike."""
    from annotate.families import Families

    return Families((), len(list(documents)))


def tasks(folder):
    return list(jsonl.read(folder / "tasks.jsonl", Task))


def streams(folder):
    return {each.id: each.stream for each in tasks(folder)}


def test_an_audit_is_drawn_once_and_kept(run, desk):
    told = run("tasks", "--audit", "20%")
    assert (
        "Set aside to measure with: 8 tasks of 2 families (audit-test) and 8 tasks of 2 families "
        "(audit-dev); shown without pre-labels" in told.out
    )
    first = streams(desk)
    assert Counter(first.values()) == {"none": 64, "audit-test": 8, "audit-dev": 8}
    for options in ([], ["--sample", "40"], ["--sample", "all"], ["--seed", "5"]):
        assert run("tasks", *options).code == 0
        assert streams(desk).items() <= first.items()
    assert run("tasks", "--audit", "0.2").code == 0
    refused = run("tasks", "--audit", "30%")
    assert refused.code == 1
    assert "drawn with 0.2 of the families and is never drawn again" in refused.err


def test_new_articles_are_drawn_with_the_same_share_and_old_ones_stay(run, desk):
    run("tasks", "--audit", "50%")
    first = streams(desk)
    add(run, desk, *range(20, 40), name="b")
    run("tasks")
    later = streams(desk)
    assert first.items() <= later.items()
    new = [stream for name, stream in later.items() if name not in first]
    assert new.count("none") == 40, "half of twenty articles of four tasks"


def test_tasks_of_the_audit_are_sent_without_pre_labels(run, desk):
    run("tasks", "--audit", "30%", "--prelabel", "rules", "--export", "t.json")
    sent = {
        task["data"]["annotate_id"]: "predictions" in task
        for task in json.loads((desk / "t.json").read_text("utf-8"))
    }
    audited = [sent[name] for name, stream in streams(desk).items() if stream != "none"]
    others = [sent[name] for name, stream in streams(desk).items() if stream == "none"]
    assert len(audited) == 24
    assert not any(audited)
    assert any(others)


def test_a_late_audit_is_refused(run, desk):
    run("tasks")
    found = tasks(desk)
    found[0] = found[0].model_copy(update={"stream": "chosen"})
    jsonl.write(desk / "tasks.jsonl", found)
    (desk / ".annotate" / "label_studio.json").write_text("{}", "utf-8")
    refused = run("tasks", "--audit", "20%")
    assert refused.code == 1
    assert "Tasks that `annotate suggest` chose are labelled, or may be (1 of them)" in refused.err
    assert not (desk / "audit.jsonl").exists()


def test_a_forgotten_document_is_not_in_the_record_of_the_draw(run, desk):
    run("tasks", "--audit", "20%")
    drawn = list(jsonl.read(desk / "audit.jsonl", Drawn))
    assert run("forget", drawn[0].key, "--yes").code == 0
    left = list(jsonl.read(desk / "audit.jsonl", Drawn))
    assert left == drawn[1:]
    assert run("tasks").code == 0


def test_a_lost_share_is_asked_for_and_odd_shares_are_refused(run, desk):
    assert run("tasks", "--audit", "100%").code == 2
    assert run("tasks", "--audit", "0").code == 2
    assert run("tasks", "--audit", "1%").code == 1
    run("tasks", "--audit", "20%")
    (desk / "audit.jsonl.meta.json").unlink()
    lost = run("tasks")
    assert lost.code == 1
    assert "does not say with which share the audit was drawn" in lost.err
