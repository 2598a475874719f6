import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.dataset.anchoring import anchored
from annotate.dataset.folding import fingerprint, tokens_of
from annotate.segments import load_segmenter

SALT = "s"
STORY = (
    "The council met on Monday. “We shall not sell,” said Mayor Tolland. Three investors had "
    "written in August.\n\nHe denied it. The letters remain confidential. Nobody answered our "
    "questions. He denied it.\n\n'It's a rumour,' a clerk told reporters -- twice. The vote is due "
    "in May."
)
SEGMENT = load_segmenter("news", language="en")


def passages_of(text, only=None):
    places = [(unit.start, unit.end) for unit in SEGMENT(text)]
    tokens = tokens_of(text)
    made = [fingerprint(text, tokens, start, end, SALT) for start, end in places]
    kept = [n for n in range(len(made)) if only is None or n in only]
    return [text[slice(*places[n])] for n in kept], [made[n] for n in kept]


def found_in(copy, text=STORY, only=None):
    said, passages = passages_of(text, only)
    places = anchored(copy, passages, salt=SALT)
    return said, [None if place is None else copy[place.start : place.end] for place in places]


def test_in_the_same_text_everything_is_found():
    said, found = found_in(STORY)
    assert found == said


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace("\n\n", " "),
        lambda text: text.replace("“", '"').replace("”", '"').replace("'", "’"),
        lambda text: text.replace("“", "«\u00a0").replace("”", "\u00a0»"),
        lambda text: text.replace("--", "—"),
        lambda text: text.replace("confidential", "confi\u00addential"),
        lambda text: text.upper(),
        lambda text: f"By our staff\n\n{text}\n\nRead more here.",
    ],
)
def test_what_only_looks_different_is_found(change):
    copy = change(STORY)
    said, found = found_in(copy)
    assert None not in found
    wanted = [change(one) for one in said]
    if copy == STORY.upper() or "staff" in copy:
        wanted = [one.upper() if copy.isupper() else one for one in said]
    assert found == wanted


def test_a_repeated_sentence_is_told_by_its_neighbours():
    added = "He denied it. This paragraph is new.\n\n"
    copy = STORY.replace("The vote is due", f"\n\n{added}The vote is due")
    _, passages = passages_of(STORY)
    places = anchored(copy, passages, salt=SALT)
    number = [n for n, one in enumerate(passages) if one.tokens == 4]
    assert [copy[: places[n].start].count("He denied it.") for n in number] == [0, 1]


def test_what_has_gone_is_not_found_elsewhere():
    # The second of two equal sentences is asked for, and the copy lacks the place it stood in.
    said, _ = passages_of(STORY)
    second = [n for n, one in enumerate(said) if one == "He denied it."][1]
    copy = STORY.replace("Nobody answered our questions. He denied it.\n\n", "")
    assert found_in(copy, only=[second])[1] == [None]
    # A short sentence with other neighbours on both sides is left alone too.
    assert found_in("Well. He denied it. Really.", only=[second])[1] == [None]
    # A long one that stands there once is found wherever it is.
    long = "Three investors had written in August and nobody knew of it until today."
    assert found_in(f"New. {long} More.", text=f"Old. {long} Old too.", only=[1])[1] == [long]


def test_of_a_paragraph_that_stands_there_thrice_none_is_guessed():
    block = "Read this now and tell us what you think of it. Thank you.\n\n"
    text = f"{STORY}\n\n{block}{block}{block}{STORY[:30]}"
    copy = text.replace("\n\n", "\n")
    places = anchored(copy, passages_of(text)[1], salt=SALT)
    for unit, place in zip(SEGMENT(text), places, strict=True):
        if place is not None:
            assert len(copy[: place.start].split()) == len(text[: unit.start].split())
    assert sum(place is not None for place in places) >= len(places) - 6


def test_a_repeated_pair_of_sentences_is_not_mistaken_for_the_first():
    # The second "B." has the lead and the follow of the original, the first its lead alone.
    first, second = "Nine words stand in this very sentence, no less.", "He denied it."
    text = f"Begin. {first} {second} The end is near now and nobody knows the day of it."
    copy = text.replace(" The end", f"\n\n{first} {second}\n\nThe end")
    said, passages = passages_of(text)
    places = anchored(copy, passages, salt=SALT)
    for one, place in zip(said, places, strict=True):
        assert place is None or place.start == copy.index(one)
    assert places[0] is not None
    assert places[-1] is not None


def test_marks_alone_are_never_found():
    assert anchored("”", [fingerprint("”", [], 0, 1, SALT)], salt=SALT) == [None]


PIECES = ["He denied it.", "“No,” she said.", "It rained.", "The bridge is shut.", "Yes!"]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12)


@given(texts, texts, st.data())
def test_nothing_is_ever_found_where_other_words_stand(pieces, more, data):
    text = " ".join(pieces)
    at = data.draw(st.integers(0, len(pieces)))
    copy = " ".join([*pieces[:at], *more, *pieces[at:]])
    said, found = found_in(copy, text=text)
    for one, other in zip(said, found, strict=True):
        assert other in (None, one)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_the_same_text_in_other_white_space_is_found_in_place(pieces):
    said, passages = passages_of(" ".join(pieces))
    copy = "\n\n".join(pieces)
    places = anchored(copy, passages, salt=SALT)
    found = [place for place in places if place]
    assert [copy[one.start : one.end] for one in found] == [
        one for one, place in zip(said, places, strict=True) if place
    ]
    assert [one.start for one in found] == sorted({one.start for one in found})
