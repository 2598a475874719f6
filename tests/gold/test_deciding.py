import pytest

from annotate.errors import GoldError, UnknownLabelError
from annotate.gold import METHODS, decide
from annotate.resources import resource
from annotate.scheme import Scheme
from strategies import annotation

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
MODELS = [name for name in METHODS if name != "majority"]


def votes(*rows):
    """Rows of ``task: label of a, label of b, ...``; ``-`` is none."""
    return [
        annotation(task, who, label)
        for task, labels in (row.split(": ") for row in rows)
        for who, label in zip("abcdef", labels.split(), strict=False)
        if label != "-"
    ]


TWO_AGREE = votes(
    "t1: claim claim claim", "t2: denial denial claim", "t3: neither neither claim",
    "t4: denial denial denial", "t5: claim claim -", "t6: neither neither neither",
)  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_one_label_a_task_and_keeps_scores_over_the_whole_scheme(method):
    found = decide(TWO_AGREE, scheme=SCHEME, method=method, seed=0)
    labels = ["claim", "denial", "neither", "denial", "claim", "neither"]
    assert [gold.label for gold in found.gold] == labels
    assert {gold.method for gold in found.gold} == {method}
    assert found.cautions == ()
    for gold in found.gold:
        assert tuple(gold.scores) == SCHEME.label_names
        assert sum(gold.scores.values()) == pytest.approx(1)
        assert sum(gold.votes.values()) == gold.independent


@pytest.mark.parametrize("method", METHODS)
def test_a_label_that_nobody_gave_has_a_score_of_zero(method):
    given = votes("t1: claim claim", "t2: denial denial", "t3: claim denial")
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    assert {gold.scores["neither"] for gold in found.gold} == {0}


@pytest.mark.parametrize("method", METHODS)
def test_what_counts_is_counted(method):
    given = [
        *TWO_AGREE,
        annotation("t1", "d", "claim", prelabel_shown=True),
        annotation("t2", "d", None, skipped=True),
    ]
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    assert (found.votes, found.with_prelabel, found.skipped) == (18, 1, 1)
    assert (found.gold[0].votes, found.gold[0].independent) == ({"claim": 4}, 3)


@pytest.mark.parametrize("method", MODELS)
def test_one_annotator_and_no_overlap_are_refused_in_one_line(method):
    with pytest.raises(GoldError, match=f"^a alone has labelled, and {method} compares.*majority"):
        decide(votes("t1: claim", "t2: denial"), scheme=SCHEME, method=method, seed=0)
    apart = votes("t1: claim -", "t2: - denial")
    with pytest.raises(GoldError, match="No task has labels of two annotators"):
        decide(apart, scheme=SCHEME, method=method, seed=0)


@pytest.mark.parametrize("method", METHODS)
def test_without_votes_nothing_is_decided(method):
    skips = [annotation("t", "a", None, skipped=True)]
    if method == "majority":
        assert decide(skips, scheme=SCHEME, method=method, seed=0).gold == ()
    else:
        with pytest.raises(GoldError, match="Nobody has labelled anything yet"):
            decide(skips, scheme=SCHEME, method=method, seed=0)


@pytest.mark.parametrize("method", MODELS)
def test_one_label_throughout_scores_one_and_says_that_this_means_nothing(method):
    given = votes("t1: claim claim", "t2: claim claim")
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    assert found.gold[0].scores == {"claim": 1, "denial": 0, "neither": 0}
    assert found.cautions == ("Every label is 'claim', so its score of 1 says nothing.",)


@pytest.mark.parametrize("method", MODELS)
def test_agreement_on_everything_is_said(method):
    given = votes("t1: claim claim", "t2: denial denial", "t3: neither neither")
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    assert [gold.label for gold in found.gold] == ["claim", "denial", "neither"]
    assert found.cautions[0].startswith("All annotators agree on every task")


@pytest.mark.parametrize("method", MODELS)
def test_an_annotator_with_one_task_is_named_and_hardly_counts(method):
    given = [*TWO_AGREE, annotation("t2", "f", "claim")]  # 2 to 2, but c says claim too often
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    assert found.gold[1].label == "denial"
    expected = "f labelled one task alone: how often they err is not known from that."
    assert found.cautions == (expected,)


@pytest.mark.parametrize("method", METHODS)
def test_what_cannot_be_is_refused_by_every_method(method):
    twice = votes("t1: claim claim", "t1: claim denial")
    with pytest.raises(GoldError, match="task t1 has two annotations by a"):
        decide(twice, scheme=SCHEME, method=method, seed=0)
    with pytest.raises(UnknownLabelError, match="task t1, a: 'maybe'"):
        decide(votes("t1: maybe claim"), scheme=SCHEME, method=method, seed=0)


@pytest.mark.parametrize("method", METHODS)
def test_votes_under_the_old_name_of_a_label_count_for_the_new(method):
    content = SCHEME.model_dump(mode="json")
    content["labels"][0]["renamed_from"] = ["assertion"]
    scheme = Scheme.model_validate(content)
    given = votes("t1: assertion claim", "t2: denial denial", "t3: denial assertion")
    found = decide(given, scheme=scheme, method=method, seed=0)
    assert found.gold[0].votes == {"claim": 2}


@pytest.mark.parametrize("method", METHODS)
def test_equal_scores_are_an_open_tie(method):
    # Whatever one of the two says, the other says as often: nothing tells them apart.
    given = votes("t1: claim denial", "t2: denial claim")
    found = decide(given, scheme=SCHEME, method=method, seed=0)
    if method == "majority":
        assert [gold.label for gold in found.gold] == [None, None]
        assert found.gold[0].reason == "open tie: claim 1, denial 1"
    for gold in found.gold:
        best = [name for name, score in gold.scores.items() if score == max(gold.scores.values())]
        assert (gold.label is None) == (len(best) > 1)
