"""Whole articles marked by hand in a real browser, and read back to the character."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from studio_pages import MARKS
from studio_strategies import DEFAULT

from annotate.labelstudio.config import instructions_html, label_config
from annotate.labelstudio.convert import export_tasks
from annotate.labelstudio.results import Answer, read_result
from annotate.records import Marked, Prediction, Relation, Span
from annotate.segments import load_segmenter
from annotate.settings import UnitSettings
from annotate.tasks import build_tasks
from strategies import document

pytestmark = MARKS

UNITS = UnitSettings(of="article", spans=True)

# Before every marked word stands something that a wrong unit of offsets would stumble over: an
# emoji of several characters, a tab, a line break, an accent that stays apart, right-to-left text.
TEXT = (
    "The board 👩‍👩‍👧 said in\tMay that no home had been dry.\n\n"
    "“That figure is q\u0323uite invented,” its director told the שלום עולם agency.  Who asked?\n"
    "He denied it."
)
ARTICLE = document(TEXT, title="Board: no leak")
LONG = document("\n\n".join(["It rains in the north, and the river rises. " * 9] * 9), title="Rain")
PRELABELLED = document(f"{TEXT} It rains.", title="Board: a pre-label")
QUOTES = (
    ("source", "The board 👩‍👩‍👧"),
    ("cue", "said"),
    ("content", "no home had been dry"),
    ("content", "q\u0323uite invented"),
    ("cue", "told the שלום עולם"),
    ("cue", "denied"),
    ("target", "it."),
)
KEYS = {"source": "s", "cue": "e", "content": "o", "target": "t"}
SPANS = tuple(
    Span(start=TEXT.index(quote), end=TEXT.index(quote) + len(quote), label=label)
    for label, quote in QUOTES
)
RELATIONS = (
    Relation(label="signals", head=1, tail=2),
    Relation(label="said_by", head=2, tail=0),
    Relation(label="repeats", head=3, tail=2),
    Relation(label="denies", head=5, tail=None),
)
MARKED = Marked(spans=SPANS, relations=RELATIONS)

# Where the first and the last letter of a quotation stand on the screen.
PLACE = """(quote) => {
  const walker = document.createTreeWalker(
    document.querySelector('.annotate-text'), NodeFilter.SHOW_TEXT)
  let node
  while ((node = walker.nextNode())) {
    const at = node.data.indexOf(quote)
    if (at < 0) continue
    const range = document.createRange()
    range.setStart(node, at)
    range.setEnd(node, at + quote.length)
    const boxes = [...range.getClientRects()]
    const [first, last] = [boxes[0], boxes[boxes.length - 1]]
    return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2]
  }
}"""


@pytest.fixture
def project(studio):
    """Number of a project of three articles, the last of them with a pre-label."""
    segment = load_segmenter("news", language="en")
    documents = [ARTICLE, LONG, PRELABELLED]
    tasks = [
        task
        for each in documents
        for task in build_tasks(each, segment=segment, of="article", titles=False)
    ]
    last = tasks[-1]
    prediction = Prediction(
        **last.model_dump(include={"id", "document_id", "part", "start", "end", "text"}),
        **dict(MARKED), label="denial", model="rules-1",
    )  # fmt: skip
    number = studio.create_project(
        "Marking",
        label_config(DEFAULT, units=UNITS),
        instructions_html(DEFAULT, units=UNITS),
        description="",
    )
    studio.import_tasks(
        number,
        export_tasks(tasks, documents, predictions=[prediction], scheme=DEFAULT, units=UNITS),
    )
    yield number
    studio.delete_project(number)


@pytest.fixture
def marking(page, studio, studio_server, project):
    """Opens the page on which a document is marked."""

    def opened(wanted):
        numbers = {data["headline"]: number for number, data in studio.tasks(project)}
        page.goto(f"{studio_server.url}/projects/{project}/data?task={numbers[wanted.title]}")
        page.locator(".annotate-text").wait_for(timeout=60_000)
        page.get_by_role("button", name="Submit").first.wait_for()
        page.wait_for_load_state("networkidle")  # what still arrives draws the page once more
        return page

    return opened


def mark(page, label, quote):
    """Choose a label by its key and draw over a quotation with the mouse."""
    from playwright.sync_api import TimeoutError as TooLate

    before = page.locator(".htx-highlight").count()
    page.keyboard.press(KEYS[label])
    drawn = page.locator(".htx-highlight").nth(before)
    for _ in range(3):  # a busy page takes the label only after the first mouse movements
        left, top, right, bottom = page.evaluate(PLACE, quote)
        page.mouse.move(left + 1, top)
        page.mouse.down()
        page.mouse.move(right - 1, bottom, steps=4)
        page.mouse.up()
        with suppress(TooLate):
            return drawn.wait_for(timeout=10_000)
    return drawn.wait_for()


def span_of(page, quote):
    return page.locator(".htx-highlight").filter(has_text=quote).first


def connect(page, head, tail, name=None):
    """Draw an arrow from one marked quotation to another, and give it a name."""
    span_of(page, head).click()
    page.keyboard.press("Alt+r")
    span_of(page, tail).click()
    page.get_by_text("Relations", exact=True).first.click()
    arrow = page.locator(".lsf-relations__item").last
    if name:
        arrow.hover()
        arrow.get_by_label("Show Relation Labels").click()
        arrow.locator(".lsf-relation-meta button").click()
        page.get_by_role("option", name=name).click()
        page.keyboard.press("Escape")


def submit(page):
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ) as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status == 201


def made_of(studio, project, wanted):
    """The annotations that the server holds of a document."""
    exported = studio.export(project)
    return next(t["annotations"] for t in exported if t["data"]["headline"] == wanted.title)


def read(made, wanted):
    return read_result(made["result"], scheme=DEFAULT, length=len(wanted.text))


def picture(page, name):
    if folder := os.environ.get("ANNOTATE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"marking_page_{name}.png")


def test_what_is_drawn_is_what_is_read(marking, studio, project):
    page = marking(ARTICLE)
    for label, quote in QUOTES:
        mark(page, label, quote)
    quotes = [quote for _, quote in QUOTES]
    connect(page, quotes[1], quotes[2], "signals")
    connect(page, quotes[2], quotes[0])  # without a name: between these it can only be said_by
    connect(page, quotes[3], quotes[2], "repeats")
    outward = page.locator(".annotate-unresolved")
    span_of(page, quotes[0]).click()
    assert not outward.is_visible()
    span_of(page, quotes[5]).click()
    outward.wait_for()
    page.keyboard.press("d")
    page.wait_for_function("document.querySelectorAll('.annotate-unresolved :checked').length == 1")
    picture(page, "wide")
    submit(page)
    (made,) = made_of(studio, project, ARTICLE)
    found = read(made, ARTICLE).marked
    assert [(s.label, TEXT[s.start : s.end]) for s in found.spans] == list(QUOTES)
    assert found == MARKED
    assert page.broken == []


def test_a_pre_label_is_shown_and_submitted_as_it_was_sent(marking, studio, project):
    page = marking(PRELABELLED)
    for _, quote in QUOTES:
        span_of(page, quote).wait_for()
    submit(page)
    (made,) = made_of(studio, project, PRELABELLED)
    assert made["parent_prediction"] is not None
    assert read(made, PRELABELLED) == Answer(None, MARKED)


def test_an_article_without_spans_is_submitted_by_saying_so(marking, studio, project):
    page = marking(LONG)
    page.keyboard.press("Control+Enter")
    assert page.get_by_role("button", name="Submit").first.is_disabled()
    page.keyboard.press("n")
    page.wait_for_function("document.querySelectorAll('.annotate-nothing :checked').length == 1")
    submit(page)
    (made,) = made_of(studio, project, LONG)
    assert read(made, LONG) == Answer(None)
    assert made_of(studio, project, ARTICLE) == []


def test_nothing_to_mark_is_not_offered_beside_spans(marking):
    page = marking(ARTICLE)
    nothing = page.locator(".annotate-nothing")
    assert nothing.is_visible()
    mark(page, "cue", "denied")
    assert not nothing.is_visible()
    page.keyboard.press("n")  # a contradiction, which must be seen to be put right
    nothing.wait_for()


@pytest.mark.parametrize("width", [1400, 900])
def test_a_long_article_is_read_with_everything_at_hand(page, marking, width):
    page.set_viewport_size({"width": width, "height": 800})
    marking(LONG)
    letters = page.wait_for_function(
        "parseFloat(getComputedStyle(document.querySelector("
        "'.annotate-text .lsf-richtext__line')).fontSize) || null"
    ).json_value()
    column = page.locator(".annotate-text").bounding_box()["width"]
    assert letters >= 17
    assert 20 < column / letters < 45  # ems; a letter is about half an em wide
    page.locator(".annotate-flags").scroll_into_view_if_needed()
    labels = page.locator(".annotate-spans").bounding_box()
    assert 0 < labels["y"] < 150
    for tab in ("Regions", "Relations"):
        place = page.get_by_text(tab, exact=True).first.bounding_box()
        assert place["y"] + place["height"] <= 800
    picture(page, f"{width}")
