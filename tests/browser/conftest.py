"""A real browser, and a page of it whose user has logged in to Label Studio."""

from urllib.parse import urlsplit

import pytest
from studio_pages import CHROMIUM

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def page(browser, studio_server):
    """A page of a user who logged in by hand, as it were; ``asked`` lists the hosts it spoke to."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.asked, page.broken = set(), []
    page.on("request", lambda request: page.asked.add(urlsplit(request.url)[:2]))
    page.on("pageerror", lambda error: page.broken.append(str(error)))
    page.goto(f"{studio_server.url}/user/login/")
    page.fill("input[name=email]", studio_server.email)
    page.fill("input[name=password]", studio_server.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/user/login" not in address)
    yield page
    page.close()
