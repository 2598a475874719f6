"""The labelling page in a real browser, from log-in to the annotation on the server."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from studio_pages import MARKS, ready, shown

from annotate.labelstudio.config import instructions_html, label_config
from annotate.resources import resource
from annotate.scheme import Scheme

pytestmark = MARKS

TASK = {
    "annotate_id": "document:body:0-10",
    "headline": "Council rejects report that bridge money is missing",
    "outlet": "The Northern Post",
    "published": "2024-05-01",
    "before": "The auditor published her report on Monday. It covers four years of spending.",
    "text": "The mayor said that “not a single euro” of the repair fund had gone elsewhere.",
    "after": "A second audit is expected in June.",
}
BARE = {**TASK, "annotate_id": "document:body:20-30"} | dict.fromkeys(
    ("headline", "outlet", "published", "before", "after"), ""
)
PARAGRAPHS = {
    **TASK,
    "annotate_id": "document:body:40-50",
    "before": "The auditor published her report on Monday.\n\nIt covers four years of spending.",
}
CHOSEN = ".annotate-label input:checked"


@pytest.fixture
def project(studio):
    scheme = Scheme.load(resource("schemas/labels.yaml"))
    number = studio.create_project(
        "Page", label_config(scheme), instructions_html(scheme), description="", overlap=1
    )
    studio.import_tasks(number, [{"data": TASK}, {"data": BARE}, {"data": PARAGRAPHS}])
    yield number
    studio.delete_project(number)


@pytest.fixture
def labelling(page, studio_server, project):
    """The page on which people label one task after the other."""
    page.goto(f"{studio_server.url}/projects/{project}/data?labeling=1")
    return ready(page, TASK["text"])


def font_size(page, text):
    """Computed size of the letters of a text, in pixels."""
    return shown(page, text).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")


def choice_of(studio, project, data):
    """The labels that the server holds for a task."""
    for task in studio.export(project):
        if task["data"]["annotate_id"] == data["annotate_id"]:
            results = [part for made in task["annotations"] for part in made["result"]]
            return [part["value"]["choices"] for part in results if part["from_name"] == "label"]
    return None


def test_the_sentence_stands_out_among_its_context(labelling, studio_server):
    page = labelling
    for field in ("before", "text", "after", "headline", "outlet", "published"):
        assert shown(page, TASK[field]).is_visible(), field
    largest = max(font_size(page, TASK[field]) for field in ("before", "after"))
    assert font_size(page, TASK["text"]) >= 1.3 * largest
    if folder := os.environ.get("ANNOTATE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / "labelling_page.png")
    server = urlsplit(studio_server.url)[:2]
    assert {asked for asked in page.asked if asked[0] not in {"data", "blob"}} == {server}
    assert page.broken == []


def test_what_a_task_lacks_leaves_no_hole(page, studio, studio_server, project):
    numbers = {data["annotate_id"]: number for number, data in studio.tasks(project)}
    number = numbers[BARE["annotate_id"]]
    page.goto(f"{studio_server.url}/projects/{project}/data?task={number}")
    ready(page, BARE["text"])
    assert page.locator(".annotate-context:visible").count() == 0
    assert page.locator(".annotate-head:visible").count() == 0


def test_context_over_two_paragraphs_is_shown_whole(page, studio, studio_server, project):
    numbers = {data["annotate_id"]: number for number, data in studio.tasks(project)}
    number = numbers[PARAGRAPHS["annotate_id"]]
    page.goto(f"{studio_server.url}/projects/{project}/data?task={number}")
    ready(page, PARAGRAPHS["text"])
    for line in PARAGRAPHS["before"].split("\n\n"):
        assert shown(page, line).is_visible()
    assert page.locator(".annotate-context:visible").count() == 2


def test_hotkeys_choose_and_submit(labelling, studio, project):
    page = labelling
    for key, label in (("c", "claim"), ("n", "neither"), ("d", "denial")):
        page.keyboard.press(key)
        page.wait_for_function(f"document.querySelectorAll('{CHOSEN}').length == 1")
        box = page.locator(CHOSEN).locator("xpath=ancestor::label")
        assert box.inner_text() == f"{label}[{key}]"
    if folder := os.environ.get("ANNOTATE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "labelling_page_chosen.png")
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ) as answered:
        page.keyboard.press("Control+Enter")
    assert answered.value.status == 201
    assert choice_of(studio, project, TASK) == [["denial"]]
    assert choice_of(studio, project, BARE) == []


def test_nothing_is_sent_without_a_label(labelling, studio, project):
    page = labelling
    page.keyboard.press("1")  # the first flag
    page.wait_for_function("document.querySelectorAll('.annotate-flags input:checked').length == 1")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Choose a label first.").first.wait_for()
    assert choice_of(studio, project, TASK) == []
