"""What stands before the text: YAML between two lines of hyphens, or lines of ``key: value``."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from annotate.documents.article import UnusableError
from annotate.documents.fieldnames import KNOWN_NAMES, FieldNames
from annotate.text import Normalised

_HEADER = re.compile(r"([A-Za-z][A-Za-z_-]{1,20}):[ \t]*(.*)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_HEADER_NAMES = frozenset(
    ["title", "headline", "outlet", "source", "url", "date", "published", "byline", "author", "id",
     "family", "language"]
)  # fmt: skip
"""Names of which a line before the text may be; more of them would be taken for those of a text."""
_HEADERS = {name: ours for ours in KNOWN_NAMES for name in _HEADER_NAMES & {*KNOWN_NAMES[ours]}}
_FENCE = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_KEY = re.compile(r"\s*[A-Za-z_][\w -]{0,40}:(?:\s|$)")
_MOST_CHARACTERS = 64 * 2**10
"""Longest front matter that is parsed."""


def split_front_matter(text: Normalised, names: FieldNames) -> tuple[dict[str, str], Normalised]:
    """The fields that stand before the text, by our names, and the text without them.

    Raises:
        UnusableError: they are meant to be YAML and are none.
    """
    if found := _FENCE.match(text.text[:_MOST_CHARACTERS]):
        fields = _yaml_fields(found[1], names)
        if fields is not None:
            return fields, text.cut(found.end(), len(text.text))
    fields, end = _headers(text.text)
    return fields, text.cut(end, len(text.text)) if end else text


def _yaml_fields(text: str, names: FieldNames) -> dict[str, str] | None:
    """The fields of YAML; None where it is no mapping, and so no front matter."""
    import yaml

    try:
        row = yaml.safe_load(text)
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
        OverflowError,
        TypeError,
        AttributeError,
    ) as e:
        if _KEY.match(text):  # else two rules with text between them
            raise UnusableError(_not_yaml(e)) from None
        return None
    if not isinstance(row, dict) or not all(isinstance(key, str) for key in row):
        return None
    found: dict[str, str] = {}
    for ours, candidates in names.among(row).items():
        if ours != "text" and (value := _first_said(row, candidates)):
            found[ours] = value
    return found


def _not_yaml(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f", line {mark.line + 2} of the file" if mark else ""
    return f"has front matter that is no valid YAML{line}; often a value with a colon lacks quotes"


def _first_said(row: Mapping[str, Any], candidates: tuple[str, ...]) -> str | None:
    return next((said for name in candidates if (said := _said(row.get(name)))), None)


def _said(value: object) -> str | None:
    """A value or a list of values in words; what is nested deeper says nothing."""
    if isinstance(value, list):
        parts = [part for entry in value if not isinstance(entry, list) and (part := _said(entry))]
        return ", ".join(parts) or None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def _headers(text: str) -> tuple[dict[str, str], int]:
    """The fields of the lines before the first blank one, and where the text goes on."""
    blank = _BLANK_LINE.search(text)
    if blank is None:
        return {}, 0
    fields: dict[str, str] = {}
    for line in text[: blank.start()].strip().splitlines():
        match = _HEADER.fullmatch(line.strip())
        if match is None or match[1].lower() not in _HEADERS:
            return {}, 0
        fields.setdefault(_HEADERS[match[1].lower()], match[2].strip())
    return fields, blank.end()
