"""The rules as they are shipped: their own cases, the codebook's rows, and any text at all."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import RulesError
from annotate.records import Input
from annotate.resources import resource
from annotate.rules import Precision, RuleBook, Rules, SpanFinder
from annotate.rules.precision import FEWEST_HITS, lower_bound
from annotate.scheme import Scheme
from strategies import TEXTS

RULES = Rules.load()
BOOK = RULES.book
FINDER = SpanFinder(BOOK)
SCHEME = Scheme.load(resource("schemas/labels.yaml"))
ROWS = yaml.safe_load(Path(__file__).with_name("codebook.yaml").read_text("utf-8"))
INPUTS = st.builds(Input, text=TEXTS, before=st.just("") | TEXTS, title=st.none() | TEXTS)


def says(entry, rule):
    """Whether a rule decides a sentence, or adds its flags to it."""
    (verdict,) = RULES.label([entry])
    if rule.label is not None:
        return verdict.rule == rule.id
    return bool(RULES.fired([entry])[0, RULES.ids.index(rule.id)])


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_rule_decides_its_own_sentences_and_leaves_the_others(rule):
    assert [case.text for case in rule.yes if not says(case.input, rule)] == []
    assert [case.text for case in rule.no if says(case.input, rule)] == []


def cases(row):
    found = ROWS[row]
    entries = found.get("cases", []) if isinstance(found, dict) else found
    return [entry for entry in entries if "beyond" not in entry]


@pytest.mark.parametrize("row", sorted(ROWS))
def test_a_row_of_the_codebook_is_judged_as_it_says(row):
    wrong = []
    for case in cases(row):
        context = {
            name: case[name] for name in ("before", "after", "title", "kind") if name in case
        }
        (verdict,) = RULES.label([Input(case["text"], **context)])
        if (verdict.label, set(verdict.flags)) != (case["label"], set(case.get("flags", []))):
            wrong.append((case["text"], verdict))
    assert wrong == []


def test_every_row_of_the_codebook_has_a_rule_or_is_said_to_be_undecidable():
    rows = {case.id for case in SCHEME.edge_cases}
    covered = {row for rule in BOOK.rules for row in rule.rows}
    assert rows - covered == set(BOOK.undecidable)
    assert set(ROWS) >= rows - set(BOOK.undecidable)


@given(st.lists(INPUTS, max_size=6))
def test_sentences_are_judged_each_by_itself_with_labels_and_flags_of_the_scheme(entries):
    together = RULES.label(entries)
    assert together == [RULES.label([entry])[0] for entry in entries]
    assert {verdict.label for verdict in together} <= set(SCHEME.label_names)
    assert {flag for verdict in together for flag in verdict.flags} <= set(SCHEME.flag_names)


@given(st.lists(INPUTS, max_size=4))
def test_the_rule_that_decided_is_among_those_that_fired(entries):
    fired = RULES.fired(entries)
    assert fired.shape == (len(entries), len(BOOK.rules))
    for row, verdict in zip(fired, RULES.label(entries), strict=True):
        assert row[RULES.ids.index(verdict.rule)]


@given(TEXTS)
def test_spans_lie_in_the_text_and_hold_something(text):
    for span in FINDER.find(text):
        assert text[span.start : span.end].strip()
        assert span.label in {mark.name for mark in SCHEME.spans}


def test_spans_name_source_cue_and_content():
    text = "The mayor’s 😀 office denied that the bridge had been shut."
    found = {s.label: text[s.start : s.end] for s in FINDER.find(text)}
    assert found["cue"] == "denied"
    assert found["source"].endswith("office")
    assert "the bridge had been shut" in " ".join(found.values())


# Wilson (1927): centre (p + z^2/2n) and half-width z sqrt(p(1-p)/n + z^2/4n^2), both over
# 1 + z^2/n. For 8 of 10 and z = 1.96: (0.8 + 0.19208 - 1.96 sqrt(0.016 + 0.009604)) / 1.38416
# = (0.99208 - 0.31363) / 1.38416 = 0.4902.
def test_the_bound_is_wilsons():
    assert lower_bound(8, 10) == pytest.approx(0.4902, abs=1e-4)
    assert lower_bound(0, 10) == pytest.approx(0, abs=1e-9)


def test_scores_cover_the_scheme_or_are_not_given():
    precision = Precision.load(rules=RULES.name)
    (verdict,) = RULES.label([Input("The firm denied that it had lied.")])
    scores = precision.scores(verdict, SCHEME.label_names)
    if precision.tallies[verdict.rule].hits >= FEWEST_HITS:
        assert set(scores) == set(SCHEME.label_names)
        assert sum(scores.values()) == pytest.approx(1)
        assert scores[verdict.label] == pytest.approx(precision.tallies[verdict.rule].bound)
    else:
        assert dict(scores) == {}


def test_tallies_of_other_rules_are_refused():
    with pytest.raises(RulesError):
        Precision.load(rules="rules-0-other")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "YAML"),
        ("version: '1'", "labels: is missing"),
        ("version: '1'\nlabels: [a, b]\nwords: {}\nrules: []", "rules"),
    ],
)
def test_a_broken_book_is_one_line(tmp_path, text, why):
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(RulesError, match=why) as refused:
        Rules.load(path)
    assert "\n" not in str(refused.value)


def test_every_rule_may_need_a_word_of_its_own():
    last = next(rule for rule in BOOK.rules if not rule.has_conditions)
    needy = [last.model_copy(update={"id": f"r{n}", "needs": ((f"word{n}",),)}) for n in range(200)]
    rules = Rules(BOOK.model_copy(update={"rules": (*needy, last)}))
    found = rules.label([Input(f"It has word{n} in it.") for n in range(201)])
    assert [each.rule for each in found] == [*(f"r{n}" for n in range(200)), last.id]


def test_a_book_may_add_any_number_of_flags():
    last = next(rule for rule in BOOK.rules if not rule.has_conditions)
    adder = last.model_copy(update={"label": None, "to": (last.label,)})
    adding = [
        adder.model_copy(update={"id": f"r{n}", "flags": (f"f{n}",), "needs": ((f"word{n}",),)})
        for n in range(200)
    ]
    rules = Rules(BOOK.model_copy(update={"rules": (*adding, last)}))
    texts = ["It has word3 and word199 in it.", "It has word64 in it.", "It has none."]
    found = rules.label([Input(text) for text in texts])
    assert [each.flags for each in found] == [("f3", "f199"), ("f64",), ()]


def test_a_book_may_hold_nothing_but_its_last_rule():
    last = next(rule for rule in BOOK.rules if not rule.has_conditions)
    (found,) = Rules(BOOK.model_copy(update={"rules": (last,)})).label([Input("He denied it.")])
    assert found.rule == last.id


def test_the_digest_follows_the_meaning_and_not_the_cases():
    other = BOOK.model_copy(update={"rules": BOOK.rules[:-1]})
    assert RuleBook.model_validate(other.model_dump(by_alias=True)).digest != BOOK.digest
