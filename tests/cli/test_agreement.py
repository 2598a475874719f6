"""`annotate agreement` as a person sees it."""

import json

import pytest

LABELS = ("claim", "denial", "neither")
COUNT = 24


@pytest.fixture
def desk(run, tmp_path, monkeypatch):
    """A workspace with a sentence in each of 24 articles, every third of them held out."""
    assert run("init", "desk").code == 0
    folder = tmp_path / "desk"
    monkeypatch.chdir(folder)
    rows = [{"id": f"a{n}", "text": f"Town {n} denied it on {w}."} for n, w in enumerate(WORDS)]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert run("import", "in.jsonl").code == 0
    assert run("tasks").code == 0
    return folder


WORDS = (
    "amber birch cedar delta ember fjord grove heath inlet joist kiosk ledge mango nylon "
    "oasis plaza quilt ridge shawl tulip umber vigil wharf yacht"
).split()


def tasks(desk):
    lines = (desk / "tasks.jsonl").read_text("utf-8").splitlines()
    return sorted((json.loads(line)["id"], json.loads(line)) for line in lines)


def label(desk, answers, **fields):
    """Write annotations: (task number, annotator, label) each."""
    names = [name for name, _ in tasks(desk)]
    rows = [
        {"task_id": names[n], "annotator": who, "label": said, "created": "2026-01-05T10:00:00Z",
         "scheme_version": "1.0", **fields}
        for n, who, said in answers
    ]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows)
    with (desk / "annotations.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(text)


def agreeing(who, count=COUNT):
    return [(n, who, LABELS[n % 3]) for n in range(count)]


def clean(done):
    assert done.code == 0, done.err
    assert "nan" not in done.out.lower().split()
    return done.out


def test_the_page(run, desk):
    label(desk, agreeing("annotator-1"))
    label(desk, [(n, "annotator-2", LABELS[(n + (n < 2)) % 3]) for n in range(COUNT)])
    page = clean(run("agreement"))
    first = "2 annotators, 24 tasks with several labels (48 labels), 24 families of articles"
    assert page.splitlines()[0] == first
    assert "all annotators agree on 91.7% of the tasks" in page
    # Differences on task 0 (claim, denial) and 1 (denial, neither), each with its sentence.
    assert "claim / denial: 1 pair of labels on 1 task" in page
    assert "claim: annotator-1; denial: annotator-2" in page
    assert "To clarify in the guideline, claim or denial:" in page
    assert "denied it on" in page
    for by, head in (("pair", "Every two"), ("week", "Tasks by the ISO"), ("version", "Tasks by"),
                     ("annotator", "Each annotator"), ("label", "Each label")):  # fmt: skip
        table = clean(run("agreement", "--by", by))
        assert table.startswith(head)
        assert "Where they differ" not in table
    assert "2026-W02" in run("agreement", "--by", "week").out


def test_json_holds_everything(run, desk):
    label(desk, agreeing("annotator-1"))
    label(desk, [(n, "annotator-2", LABELS[(n + (n < 2)) % 3]) for n in range(COUNT)])
    found = json.loads(run("agreement", "--json").out)
    # 24 tasks of two: agreeing 44 of 48. Used: claim 8 + 7, denial 8 + 8, neither 8 + 9.
    # chance 15*14 + 16*15 + 17*16 = 722; (47 * 44 - 722) / (48 * 47 - 722) = 1346/1534.
    assert found["alpha"] == found["overall"]["alpha"]["value"] == pytest.approx(1346 / 1534)
    interval = found["overall"]["alpha"]["interval"]
    assert interval["low"] < found["alpha"] < interval["high"]
    assert (interval["clusters"], interval["resamples"], interval["level"]) == (24, 2000, 0.95)
    assert {"by_annotator", "by_pair", "by_week", "by_version", "anchoring", "spans"} <= set(found)
    assert json.loads(run("agreement", "--json").out) == found
    assert (desk / "annotations.jsonl.meta.json").exists() is False


def test_anchoring(run, desk):
    held_out = [n for n, (_, task) in enumerate(tasks(desk)) if task["prelabel_held_out"]]
    seen = [n for n in range(COUNT) if n not in held_out]
    assert held_out
    # The rules say "denial" of every sentence; where that was shown everybody agrees.
    label(desk, [(n, "annotator-1", "denial") for n in seen], prelabel_shown=True)
    label(desk, [(n, who, "claim") for n in held_out for who in ("annotator-1", "annotator-2")])
    label(desk, [(seen[0], "annotator-2", "claim"), (seen[0], "annotator-3", "denial")])
    page = clean(run("agreement"))
    assert "Labels that are what the pre-label says:" in page
    found = json.loads(run("agreement", "--json").out)["anchoring"]
    assert found["shown"]["agreement"]["value"] == 1
    assert found["held_out"]["agreement"]["value"] == 0
    assert (found["difference"]["value"], found["held_out"]["labels"]) == (1, 2 * len(held_out))


BAD = {
    "no overlap": (
        [(n, f"annotator-{n % 2}", "claim") for n in range(4)],
        "No task has labels from two annotators",
    ),
    "one annotator": (agreeing("annotator-1"), "Have a second person label some of the tasks"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_measured_is_refused_in_one_line(run, desk, case):
    answers, message = BAD[case]
    label(desk, answers)
    refused = run("agreement")
    assert (refused.code, refused.err.count("\n"), refused.out) == (1, 1, "")
    assert message in refused.err


def both(answers):
    return [(n, who, said) for n, said in answers for who in ("annotator-1", "annotator-2")]


SAID = {
    "unanimous": (
        both((n, "claim") for n in range(COUNT)),
        ["undefined (0/0): every label is 'claim'", "No disagreement was seen on 24 tasks."],
    ),
    "one task of one": (
        [*both((n, LABELS[n % 3]) for n in range(COUNT)), (0, "annotator-3", "denial")],
        ["annotator-3 shares 1 task with others, which says next to nothing."],
    ),
    "two of one": (
        [*both((n, LABELS[n % 3]) for n in range(COUNT)), (0, "annotator-1", "denial")],
        ["1 label is left out: the same annotator labelled the same task again"],
    ),
    "left the scheme": (
        [*both((n, LABELS[n % 3]) for n in range(COUNT)), (0, "annotator-3", "rumour")],
        ["1 label is left out: 'rumour' is not in the scheme."],
    ),
    "few families": (
        [*both((n, LABELS[n % 3]) for n in range(3)), (3, "annotator-1", "claim"),
         (3, "annotator-2", "denial")],
        ["from 4 families of articles: no interval below 5", "it rests on 4 families"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_a_reader_must_know_is_said_in_one_line_each(run, desk, case):
    answers, wanted = SAID[case]
    label(desk, answers)
    lines = clean(run("agreement")).splitlines()
    for text in wanted:
        assert any(text in line for line in lines), text
    json.loads(run("agreement", "--json").out, parse_constant=pytest.fail)


def test_a_crowd_does_not_fill_the_page(run, desk):
    crowd = [f"annotator-{n}" for n in range(22)]
    label(desk, [answer for n, who in enumerate(crowd) for answer in agreeing(who, 24 - n)])
    page = clean(run("agreement"))
    # Those with the fewest labels, 3 and 4 of them, are left to the table.
    assert ("annotator-19 " in page, "annotator-20 " in page, "annotator-21 " in page) == (1, 0, 0)
    assert page.endswith("More tables: --by annotator, --by pair\n")
    table = clean(run("agreement", "--by", "annotator"))
    assert all(f"{who} " in table for who in crowd)
    # All that share a task: 22 * 21 / 2 pairs, under two lines of heading.
    assert len(run("agreement", "--by", "pair").out.splitlines()) == 2 + 231
