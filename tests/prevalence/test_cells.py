"""The fields by which shares are given."""

import pytest

from annotate.errors import CellFieldError
from annotate.prevalence import FIELDS, cell_of, parse_fields


def test_values_of_all_fields():
    # 30 December 2024 is the Monday of the first ISO week of 2025.
    cell = cell_of(tuple(FIELDS), outlet="Post", part="body", day="2024-12-30")
    assert dict(zip(FIELDS, cell, strict=True)) == {
        "outlet": "Post", "year": "2024", "month": "2024-12", "week": "2025-W01",
        "day": "2024-12-30", "part": "body",
    }  # fmt: skip


def test_what_an_article_does_not_say_is_none():
    fields = ("outlet", "year", "month", "week", "day")
    assert cell_of(fields, outlet=None, part="title", day=None) == (None,) * 5
    assert cell_of(("outlet",), outlet="", part="title", day=None) == (None,)


def test_names_of_fields():
    assert parse_fields("outlet, month") == ("outlet", "month")
    for text in ("outlt", "outlet,", "", "outlet;month"):
        with pytest.raises(CellFieldError, match="there is no field"):
            parse_fields(text)
    with pytest.raises(CellFieldError, match="names 'month' twice"):
        parse_fields("month,outlet,month")
