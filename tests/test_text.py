import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from annotate.text import Normalised, normalise

ODD_TEXT = st.text(
    st.one_of(
        st.sampled_from(
            list("ab .\r\n\t\x00\x0b\x0c\ufeff\u0301\u0327e\u1100\u1161\u11a8\u212b😀")
        ),
        st.characters(),
        st.characters(categories=["Cs", "Mn", "Mc", "Lo"]),
    )
)


def clean(text):
    for old in ("\r\n", "\r", "\x0b", "\x0c"):
        text = text.replace(old, "\n")
    kept = (
        c for c in text
        if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c != "\ufeff")
    )  # fmt: skip
    return unicodedata.normalize("NFC", "".join(kept))


@given(ODD_TEXT)
@example("e\ufeff\u0301")
@example("\r\r\n\n")
def test_piecewise_normalising_equals_normalising_the_whole(text):
    assert normalise(text).text == clean(text)


@given(ODD_TEXT)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text).text
    assert normalise(once) == Normalised(once)


@given(ODD_TEXT, st.integers(0, 60), st.integers(0, 60))
def test_what_was_not_touched_is_found_again_in_the_original(text, a, b):
    found = normalise(text).strip()
    start, end = sorted((min(a, len(found.text)), min(b, len(found.text))))
    cut = found.cut(start, end)
    assert cut.text == found.text[start:end]
    for offset, character in enumerate(cut.text):
        there = cut.to_original(offset)
        if character.isascii() and character.isalnum():
            assert (
                text[there] == character or unicodedata.normalize("NFC", text[there]) == character
            )
            assert cut.from_original(there) == offset


# "ca" + "fe" with a combining accent + CRLF + "ok": the accent joins (1 shorter), CRLF too.
# here:     c a f é \n o k        there: c a f e ´ \r \n o k
def test_offset_map_by_hand():
    found = normalise("cafe\u0301\r\nok")
    assert found == Normalised("caf\u00e9\nok", ((4, 5), (5, 7)))
    assert [found.to_original(at) for at in range(8)] == [0, 1, 2, 3, 5, 7, 8, 9][:8]
    assert [found.from_original(at) for at in range(10)] == [0, 1, 2, 3, 4, 4, 5, 5, 6, 7]


def test_text_in_order_has_no_map():
    assert normalise("“Zoë” – 😀\n").offset_map == ()
