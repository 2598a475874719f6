"""The report in a real browser: nothing hostile runs, nothing is loaded, the filter works."""

import shutil

import pytest
from stand_ins import LABELS, told

from annotate.evaluation import write_report
from hostile import HOSTILE, hostile_evaluation, studied

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOWN = "[...document.querySelectorAll('.error')].filter((e) => e.checkVisibility()).length"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser, tmp_path):
    pages = []

    def visit(evaluation, **options):
        write_report(tmp_path / "report", evaluation, notes=HOSTILE)
        page = browser.new_page(**options)
        pages.append(page)
        page.heard, page.loaded = [], []
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on("dialog", lambda dialog: (page.heard.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.loaded.append(request.url))
        page.goto((tmp_path / "report" / "index.html").as_uri())
        return page

    yield visit
    for page in pages:
        page.close()


def test_nothing_hostile_runs_and_nothing_is_loaded(visit):
    page = visit(studied(hostile_evaluation()))
    assert page.heard == []
    assert len(page.loaded) == 1
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.images.length") == 0
    for number, bad in enumerate(HOSTILE):
        assert f"{bad} text {number}" in page.evaluate("document.body.textContent")


def test_policy_stops_a_script_that_got_in_all_the_same(visit):
    page = visit(told())
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s)"
    )
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in page.heard[0]


def test_filter_shows_what_was_asked_for(visit):
    # 60 of one kind, of which 50 in all are shown at first, and 1 of another.
    page = visit(told([("claim", "denial")] * 60 + [("neither", "claim"), ("neither", "neither")]))
    assert page.evaluate(SHOWN) == 50
    assert page.inner_text("output") == "61 errors, 50 of them shown"
    page.click("#more")
    assert page.evaluate(SHOWN) == 61
    assert not page.is_visible("#more")
    page.select_option("select[name=gold]", "neither")
    assert page.evaluate(SHOWN) == 1
    assert page.inner_text("output") == "1 of 61 errors fit"
    page.click("button[type=reset]")
    page.wait_for_function(f"{SHOWN} === 50")
    page.fill("input[type=search]", "SENTENCE 55")  # was not shown
    assert page.evaluate(SHOWN) == 1
    page.click(".confusion a >> nth=0")  # leads to errors that the filter hides
    page.wait_for_function(f"{SHOWN} === 50")
    assert page.evaluate("document.activeElement.id") == "errors-1"
    assert page.inner_text("output") == "60 of 61 errors fit, 50 of them shown"
    assert page.heard == []


def test_table_is_sorted_by_its_headings_with_the_keyboard(visit):
    page = visit(told([("neither", "claim"), ("claim", "denial"), ("claim", "denial")]))
    first = "document.querySelector('.error .gold').textContent.trim()"
    assert page.evaluate(first) == "claim"  # the most frequent kind comes first
    heading = page.locator("th[data-sort=gold]")
    assert heading.get_attribute("aria-sort") is None
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert (heading.get_attribute("aria-sort"), page.evaluate(first)) == ("ascending", "claim")
    page.keyboard.press("Enter")
    assert (heading.get_attribute("aria-sort"), page.evaluate(first)) == ("descending", "neither")
    page.locator("th[data-sort=text] button").click()
    assert heading.get_attribute("aria-sort") is None
    assert page.evaluate(first) == "neither"  # "Sentence 0."
    assert page.heard == []


def test_everything_of_use_is_reached_by_the_tab_key_and_named(visit):
    page = visit(studied(told([("claim", "denial")] * 6 + [("denial", "denial")] * 6)))
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(e => [e.tagName, e.id || e.name || e.textContent.trim().slice(0, 20),"
                " (e.ariaLabel || e.labels?.[0]?.textContent || e.textContent"
                " || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent"
                " || '').trim() !== ''])(document.activeElement)"
            )
        )
    assert all(named for tag, _, named in seen if tag != "BODY")
    reached = {(tag, name) for tag, name, _ in seen}
    assert {("SELECT", "gold"), ("INPUT", "words"), ("BUTTON", "Labelled")} <= reached
    assert any(tag == "SUMMARY" for tag, _ in reached)


def test_page_is_whole_without_javascript(visit):
    page = visit(told([("claim", "denial")] * 60), java_script_enabled=False)
    assert not page.is_visible("form")
    assert not page.is_visible("#more")
    assert page.locator(".error >> visible=true").count() == 60


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1920])
def test_page_never_scrolls_sideways(visit, width):
    labels = (*LABELS, "a-label-of-a-single-very-long-word-that-cannot-be-broken-anywhere")
    page = visit(
        studied(
            told([(labels[3], labels[n % 3]) for n in range(9)], labels=labels, outlet="O" * 90)
        ),
        viewport={"width": width, "height": 900},
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
