"""Properties of our own segmenter, and what each of its rules is for."""

from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotate.segments import abbreviations, boundaries, load_segmenter
from annotate.segments.blocks import blocks
from annotate.segments.rules import RULES
from strategies import TEXTS

news = load_segmenter("news", language="en")
TRICKY = yaml.safe_load(Path(__file__).with_name("tricky.yaml").read_text(encoding="utf-8"))
PIECES = [
    "“", "”", '"', "''", "(", ")", "‘",
    ".", ". ", "...", " … ", "? ", "!” ", "\n", "\n\n", " ", "Mr. ",
    "U.S. ", "J. ", "No. ", "5 ", "a.m. ", "he ", "The ", "said.", "said. ", "Rust ", "«", "»",
    "😀", "3. ", "• ", "- ", "— ", "By Jo Lund", "Photo: ", "(PA)", "。", "[1]", "\u00a0",
    "iPhone ",
]  # fmt: skip
PUZZLES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join)


def sentences(text):
    return [text[found.start : found.end] for found in news(text)]


@given(text=TEXTS | PUZZLES)
def test_every_character_but_blanks_is_in_exactly_one_segment(text):
    inside = [place for one in news(text) for place in range(one.start, one.end)]
    assert len(set(inside)) == len(inside)
    assert inside == sorted(inside)
    outside = set(range(len(text))) - set(inside)
    assert all(text[place].isspace() for place in outside)
    assert all(part and part == part.strip() and "\n" not in part for part in sentences(text))


@given(text=TEXTS | PUZZLES)
def test_the_same_text_is_cut_in_the_same_places(text):
    assert news(text) == news(text)


@given(first=PUZZLES, second=PUZZLES, third=PUZZLES)
def test_what_is_appended_changes_no_cut_before_it(first, second, third):
    # Two lines to begin with: the first line of several may be a headline, which is not cut.
    text = f"Rust spoke.\n\n{first}\n\n{second}"
    cuts = [(one.start, one.end) for one in news(text)]
    longer = [(one.start, one.end) for one in news(f"{text}\n\n{third}")]
    assert longer[: len(cuts)] == cuts


@given(text=PUZZLES)
def test_a_sentence_has_a_letter_or_a_digit_where_its_line_has_one(text):
    for block in blocks(text):
        parts = sentences(text[block.start : block.end])
        bare = [part for part in parts if not any(character.isalnum() for character in part)]
        # What is left over at the end of a line may be bare: a mark that nothing follows.
        assert bare in ([], parts[-1:])


@pytest.mark.parametrize(
    "piece",
    ['"', ".", ". ", "! ", "''", '." ', ". '' ", "“", "... ", " . ", ".😀", "A. ", "(", "1. "],
)
def test_long_runs_come_to_an_end(piece):
    # Twenty thousand marks in one line: a scan that begins anew at each would never return.
    text = "He" + piece * 20_000 + "x"
    found = news(text)
    assert (found[0].start, found[-1].end) == (0, len(text))


@pytest.mark.parametrize("entry", TRICKY, ids=lambda entry: entry["id"])
def test_the_tricky_passages_are_cut_as_an_editor_would(entry):
    assert sentences(entry["text"]) == entry["sentences"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Nobody came to Mill St.", "The road was shut."),
        ("She was born in the U.S.", "Her brother was not."),
        ("It was sold by Marl Inc.", "But nobody said so."),
        ("They met at 5 p.m.", "Rust left at six."),
        ("It began in Sept.", "Turnout fell."),
        ("They live in Orle, Calif.", "Rust has never been there."),
        ("Nobody has a Plan B.", "Rust says so."),
        ("She said no.", "Rust said yes."),
        ("It cost £4.5m.", "£2m of it was lost."),
        ("It ended in 2016.", "5,000 people came."),
        ("The first was sold.", "iPhones followed."),
        ("He fought on.", "al-Shabab withdrew."),
        ("He left.", "de Vries stayed."),
        ("He left.", "(He did not say why.)"),
        ("Nobody read the Act.", "Rust did."),
        ("It was Sylvia's.", "Rust ate there."),
        ("So it ended.", "— Rust, in Orle"),
        ("So it ended.", "___ 5 p.m. Rust spoke."),
        ("“We did it! 🎉”", "Fans cheered."),
        ("It was late…", "They went home."),
        ("„Er kommt.“", "He was wrong."),
        ("« Il vient. »", "He was wrong."),
        ("It was true.[3]", "Nobody knew."),
        ("他来了。", "他走了。"),
        ("«Что?»", "Nobody answered."),
        ("He said: '' Wait. ''", "Nobody did."),
    ],
)
def test_a_sentence_ends(one, two):
    assert sentences(f"{one} {two}") == [one, two]


