import pytest

from annotate.families.evidence import Comparer, judge, title_similarity
from annotate.families.shingles import Shingles
from annotate.records import Evidence
from stories import FERRY, REPORTS, document


def compare(first, second, *rest, **fields):
    both = [document(text, f"k{n}") for n, text in enumerate((first, second, *rest))]
    found = Comparer(both, Shingles.of(one.text for one in both)).compare(0, 1)
    return found.model_copy(update=fields)


# The first has the shingles abc bcd cde def efg, the second bcd cde def xyz with two more between:
# b c d e f x y z: bcd cde def efx fxy xyz. Common are three; in all 5 + 6 - 3 = 8.
def test_shares_of_two_texts():
    found = compare("a b c d e f g", "b c d e f x y z")
    assert (found.first_in_second, found.second_in_first) == (0.6, 0.5)
    assert (found.similarity, found.shared, found.containment) == (0.375, 3, 0.6)
    assert not found.same_words


def test_a_shingle_counts_once_however_often_it_stands_there():
    found = compare("a b c a b c a b c", "a b c x y z")
    # the first has abc bca cab, the second abc bcx cxy xyz
    assert (found.first_in_second, found.second_in_first) == (0.3333, 0.25)


def test_texts_without_words_have_nothing_in_common():
    found = compare("…", "!")
    assert (found.similarity, found.containment, found.same_words) == (0, 0, False)
    assert judge(found).kind is None


def evidence(share, **fields):
    given = {"similarity": share / 2, "first_in_second": share, "second_in_first": share / 2,
             "outside_quotations": share, "shared": 50}  # fmt: skip
    return Evidence(**(given | fields))


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (evidence(0.1, title_similarity=1, days_apart=0), None),
        (evidence(0.25), None),
        (evidence(0.25, title_similarity=0.6), "alike"),
        (evidence(0.25, days_apart=1), "alike"),
        (evidence(0.25, quoted_words=60), None),  # a quotation alone is no evidence
        (evidence(0.4), "part"),
        (evidence(0.8, second_in_first=0.5), "copy"),
        (evidence(0.4, shared=4), None),
        (evidence(0.4, outside_quotations=0.1, quoted_words=80, days_apart=0), None),
        (evidence(0.4, outside_quotations=0.1, quoted_words=80, title_similarity=0.7), "part"),
        (evidence(0.4, outside_quotations=None, quoted_words=80), None),
        (evidence(0.9, outside_quotations=0.1, quoted_words=80), "copy"),
        (evidence(0.4, days_apart=200), None),
        (evidence(0.4, days_apart=200, title_similarity=0.7), "part"),
        (evidence(0.6, days_apart=200), "part"),
        (evidence(0.0, same_words=True, shared=1), "same"),
    ],
)
def test_verdicts(found, kind):
    assert judge(found).kind == kind
    assert judge(found).reason


def test_reports_of_one_speech_are_two_stories():
    found = compare(*REPORTS)
    assert found.containment > 0.33
    assert found.quoted_words > 40
    assert found.outside_quotations < 0.1
    verdict = judge(found)
    assert verdict.kind is None
    assert "both quote the same words" in verdict.reason


def test_a_copy_that_quotes_is_a_copy():
    found = compare(REPORTS[0], REPORTS[0].partition(" Three investors")[0])
    assert judge(found).kind == "copy"


def test_a_copy_cut_to_its_first_half_is_a_part_of_the_whole():
    half = FERRY[: len(FERRY) // 3]
    assert judge(compare(half, FERRY)).kind == "part"


# {ferry, stops, in, october} and {the, ferry, stops}: two of five words are in both.
def test_titles():
    assert title_similarity("Ferry stops in October", "The ferry stops!") == 0.4
    assert title_similarity("Ferry", None) is None
    assert title_similarity("…", "Ferry") is None
