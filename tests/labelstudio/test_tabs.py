"""Which tabs tasks want, and what a tab is known by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.labelstudio.tabs import Tab, tabs_of

NAMES = st.text(st.characters(exclude_characters="|"), min_size=1)


def sent(batch=0, people=""):
    data = {"annotate_batch": str(batch)} if batch else {}
    return {"data": {**data, **({"annotate_for": people} if people else {})}}


@given(st.integers(0, 99), NAMES | st.just(""))
def test_a_tab_is_known_by_its_mark(batch, person):
    tab = Tab(batch, person)
    assert Tab.of(tab.mark) == tab


@pytest.mark.parametrize("person", ["2", "suggested 2", "|", "x|y"])
def test_a_mark_that_people_wrote_is_no_batch(person):
    assert Tab.of(person).batch == 0


@pytest.mark.parametrize(
    ("tab", "title", "asks"),
    [
        (Tab(2), "suggested 2", ["2"]),
        (Tab(person="ann"), "for ann", ["|ann|"]),
        (Tab(2, "ann"), "suggested 2 for ann", ["2", "|ann|"]),
    ],
)
def test_its_title_and_filters_say_what_is_in_it(tab, title, asks):
    assert tab.title == title
    assert [each["value"] for each in tab.filters] == asks


def test_only_the_newest_batch_has_a_tab_and_so_has_everybody_in_it():
    assert tabs_of([sent(), sent()]) == ()
    assert tabs_of([sent(9), sent(10), sent()]) == (Tab(10),)
    found = tabs_of([sent(1, "|ann|"), sent(2, "|ann|ben|"), sent(2), sent(people="|zoe|")])
    assert found == (
        Tab(person="ann"), Tab(person="ben"), Tab(person="zoe"),
        Tab(2), Tab(2, "ann"), Tab(2, "ben"),
    )  # fmt: skip
