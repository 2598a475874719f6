import json

import numpy as np
import pytest

from annotate.errors import ModelError
from annotate.models import recipe
from annotate.records import Example, Input
from annotate.rules import Rules

LABELS = ("claim", "denial", "neither")
SAID = "The minister said that the bridge would open."
DENIED = "The minister denied that the bridge was shut."
RAIN = "It rained for three days."


def examples(*pairs):
    return [
        Example(id=str(n), text=text, label=label, group="g")
        for n, (text, label) in enumerate(pairs)
    ]


@pytest.fixture
def model():
    given = examples((SAID, "claim"), (SAID, "claim"), (SAID, "neither"), (DENIED, "denial"))
    return recipe("rules").fit(given, labels=LABELS, seed=0)


def test_scores_are_the_smoothed_precision_of_the_rule_that_decides(model):
    # SAID's rule decided 3 and was right in 2: (2 + 1) / (3 + 3) = 1/2, the rest in two halves.
    # DENIED's: (1 + 1) / (1 + 3) = 1/2. RAIN's never decided: (0 + 1) / (0 + 3) = 1/3, which is
    # lifted to 1/3 + .001 so that it stays above the other two.
    found = model.scores([Input(SAID), Input(DENIED), Input(RAIN)])
    np.testing.assert_allclose(found[:2], [[1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 2, 1 / 4]])
    np.testing.assert_allclose(found[2], [0.333 - 1 / 6000, 0.333 - 1 / 6000, 1 / 3 + 0.001], 1e-3)


def test_the_rules_label_is_given_even_where_it_is_mostly_wrong():
    model = recipe("rules").fit(examples(*[(DENIED, "claim")] * 20), labels=LABELS, seed=0)
    scores = model.scores([Input(DENIED)])
    assert [LABELS[place] for place in model.decision.places(scores)] == ["denial"]


def test_labels_are_those_of_the_rules(model):
    inputs = [Input(text) for text in (SAID, DENIED, RAIN, "She refused to comment.", "")]
    found = model.decision.places(model.scores(inputs))
    assert [LABELS[n] for n in found] == [verdict.label for verdict in Rules.load().label(inputs)]


def test_a_label_that_the_examples_lack_becomes_what_its_sentences_mostly_are():
    given = examples((DENIED, "claim"), (DENIED, "claim"), (DENIED, "neither"))
    model = recipe("rules").fit(given, labels=("claim", "neither"), seed=0)
    # 2 of 3 are claims: (2 + 1) / (3 + 2) = .6
    np.testing.assert_allclose(model.scores([Input(DENIED)]), [[0.6, 0.4]])


def test_what_is_saved_scores_the_same(model, tmp_path):
    model.save(tmp_path)
    assert recipe("rules").load(tmp_path) == model


def _other_rules(folder):
    content = json.loads((folder / "rules.json").read_text())
    (folder / "rules.json").write_text(json.dumps(content | {"rules": "rules-0-older"}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_other_rules, "it counts rules-0-older"),
        (lambda folder: (folder / "rules.json").unlink(), "rules.json is missing"),
        (lambda folder: (folder / "rules.json").write_text("{}"), "rules.json: "),
    ],
)
def test_other_rules_or_a_damaged_file_are_refused(model, tmp_path, damage, message):
    model.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match=message):
        recipe("rules").load(tmp_path)


def test_nothing_to_count_is_refused():
    with pytest.raises(ModelError, match="no example"):
        recipe("rules").fit([], labels=LABELS, seed=0)
