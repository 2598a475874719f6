import json

import pytest
from fake_studio import FakeStudio

from annotate import jsonl
from annotate.errors import InputError
from annotate.gold.trail import Trail
from annotate.labelstudio.results import make_result
from annotate.records import Marked
from annotate.workflows.gold import decide_gold
from annotate.workflows.review import plan_review, pull_decisions, push_review
from annotate.workflows.trail import explain_gold, write_trails


def test_a_trail_names_votes_method_and_what_the_referee_was_shown_and_said(desk, ids):
    server = FakeStudio()
    done = push_review(desk, server, plan_review(desk, below=0.6))
    (row,) = server.rows(done.project)
    trail = explain_gold(desk, ids[0])
    assert list(trail.lines)[-2:] == [
        "a referee was asked (tie), with the votes shown", "  no answer yet",
    ]  # fmt: skip
    server.annotate(row.number, make_result("neither", Marked()), by=3)
    pull_decisions(desk, server)
    decide_gold(desk, method=None, seed=0)
    assert list(explain_gold(desk, ids[0]).lines) == [
        "  annotator-1: claim (2026-01-01)",
        "  annotator-2: denial (2026-01-01)",
        "by adjudicated: neither (neither 1.000)",
        "  neither by annotator-1; open tie: claim 1, denial 1",
        "a referee was asked (tie), with the votes shown",
        f"  annotator-1: neither ({server.clock:%Y-%m-%d})",
    ]


def test_the_log_has_a_line_for_every_gold_label_and_its_votes_are_those_counted(desk, tmp_path):
    path = tmp_path / "gold.log.jsonl"
    assert write_trails(desk, path) == 4
    for trail in jsonl.read(path, Trail):
        given = [vote.label for vote in trail.votes]
        # By majority, the score of a label is its share of the votes.
        assert trail.scores == {
            name: pytest.approx(given.count(name) / len(given)) for name in trail.scores
        }
    assert "asked" in json.loads(path.read_text("utf-8").splitlines()[0])


def test_a_task_without_a_label_is_refused_in_one_line(desk):
    with pytest.raises(InputError, match="task 'nothing' has no gold label"):
        explain_gold(desk, "nothing")
