"""Tables for notebooks: what `_repr_html_` of results is made of."""

from collections.abc import Iterable, Sequence
from html import escape

_LEFT = ' style="text-align:left"'


def html_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as HTML; numbers stand to the right and have two digits, all else is text.

    Args:
        heads: names of the columns.
        rows: one value a column each; None is an empty cell.
    """
    head = "".join(f"<th{_LEFT}>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, float):
        return f"<td>{value:.2f}</td>"
    if isinstance(value, int):
        return f"<td>{value:,}</td>"
    return f"<td{_LEFT}>{escape(str(value))}</td>"
