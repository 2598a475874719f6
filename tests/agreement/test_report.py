from datetime import UTC, datetime, timedelta

import pytest

from annotate.agreement import Prelabels, Resampling, measure_agreement
from annotate.errors import NoOverlapError
from strategies import annotation
from vote_tables import place, scheme, votes

# As in test_alpha: alpha .64 of ten labels on five tasks, each a document of its own.
TABLE = {"t1": "CC", "t2": "CC", "t3": "DD", "t4": "CD", "t5": "DD", "t6": "C"}


def measure(annotations, **options):
    options = {"scheme": scheme(), "families": {}, "how": Resampling(seed=0)} | options
    return measure_agreement(annotations, **options)


def test_overall_figures_of_a_hand_computed_table():
    found = measure(votes(TABLE))
    overall = found.overall
    assert (overall.tasks, overall.labels, overall.families) == (5, 10, 5)
    assert overall.alpha.value == pytest.approx(0.64)
    assert overall.agreement.value == pytest.approx(4 / 5)
    # AC1: use over all six tasks: claim (1 + 1 + .5 + 1)/6 = 3.5/6, denial 2.5/6; by chance
    # (1 - 12.25/36 - 6.25/36) / (3 - 1) = 17.5/72; (.8 - 17.5/72) / (1 - 17.5/72) = 40.1/54.5.
    assert overall.ac1.value == pytest.approx(40.1 / 54.5)
    assert (found.unanimous, found.unanimous_share) == (4, 0.8)
    assert found.annotators == ("ann", "bob")
    assert overall.alpha.interval.clusters == 5
    assert not overall.alpha.interval.trusted


def test_notebooks_show_the_figures():
    shown = measure(votes(TABLE))._repr_html_()
    assert "<td>0.64</td>" in shown
    assert ">all labels</td>" in shown
    assert "<td>10</td>" in shown


def test_skips_and_shown_prelabels_do_not_count():
    extra = [
        annotation("t1", "cyd", None, skipped=True),
        annotation("t1", "dan", "denial", prelabel_shown=True),
    ]
    report = measure(votes(TABLE) + extra)
    assert report.overall.alpha.value == pytest.approx(0.64)
    assert (report.skipped, report.with_prelabel, report.on_prelabels) == (1, 1, None)
    assert report.annotators == ("ann", "bob")
    (confusion,) = report.confusions
    assert (confusion.labels, confusion.pairs) == (("claim", "denial"), 1)
    assert "1 label is left out: a pre-label was shown" in "\n".join(report.cautions)


def test_sentences_of_one_family_are_drawn_together():
    table = {place(f"d{n}", m): "CC" if n % 3 else "CD" for n in range(12) for m in range(4)}
    alone = measure(votes(table)).overall.alpha
    families = {f"d{n}": f"f{n // 2}" for n in range(12)}
    together = measure(votes(table), families=families).overall.alpha
    assert (alone.interval.clusters, together.interval.clusters) == (12, 6)
    assert alone.value == together.value


def test_each_label_against_the_rest():
    table = {"t1": "CC", "t2": "CN", "t3": "DN", "t4": "NN"}
    claim, denial, neither = measure(votes(table)).labels
    # Derived in test_coefficients.
    assert [entry.alpha.value for entry in (claim, denial, neither)] == pytest.approx(
        [16 / 30, 0, 1 / 8], abs=1e-12
    )
    assert [(e.labels, e.families) for e in (claim, denial, neither)] == [(3, 2), (1, 1), (4, 3)]
    assert claim.alpha.reason == "no interval: it rests on 4 families, and an interval takes 5"
    never = measure(votes({"t1": "CC", "t2": "CN"})).labels[1].alpha
    assert (never.value, never.reason) == (None, "undefined (0/0): nobody gave it")