def test_some_scripts_have_no_blank_between_sentences():
    assert sentences("他来了。他走了\uff01再见") == ["他来了。", "他走了\uff01", "再见"]


def test_a_forgotten_blank_hides_no_end():
    assert sentences("So he said.Nobody asked why?They knew.") == [
        "So he said.",
        "Nobody asked why?",
        "They knew.",
    ]


@pytest.mark.parametrize(
    "one",
    [
        "Gen. Ada Rust, Lt. Cmdr. Jo Lund and Cllr. T. Orme met Sen. Marl.",
        "The U.S. Senate and the U.N. Security Council met on Jan. 5 at 9 a.m. Monday.",
        "Marl Inc. Chief Executive J. R. Rust Jr. Sold his shares.",
        "It rose 4.5 per cent, see p. 5, fig. 3 and No. 6, i.e. by £1.20 vs. the day before.",
        "“Why?” Mr Orme, a neighbour, asked.",
        "“Never!” Jo Lund shouted at him.",
        "“Perhaps…” Ms Rowan said.",
        "“Who knew?” Rust’s former lawyer asked on Monday.",
        "The shares of Yahoo! Mobile fell.",
        "He asked (why not?) and left.",
        "It is ... Rust who lied.",
        "2. Wash your hands.",
        "6.15 p.m. Rust is speaking.",
        "Section 4. Nobody may enter.",
        "ORLE, Calif. (NL) — The town met.",
        "Write to desk@orle.example or see www.orle.example/news.html today.",
    ],
)
def test_a_sentence_goes_on(one):
    assert sentences(one) == [one]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("(Reporting by Jo Lund; Editing by T. Orme)", "byline"),
        ("BY JO LUND", "byline"),
        ("Additional reporting by Jo Lund", "byline"),
        ("NL Photo/Jo Lund", "credit"),
        ("Three years of doubt", "headline"),
        ("a list item without a stop", "body"),
        ("The list holds:", "body"),
    ],
)
def test_what_a_line_between_paragraphs_is(line, kind):
    after = "The paragraph that follows is long enough to be one, and ends as paragraphs do."
    text = f"The council met on Monday.\n{line}\n{after}"
    assert [block.kind for block in blocks(text)] == ["body", kind, "body"]


def test_the_last_line_is_no_heading():
    text = "The council met on Monday.\nThree years of doubt"
    assert [block.kind for block in blocks(text)] == ["body", "body"]


@given(text=PUZZLES)
def test_what_is_known_at_once_is_what_the_rules_say(text):
    with patch.object(boundaries, "_at_once", return_value=None):
        by_rules = news(text)
        with patch.object(boundaries, "RULES_OF_STOPS", RULES):
            assert news(text) == by_rules
    assert news(text) == by_rules


def test_every_rule_says_what_it_is_for():
    assert all(rule.__doc__ for rule in RULES)
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


def test_no_abbreviation_is_of_two_kinds():
    kinds = (
        abbreviations.TITLES,
        abbreviations.INNER,
        abbreviations.BEFORE_NUMBER,
        abbreviations.MONTHS,
        abbreviations.STATES,
        abbreviations.OFTEN_INNER,
        abbreviations.HOURS,
    )
    assert sum(map(len, kinds)) == len(abbreviations.ABBREVIATIONS)
