import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.families.quotations import quoted_places
from annotate.families.shingles import RARE, Shingles, words_of
from strategies import NEWS


def test_words_are_compared_without_case_and_punctuation():
    assert words_of("Don’t  STOP — “Straße”, 3.5!") == ["don", "t", "stop", "straße", "3", "5"]
    assert words_of("東京へ go") == ["東", "京", "へ", "go"]
    assert words_of(" …") == []


# a b c d has the shingles abc, bcd; b c d e has bcd, cde: three different ones, bcd in both.
def test_shingles_of_two_texts():
    found = Shingles.of(["a b c d", "B, c d. E"])
    assert found.starts.tolist() == [0, 2, 4]
    assert len(found.documents) == 3
    assert sorted(found.documents.tolist()) == [1, 1, 2]
    assert found.at(0)[1] == found.at(1)[0]
    assert found.totals.tolist() == [2, 2]


def test_a_shingle_of_many_documents_says_less():
    texts = [f"all of us w{n}a w{n}b w{n}c" for n in range(2 * RARE)]
    found = Shingles.of(texts)
    # "all of us" stands in 16 documents, twice as many as are rare: half a shingle. Of the four
    # shingles of each text the other three are its own.
    assert found.weights.min() == 0.5
    assert found.totals.tolist() == [3.5] * len(texts)


def test_the_words_of_one_family_count_as_those_of_one_document():
    texts = ["one two three four five"] * 20 + ["one two three six"] * 4
    found = Shingles.of(texts)
    assert sorted(found.documents.tolist()) == [4, 20, 20, 24]
    counted = found.once_a_family([range(20), [20, 21]])
    # the family of 20 counts once, that of two once, and two documents stand alone
    assert sorted(counted.documents.tolist()) == [1, 1, 3, 4]


@given(st.lists(NEWS, max_size=6))
def test_shingles_are_equal_where_their_words_are(texts):
    found = Shingles.of(texts)
    runs = [words_of(text) for text in texts]
    runs = [words + [""] * (3 - len(words)) if words else [] for words in runs]
    expected = [tuple(w[at : at + 3]) for w in runs for at in range(len(w) - 2)]
    same = np.equal.outer(found.places, found.places)
    assert same.tolist() == [[one == other for other in expected] for one in expected]
    assert found.starts.tolist() == np.cumsum([0, *(max(0, len(w) - 2) for w in runs)]).tolist()
    for text, words in enumerate(runs):
        kinds = {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
        assert len(found.of_text(text)) == len(kinds)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        # one flag a shingle; words a-e stand inside the marks
        ('x y "a b c d" z', [False, False, True, True, False]),
        ("x “a b c d", [False, True, True]),
        # a quotation ends with its paragraph, and the next may open anew
        ("“a b c\n\n“c d e” x y z", [True, False, False, True, False, False, False]),
        ("“a b” “c d e”", [False, False, True]),
        ("no marks at all here", [False, False, False]),
        ("", []),
    ],
)
def test_places_inside_quotation_marks(text, quoted):
    assert quoted_places(text).tolist() == quoted


@given(NEWS)
def test_there_is_one_flag_a_shingle(text):
    assert len(quoted_places(text)) == max(0, len(words_of(text)) - 2)
