"""What the tests of labelling pages share: when they run, and how to find things on a page."""

import os
import shutil
from importlib.util import find_spec

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")

# Said before the server is started for nothing.
MARKS = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium on the PATH, and CHROMIUM does not name one"
    ),
]


def ready(page, text):
    """Wait until the labelling page of a task is there; returns the page."""
    shown(page, text).wait_for(timeout=60_000)
    page.get_by_role("button", name="Submit").first.wait_for()
    return page


def shown(page, text):
    """Where a text stands on the labelling page itself, not in a list of tasks beside it."""
    return page.locator(".annotate-page").get_by_text(text, exact=True)
