"""What patterns cannot do without, and that sentences without it are never matched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.rules import Rules
from annotate.rules.pattern import compile_pattern
from annotate.rules.required import choices_of
from strategies import TEXTS

RULES = Rules.load()
CODES = {name: name for name in "abcd"} | {"SAY": "xy", "WORD": "abcdxy", "COMMA": ","}
PATTERNS = {name: RULES.book.expanded(name) for r in RULES.book.rules for name in r.patterns}


@pytest.mark.parametrize(
    ("pattern", "choices"),
    [
        ("a b", ["a", "b"]),
        ("(a|SAY) ~3 b", ["axy", "b"]),
        ("a? b* c{0,2} d+", ["d"]),
        ("(a b|c)", ["ac"]),  # of the first alternative either of the two
        ("a|b ... c", ["ab"]),
        ("(a|~2)", []),
        ("!a (?!b)(?<!(c|d).) SAY", ["xy"]),
        ("^ (?:(?P<source>a|b){1,2}?) $", ["ab"]),
        ("(a (b (c|d))?)* COMMA", [","]),
        ("((?!b)!a)* c", ["c"]),
        ("", []),
    ],
)
def test_choices_of_a_pattern_are_those_that_every_match_has(pattern, choices):
    found = choices_of(pattern, CODES)
    assert [set(each) for each in found] == [set(each) for each in choices]


TEXT = st.text("abcdxy,", max_size=12)


@given(
    st.recursive(
        st.sampled_from(["a", "b", "SAY", "!c", "~2", "...", "(?!d)", "COMMA"]),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(" ".join),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
            st.tuples(inner, st.sampled_from("?*+")).map(lambda pair: f"({pair[0]}){pair[1]}"),
        ),
        max_leaves=8,
    ),
    st.lists(TEXT, min_size=1),
)
def test_no_match_lacks_a_choice(pattern, texts):
    compiled = compile_pattern(pattern, CODES)
    for text in texts:
        if found := compiled.search(text):
            for choice in choices_of(pattern, CODES):
                assert choice & set(found.group())


@given(TEXTS)
def test_no_sentence_that_a_rule_matches_lacks_what_its_patterns_need(text):
    codes = RULES._lexicon.codes
    coded = RULES.read([text])
    for pattern in PATTERNS.values():
        if found := compile_pattern(pattern, codes).search(coded.text):
            for choice in choices_of(pattern, codes):
                assert choice & set(found.group())
