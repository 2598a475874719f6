from hypothesis import given

from annotate.families import shared_passages
from annotate.families.shingles import words_of
from stories import FERRY, ORCHARD
from strategies import NEWS


def test_passages_are_found_where_they_stand_although_paragraphs_changed_places():
    first, second, *_ = FERRY.split("\n\n")
    found = shared_passages(f"{first}\n\n{second}", f"{second}\n\n{ORCHARD}\n\n{first.upper()}")
    assert [passage.text for passage in found] == [second.rstrip("."), first.rstrip(".")]
    assert found[0].second_start == 0


def test_short_phrases_are_not_shown():
    assert shared_passages("one two three four five", "x one two three four y") == []
    (found,) = shared_passages("a one two three four five b", "One, two; three four FIVE!")
    assert (found.text, found.words) == ("one two three four five", 5)
    assert (found.first_start, found.second_start, found.second_end) == (2, 0, 25)


@given(NEWS, NEWS)
def test_every_passage_stands_in_both_texts(first, second):
    first, second = f"{first} {second}", f"{second} {first}"
    for passage in shared_passages(first, second):
        here = first[passage.first_start : passage.first_end]
        there = second[passage.second_start : passage.second_end]
        assert here == passage.text
        assert words_of(here) == words_of(there)
        assert passage.words == len(words_of(here)) >= 5
