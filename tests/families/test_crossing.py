import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.families.crossing import closest, shared_quotations
from annotate.families.shingles import words_of
from stories import FERRY, FIRST, ORCHARD, SECOND, SPEECH

words = st.lists(st.sampled_from("abcdefg"), min_size=3, max_size=12).map(" ".join)


def shingles(text):
    found = words_of(text)
    return {tuple(found[at : at + 3]) for at in range(len(found) - 2)}


@given(st.lists(words, min_size=2, max_size=6), st.integers(1, 5))
def test_every_pair_across_is_compared(texts, sides):
    named = {f"t{number}": text for number, text in enumerate(texts)}
    first = {f"t{number}" for number in range(min(sides, len(texts) - 1))}
    second = named.keys() - first
    # So few texts have no frequent shingles: all weigh 1, and it is the plain Jaccard similarity.
    pairs = [(shingles(named[one]), shingles(named[other])) for one in first for other in second]
    alike = max(len(a & b) / len(a | b) for a, b in pairs)
    held = max(len(a & b) / min(len(a), len(b)) for a, b in pairs)
    found = closest(named, first, second)
    if alike == 0:
        assert found is None
        return
    assert found[0].similarity == pytest.approx(alike, abs=1e-4)
    assert found[1].containment == pytest.approx(held, abs=1e-4)
    assert {found[0].first, found[1].first} <= first
    assert {found[0].second, found[1].second} <= second


def test_a_text_is_found_in_a_longer_one():
    texts = {"ferry": FERRY, "both": f"{FERRY}\n{ORCHARD}", "orchard": ORCHARD}
    similar, contained = closest(texts, {"ferry", "orchard"}, {"both"})
    assert contained.containment == 1
    assert similar.second == "both"
    assert 0.3 < similar.similarity < 0.7
    assert np.isfinite(similar.similarity)


def test_a_shared_quotation_is_found_where_it_stands():
    (found,) = shared_quotations({"a": FIRST, "b": SECOND}, {"a"}, {"b"})
    assert (found.first, found.second) == ("a", "b")
    assert FIRST[found.start : found.end] == SPEECH.strip("“”,")
    assert found.words == len(words_of(SPEECH))
    assert shared_quotations({"a": FERRY, "b": FERRY}, {"a"}, {"b"}) == []  # nothing is quoted
    unquoted = FIRST.replace("“", "").replace("”", "")
    assert shared_quotations({"a": FIRST, "b": unquoted}, {"a"}, {"b"}) == []