def test_pairs_and_annotators():
    # ann and bob share t1 to t4, ann and cyd t4 alone, bob and cyd t4 alone.
    report = measure(votes({"t1": "CC", "t2": "CN", "t3": "NN", "t4": "DND", "t5": "C"}))
    assert [(pair.annotators, pair.tasks) for pair in report.by_pair] == [
        (("ann", "bob"), 4), (("ann", "cyd"), 1), (("bob", "cyd"), 1),
    ]  # fmt: skip
    first = report.by_pair[0]
    # ann C C N D, bob C N N N: observed 2/4; by chance (2*1 + 1*0 + 1*3)/16 = 5/16;
    # kappa = (8/16 - 5/16) / (11/16) = 3/11.
    assert first.kappa.value == pytest.approx(3 / 11)
    assert first.agreement.value == 0.5
    both_d = report.by_pair[1].kappa
    assert (both_d.value, "both gave one and the same" in both_d.reason) == (None, True)
    ann, bob, cyd = report.by_annotator
    assert (ann.labels, ann.compared) == (5, 4)
    # ann's labels beside the others': t1 right, t2 wrong, t3 right, t4 bob wrong and cyd right.
    assert ann.agreement.value == pytest.approx(3 / 5)
    assert bob.agreement.value == pytest.approx(2 / 5)
    assert ann.use == {"claim": 0.5, "denial": 0.25, "neither": 0.25}
    assert ann.others_use == {"claim": 0.2, "denial": 0.2, "neither": 0.6}
    assert "cyd shares 1 task with others, which says next to nothing." in report.cautions
    assert cyd.seconds is None


def test_weeks_and_versions():
    monday = datetime(2026, 1, 5, tzinfo=UTC)  # the first day of 2026-W02
    first = votes({"t1": "CC", "t2": "CD"}, created=monday)
    second = votes({"t3": "C"}, created=monday - timedelta(days=1))
    third = votes({"t3": "*N"}, created=monday + timedelta(days=7))
    updated = [vote.model_copy(update={"scheme_version": "2.0"}) for vote in third]
    found = measure([*first, *second, *updated])
    assert [(p.name, p.coefficients.tasks) for p in found.by_week] == [
        ("2026-W02", 2), ("2026-W03", 1),
    ]  # fmt: skip
    assert [(p.name, p.coefficients.agreement.value) for p in found.by_version] == [
        ("1.0", 0.5), ("1.0 and 2.0", 0),
    ]  # fmt: skip


def test_median_seconds_of_what_was_measured():
    given = [
        annotation(f"t{n}", "ann", "claim", seconds=seconds)
        for n, seconds in enumerate((2, 4, 90, None))
    ]
    report = measure([*given, annotation("t0", "bob", "denial")])
    assert [entry.seconds for entry in report.by_annotator] == [4, None]


# Ten documents, each labelled again by ann; the second time the label differs in two of them.
def test_repeated_tasks_measure_self_consistency_and_nothing_else():
    first = votes({place(f"d{n}"): "CC" for n in range(9)} | {place("d9"): "CD"})
    again = [
        annotation(place(f"d{n}", repeat=1), "ann", "claim" if n > 1 else "denial")
        for n in range(10)
    ]
    found = measure([*again, *first])
    assert found.overall == measure(first).overall
    together, ann = found.consistency
    assert (together.annotator, ann.annotator, ann.pairs) == (None, "ann", 10)
    assert ann.agreement.value == together.agreement.value == 0.8
    assert ann.agreement.interval.clusters == 10


def test_one_annotator_with_repeats_has_self_consistency():
    only = votes({place("d1"): "C", place("d1", repeat=1): "D", place("d2"): "C"})
    found = measure(only)
    assert found.overall.alpha.reason == "undefined: no task has two labels"
    assert "no agreement of annotators" in found.cautions[0]
    assert found.consistency[0].agreement.value == 0


@pytest.mark.parametrize(
    "given", [[], votes({"t1": "C", "t2": "D"}), votes({"t1": "C*", "t2": "*D"})]
)
def test_nothing_to_compare_is_refused(given):
    with pytest.raises(NoOverlapError, match="second person"):
        measure(given)


def test_everybody_says_the_same():
    found = measure(votes({f"t{n}": "NN" for n in range(30)}))
    assert found.overall.alpha.value is None
    assert found.overall.alpha.reason == "undefined (0/0): every label is 'neither'"
    assert found.overall.agreement.value == 1
    assert found.overall.agreement.interval is None
    assert "No disagreement was seen on 30 tasks" in found.cautions[0]


