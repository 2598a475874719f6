"""What is scored, on what, and with which numbers."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import LABELS, Drawn, Fixed, Shares, Spy, example, told

from annotate.decisions import Decision
from annotate.errors import EvaluationError, ModelError, SplitError, UnknownLabelError
from annotate.evaluation import cross_validate, evaluate_model
from annotate.splits import group_folds


@dataclass(frozen=True)
class Seen:
    groups: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def test_figures_of_a_table_worked_out_by_hand():
    found = told()
    # F1 = 2 x right / (labelled + called): claim 6/(4+5), denial 2/(2+1), neither 6/(4+4).
    assert [entry.f1 for entry in found.scores.per_label] == [6 / 9, 2 / 3, 6 / 8]
    assert found.scores.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 3 / 4) / 3)
    assert found.scores.accuracy == 7 / 10
    assert (found.n, found.groups, len(found.errors)) == (10, 10, 3)


def test_notebooks_show_the_figures():
    shown = told()._repr_html_()
    assert ">claim</td>" in shown
    assert shown.count("<td>0.67</td>") >= 2  # the F1 of claim and denial above
    assert "10 sentences, 10" in shown


def test_floor_is_the_most_frequent_gold_label_and_of_equals_the_first():
    floor = told().floor
    # claim and neither occur 4 times each. Always claim: F1 = 2 x 4 / (4 + 10), the others 0.
    assert floor.label == "claim"
    assert floor.scores.macro_f1 == pytest.approx(8 / 14 / 3)


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_no_constant_beats_the_floor(pairs):
    found = told(pairs)
    constants = [told([(gold, label) for gold, _ in pairs]) for label in LABELS]
    assert found.floor.scores.macro_f1 == max(c.scores.macro_f1 for c in constants)


def test_an_item_keeps_what_is_known_of_its_example():
    shown = example(
        1, "claim", before="Before.", after="After.", title="T", outlet="O", kind="headline"
    )
    (item,) = evaluate_model(
        Fixed(("neither", "claim"), (0.3, 0.7)), [shown], labels=LABELS, name="m", trained_on=None
    ).items
    assert (item.id, item.text, item.before, item.after) == (
        "e001",
        "Sentence 1.",
        "Before.",
        "After.",
    )
    assert (item.title, item.outlet, item.kind, item.group) == ("T", "O", "headline", "g1")
    assert item.scores == {"claim": 0.7, "denial": 0.0, "neither": 0.3}
    assert (item.gold, item.predicted, item.score, item.right) == ("claim", "claim", 0.7, True)


def test_a_label_that_the_model_never_saw_is_never_predicted():
    zeros = Fixed(("neither",), (0.0,))
    (item,) = evaluate_model(
        zeros, [example(1, "claim")], labels=LABELS, name="m", trained_on=None
    ).items
    assert item.predicted == "neither"


def test_of_equal_scores_the_first_label_of_the_model_wins():
    even = Fixed(("neither", "denial"), (0.5, 0.5))
    (item,) = evaluate_model(
        even, [example(1, "claim")], labels=LABELS, name="m", trained_on=None
    ).items
    assert item.predicted == "neither"


@pytest.mark.parametrize("seen", [Seen(groups=("g2",)), Seen(documents=("d2",))])
def test_examples_that_the_model_was_trained_on_are_refused(seen):
    examples = [example(n, "claim", document_id=f"d{n}") for n in range(4)]
    with pytest.raises(EvaluationError, match=r"trained on 1 of these 4 examples .*e002"):
        evaluate_model(Fixed(LABELS, (1, 0, 0)), examples, labels=LABELS, name="m", trained_on=seen)


def test_other_examples_are_not_refused():
    seen = Seen(groups=("g9",), documents=("d9",))
    found = evaluate_model(
        Fixed(LABELS, (1, 0, 0)), [example(1, "claim")], labels=LABELS, name="m", trained_on=seen
    )
    assert found.scores.accuracy == 1


def test_nothing_to_score_is_refused():
    with pytest.raises(EvaluationError, match="no example"):
        evaluate_model(Fixed(LABELS, (1, 0, 0)), [], labels=LABELS, name="m", trained_on=None)
    with pytest.raises(EvaluationError, match="no example"):
        cross_validate(Spy(), [], labels=LABELS, folds=2, seed=0)


def test_unknown_labels_are_refused():
    with pytest.raises(UnknownLabelError, match=r"e001.*'stance'"):
        evaluate_model(
            Fixed(LABELS, (1, 0, 0)),
            [example(1, "stance")],
            labels=LABELS,
            name="m",
            trained_on=None,
        )
    with pytest.raises(UnknownLabelError, match=r"model.*'stance'"):
        evaluate_model(
            Fixed(("stance",), (1,)),
            [example(1, "claim")],
            labels=LABELS,
            name="m",
            trained_on=None,
        )


@pytest.mark.parametrize("row", [(np.nan, 0, 0), (2.5, -1, -0.5), (np.inf, 0, 0), (1, 0)])
def test_scores_that_are_none_are_refused(row):
    with pytest.raises(ModelError, match="scores"):
        evaluate_model(
            Fixed(LABELS, row), [example(1, "claim")], labels=LABELS, name="m", trained_on=None
        )


def labelled(least):
    """Examples with labels and groups drawn at random, of at least ``least`` groups."""
    pairs = st.tuples(st.sampled_from(LABELS), st.sampled_from("abcdefgh"))
    return (
        st.lists(pairs, min_size=least, max_size=40)
        .filter(lambda drawn: len({group for _, group in drawn}) >= least)
        .map(lambda drawn: [example(n, *pair) for n, pair in enumerate(drawn)])
    )


@given(labelled(4), st.integers(2, 4), st.integers(0, 99))
def test_no_group_is_scored_by_a_model_that_was_trained_on_it(examples, folds, seed):
    spy = Spy()
    found = cross_validate(spy, examples, labels=LABELS, folds=folds, seed=seed)
    group_of = {e.text: e.group for e in examples}
    for run in spy.runs:
        assert not {group_of[t] for t in run.trained} & {group_of[t] for t in run.asked}
        assert sorted(run.trained + run.asked) == sorted(group_of)
    assert sorted(text for run in spy.runs for text in run.asked) == sorted(group_of)
    assert [item.id for item in found.items] == [e.id for e in examples]
    assert (found.folds, found.seed, {run.seed for run in spy.runs}) == (folds, seed, {seed})


@settings(deadline=None)
@given(labelled(3))
def test_figures_agree_with_scikit_learn(examples):
    from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

    scores = cross_validate(Spy(), examples, labels=LABELS, folds=3, seed=0).scores
    gold = [e.label for e in examples]
    rows = Drawn(LABELS).scores([e.input for e in examples])
    predicted = [LABELS[place] for place in rows.argmax(axis=1)]
    assert scores.confusion.tolist() == confusion_matrix(gold, predicted, labels=LABELS).tolist()
    theirs = precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=0)
    for entry, precision, recall, f1, support in zip(scores.per_label, *theirs, strict=True):
        assert (entry.precision or 0) == pytest.approx(precision)
        assert (entry.recall or 0) == pytest.approx(recall)
        assert (entry.f1 or 0) == pytest.approx(f1)
        assert entry.support == support
    occurring = sorted(set(gold))
    macro = f1_score(gold, predicted, labels=occurring, average="macro", zero_division=0)
    assert scores.macro_f1 == pytest.approx(macro)


class Bayes:
    """Naive Bayes over words, as scikit-learn has it."""

    name = "bayes"

    def fit(self, examples, *, labels, seed):
        fitted = self.pipeline().fit([e.text for e in examples], [e.label for e in examples])
        return Fitted(fitted)

    @staticmethod
    def pipeline():
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB
        from sklearn.pipeline import make_pipeline

        return make_pipeline(CountVectorizer(), MultinomialNB())


class Fitted:
    def __init__(self, pipeline):
        self.pipeline = pipeline
        self.labels = tuple(pipeline.classes_)
        self.decision = Decision.highest(self.labels)

    def scores(self, inputs):
        return self.pipeline.predict_proba([shown.text for shown in inputs])


def test_cross_validation_agrees_with_the_one_of_scikit_learn():
    from sklearn.metrics import f1_score
    from sklearn.model_selection import PredefinedSplit, cross_val_predict

    random = np.random.default_rng(7)
    words = {"claim": "said told expects", "denial": "denied rejects false", "neither": "shut rain"}
    common = "the bridge mayor road vote".split()
    examples = [
        example(
            n,
            label,
            f"g{n % 23}",
            text=" ".join(random.choice([*common, *words[label].split()], 6)),
        )
        for n, label in enumerate(random.choice(LABELS, 300, p=[0.5, 0.1, 0.4]).tolist())
    ]
    found = cross_validate(Bayes(), examples, labels=LABELS, folds=5, seed=3)
    gold = [e.label for e in examples]
    folds = PredefinedSplit(group_folds([e.group for e in examples], k=5, seed=3))
    theirs = cross_val_predict(Bayes.pipeline(), [e.text for e in examples], gold, cv=folds)
    assert [item.predicted for item in found.items] == theirs.tolist()
    assert found.scores.macro_f1 == pytest.approx(f1_score(gold, theirs, average="macro"))
    assert 0.5 < found.scores.macro_f1 < 1


def test_a_fold_that_cannot_learn_a_label_scores_it_0_and_says_so():
    # "denial" stands in g0 alone, so the fold that scores g0 has never seen one.
    examples = [
        example(0, "denial", "g0"),
        *(example(n, "claim", f"g{n % 4}") for n in range(1, 9)),
    ]
    examples += [example(n, "neither", f"g{n % 4}") for n in range(9, 17)]
    found = cross_validate(Shares(), examples, labels=LABELS, folds=4, seed=0)
    assert found.items[0].scores["denial"] == 0
    assert sum(item.scores["denial"] > 0 for item in found.items) == len(
        [e for e in examples if e.group != "g0"]
    )
    assert any(w.startswith("In 1 of 4 folds") and "“denial”" in w for w in found.warnings)


def test_a_fold_with_one_label_to_learn_from_predicts_that_label():
    # Two groups of one label each: either model sees the other label alone.
    examples = [*(example(n, "claim", "g0") for n in range(3)), example(3, "denial", "g1")]
    found = cross_validate(Shares(), examples, labels=LABELS, folds=2, seed=0)
    assert [item.predicted for item in found.items] == ["denial"] * 3 + ["claim"]
    assert found.scores.macro_f1 == 0
    assert sum("In 1 of 2 folds" in warning for warning in found.warnings) == 2


def test_other_failures_of_a_recipe_are_passed_on():
    class Broken:
        name = "broken"

        def fit(self, examples, *, labels, seed):
            raise ModelError(self.name)

    examples = [example(n, LABELS[n % 2], f"g{n // 2}") for n in range(8)]
    with pytest.raises(ModelError, match="broken"):
        cross_validate(Broken(), examples, labels=LABELS, folds=2, seed=0)


def test_too_few_groups_for_the_folds_are_refused():
    with pytest.raises(SplitError, match="2 groups"):
        cross_validate(
            Spy(), [example(0, "claim"), example(1, "claim")], labels=LABELS, folds=3, seed=0
        )


def test_progress_is_told_after_each_fold():
    done = []
    examples = [example(n, LABELS[n % 3]) for n in range(9)]
    cross_validate(Spy(), examples, labels=LABELS, folds=3, seed=0, on_fold=done.append)
    assert done == [1, 2, 3]


def test_the_same_seed_gives_the_same_items():
    examples = [example(n, LABELS[n % 3], f"g{n % 7}") for n in range(30)]
    first, second = (
        cross_validate(Shares(), examples, labels=LABELS, folds=3, seed=5) for _ in range(2)
    )
    assert first.items == second.items


def test_few_groups_and_few_examples_are_warned_about():
    pairs = [("claim", "claim")] * 5 + [("denial", "denial")] * 4
    warnings = told(pairs, group="one", grouping="article").warnings
    assert len(warnings) == 3
    assert warnings[0].startswith("Only 1 article was scored.")
    assert warnings[1] == (
        "No scored example is labelled “neither”, so nothing is known of how well it is found. "
        "Macro-F1 leaves it out."
    )
    assert warnings[2] == "Only 4 examples are labelled “denial”, so those figures are unsure."


def test_labels_with_the_same_lack_share_a_warning():
    warnings = told([("a", "a"), ("b", "b"), ("c", "c")], labels=tuple("abcde")).warnings
    assert warnings[1].startswith("No scored example is labelled “d” or “e”, so nothing is known")
    assert warnings[2].startswith("Only 1 example is labelled “a”, “b” and “c” each")


def test_enough_of_everything_is_not_warned_about():
    assert told([(label, label) for label in LABELS * 7]).warnings == ()
    assert told([(label, label) for label in LABELS * 7][:19]).warnings != ()


@pytest.mark.parametrize(
    ("grouping", "held_out", "folded"),
    [
        ("article", "held-out articles", "2-fold cross-validation by article"),
        ("family", "held-out article families", "2-fold cross-validation by article family"),
        ("group", "held-out groups", "2-fold cross-validation by group"),
    ],
)
def test_how_is_said_in_words(grouping, held_out, folded):
    examples = [example(n, LABELS[n % 3]) for n in range(6)]
    found = cross_validate(Spy(), examples, labels=LABELS, folds=2, seed=0, grouping=grouping)
    assert found.how == folded
    assert told(grouping=grouping).how == held_out


def test_import_stays_light():
    heavy = "{'sklearn', 'jinja2', 'pandas', 'datasets', 'spacy', 'matplotlib'}"
    code = f"import sys, annotate.evaluation; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
