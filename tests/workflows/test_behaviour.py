"""The behavioural tests with each pattern kept from the training."""

from stand_ins import LABELS, Spy, example

from annotate.rules import Rules
from annotate.workflows.behaviour import behaviour_of_patterns_left_out, fits, is_ours
from annotate.workspace import Workspace

TEXTS = ("The minister declined to comment.", "She denied it.", "The road was shut on Monday.")


def test_a_pattern_left_out_loses_its_rules_and_the_sentences_that_they_decide():
    examples = [example(n, LABELS[n % 3], text=text) for n, text in enumerate(TEXTS)]
    told, spy = [], Spy()

    def recipe_without(rules):
        told.append(rules)
        return spy

    found = behaviour_of_patterns_left_out(recipe_without, examples, labels=LABELS, seed=0)
    assert found.left_out
    asked = [each.pattern for each in found.patterns]
    assert "1" in asked
    assert "near-miss" not in asked  # no rule is about it
    rules = Rules.load()
    decided = {v.rule for v in rules.label([examples[0].input])}
    place = asked.index("1")
    assert decided <= told[place]
    assert spy.runs[place].trained == list(TEXTS[1:])
    for names, run in zip(told, spy.runs, strict=True):
        assert names
        assert TEXTS[2] in run.trained  # no rule but the one for all the rest decides it


def test_the_tests_are_of_the_default_scheme(tmp_path):
    assert is_ours(Workspace.create(tmp_path / "desk").scheme)
    assert not is_ours(None)
    assert fits(LABELS)
    assert not fits(LABELS[:2])