def test_everybody_agrees_on_several_labels():
    found = measure(votes({f"t{n}": "NN" if n % 2 else "CC" for n in range(30)}))
    alpha = found.overall.alpha
    assert (alpha.value, alpha.interval) == (1, None)
    assert alpha.reason == "no interval: it is the same without any one family"
    assert "No disagreement was seen on 30 tasks" in found.cautions[0]


def test_labels_that_left_the_scheme_are_left_out_and_named():
    strange = [annotation("t1", "cyd", "rumour"), annotation("t2", "cyd", "rumour")]
    found = measure([*votes(TABLE), *strange])
    assert found.overall == measure(votes(TABLE)).overall
    (line,) = [line for line in found.cautions if "rumour" in line]
    assert line.startswith("2 labels are left out: 'rumour' is not in the scheme.")


def test_of_two_labels_of_one_task_by_one_person_the_newer_counts():
    later = datetime(2026, 2, 1, tzinfo=UTC)
    newer = annotation("t4", "bob", "claim", created=later)
    for given in ([*votes(TABLE), newer], [newer, *votes(TABLE)]):
        found = measure(given)
        assert found.overall.alpha.value == 1
        assert any(line.startswith("1 label is left out: the same") for line in found.cautions)


def test_confusions_with_sentences_and_what_the_scheme_says():
    texts = {"t1": "The firm declined to comment on the report.", "t2": "He stopped short."}
    table = {"t1": "CN", "t2": "CNN", "t3": "DD"}
    asked = []

    def read(names):
        asked.append(names)
        return texts

    (found,) = measure(votes(table), read_texts=read).confusions
    assert asked == [{"t1", "t2"}]
    assert (found.labels, found.pairs, found.tasks) == (("claim", "neither"), 3, ("t2", "t1"))
    assert found.examples[0].text == "He stopped short."
    assert found.examples[0].votes == {"claim": ("ann",), "neither": ("bob", "cyd")}
    clear = found.clarification
    assert clear.winner == "claim"
    assert list(clear.definitions) == ["claim", "neither"]
    assert [case.id for case in clear.edge_cases] == ["1"]


def test_examples_are_of_different_stories_first():
    table = {place("d1", n): "CDDD" for n in range(3)} | {place("d2"): "CD"}
    (found,) = measure(votes(table)).confusions
    assert [name.split(":")[0] for name in found.tasks] == ["d1", "d2", "d1", "d1"]


# Twelve documents with a pre-label "claim": in eight it was shown and followed seven times, in
# four it was held out and would have been followed once: 7/8 - 1/4 = .625.
def test_anchoring_is_measured_on_tasks_held_out():
    shown = [
        annotation(
            place(f"d{n}"), "ann", "claim" if n else "denial", prelabel_shown=True, seconds=2
        )
        for n in range(8)
    ]
    held_out = [
        annotation(place(f"d{n}"), "ann", "claim" if n == 8 else "neither", seconds=5)
        for n in range(8, 12)
    ]
    # Labelled before there were pre-labels, in a task that is not held out: not compared.
    before = votes({place("d20"): "CC"})
    prelabels = Prelabels(
        {place(f"d{n}"): "claim" for n in (*range(12), 20)},
        {place(f"d{n}") for n in range(8, 12)},
    )
    found = measure([*shown, *held_out, *before], prelabels=prelabels).anchoring
    assert (found.shown.labels, found.shown.agreement.value) == (8, 7 / 8)
    assert (found.held_out.labels, found.held_out.agreement.value) == (4, 1 / 4)
    assert (found.shown.seconds, found.held_out.seconds) == (2, 5)
    assert found.difference.value == pytest.approx(0.625)
    assert found.difference.interval.clusters == 12
    none = Prelabels(prelabels.label_of, set())
    reason = measure([*shown, *before], prelabels=none).anchoring.difference.reason
    assert reason.startswith("undefined: no labelled task was held out")
    assert measure(before, prelabels=prelabels).anchoring is None


def test_labels_on_top_of_prelabels_are_told_apart():
    on_top = votes({f"p{n}": "CC" if n else "CD" for n in range(6)}, prelabel_shown=True)
    found = measure([*votes(TABLE), *on_top])
    assert found.overall == measure(votes(TABLE)).overall
    assert (found.with_prelabel, found.on_prelabels.tasks) == (12, 6)
    assert found.on_prelabels.agreement.value == pytest.approx(5 / 6)
