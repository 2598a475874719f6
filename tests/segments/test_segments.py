import pytest
from hypothesis import given

from annotate.errors import SegmenterError
from annotate.segments import Segment, load_segmenter
from annotate.segments.blocks import blocks
from strategies import TEXTS

news = load_segmenter("news", language="en")
rules = load_segmenter("spacy:blank", language="en")


def sentences(text, segment=news):
    return [text[found.start : found.end] for found in segment(text)]


@pytest.mark.parametrize("segment", [news, rules], ids=["news", "spacy:blank"])
@given(text=TEXTS)
def test_segments_cover_every_letter_once_and_in_order(segment, text):
    found = segment(text)
    assert all(isinstance(entry, Segment) for entry in found)
    end = 0
    for entry in found:
        assert entry.start >= end
        assert not text[end : entry.start].strip()
        assert text[entry.start : entry.end] == text[entry.start : entry.end].strip() != ""
        end = entry.end
    assert not text[end:].strip()


def test_a_quotation_of_several_sentences_is_divided_inside():
    text = "“There was no call. It is fiction,” he said. “We deny it.” Nobody else spoke."
    assert sentences(text) == [
        "“There was no call.",
        "It is fiction,” he said.",
        "“We deny it.”",
        "Nobody else spoke.",
    ]


def test_an_attribution_stays_with_the_question_before_it():
    text = '"Did he call?" she asked. "Never!" said Mr. Rust of the U.S. Treasury.'
    assert sentences(text) == [
        '"Did he call?" she asked.',
        '"Never!" said Mr. Rust of the U.S. Treasury.',
    ]


def test_a_named_attribution_after_a_question_stays_with_it():
    text = "“Who counted them?” Dr Renshaw asked. “Nobody did!” The minister said nothing."
    assert sentences(text) == [
        "“Who counted them?” Dr Renshaw asked.",
        "“Nobody did!”",
        "The minister said nothing.",
    ]


def test_no_is_a_word_unless_a_number_follows():
    assert sentences("She said no. “Never,” she said. The No. 5 bus and no. 6 came.") == [
        "She said no.",
        "“Never,” she said.",
        "The No. 5 bus and no. 6 came.",
    ]


def test_the_commission_form_ends_without_a_full_stop():
    text = "The first sentence.\n\n(PA Graphics)\n\nThe last one lacks its stop"
    found = news(text)
    assert [entry.kind for entry in found] == ["body", "credit", "body"]
    assert sentences(text)[-1] == "The last one lacks its stop"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("(PA Graphics)", "credit"),
        ("(Northline/J. Adeyemi-Holt)", "credit"),
        ("(Northline; Gazette)", "credit"),
        ("File photo", "credit"),
        ("Photo: Ø. Lantos/Tern Pictures", "credit"),
        ("NORTHLINE/Jo Lund", "credit"),
        ("(He did not say why.)", "body"),
        ("File photo: Bathers at the lido in August 2024", "caption"),
        ("Pictured: the mayor", "caption"),
        ("By Maren Oduya", "byline"),
        ("By noon the river had risen.", "body"),
        ("The photo shows the bridge.", "body"),
    ],
)
def test_what_a_line_is_by_its_form(line, kind):
    text = f"The council met on Monday.\n{line}\nIt closed at nine."
    assert [block.kind for block in blocks(text)][1] == kind


def test_a_caption_parts_from_its_credit():
    text = "The story.\n\nCars waiting at the port. (Northline/J. Lund)"
    assert [(text[b.start : b.end], b.kind) for b in blocks(text)][1:] == [
        ("Cars waiting at the port.", "caption"),
        ("(Northline/J. Lund)", "credit"),
    ]


def test_a_first_line_without_a_full_stop_is_the_headline():
    assert [b.kind for b in blocks("Minister denies call\n\nHe said so.")] == ["headline", "body"]
    assert [b.kind for b in blocks("A text of a single line")] == ["body"]


@pytest.mark.parametrize("name", ["nltk", "spacy:no_such_pipeline"])
def test_an_unknown_segmenter_is_refused(name):
    with pytest.raises(SegmenterError, match=r"annotate\.toml"):
        load_segmenter(name, language="en")


def test_an_unknown_language_is_refused():
    with pytest.raises(SegmenterError, match="language 'zz'"):
        load_segmenter("spacy:blank", language="zz")


def test_spacy_serves_other_languages():
    german = load_segmenter("spacy:blank", language="de")
    assert sentences("Der Minister schwieg. Er ging!", german) == [
        "Der Minister schwieg.",
        "Er ging!",
    ]
