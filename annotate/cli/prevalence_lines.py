"""Shares of labels as lines of a terminal."""

from collections.abc import Iterator

from annotate.cli.output import note, table
from annotate.prevalence import CellShares, Prevalence
from annotate.workflows.prevalence import SharesMade

_MOST_CELLS = 30
_MARK = "*"


def lines_of(made: SharesMade) -> Iterator[str]:
    """The table, all cells together first, and where the whole of it is."""
    found = made.shares
    shown = (found.total, *found.cells[:_MOST_CELLS])
    yield ""
    yield f"share of sentences by {', '.join(found.by)}, corrected by the audit:"
    yield from table([_HEAD, *(row for cell in shown for row in _rows(cell, found))])
    if (more := len(found.cells) - _MOST_CELLS) > 0:
        yield f"  and {more:,} more"
    if found.pooled:
        yield f"  {_MARK} too few audited there"
    yield f"written to {made.path} and {made.path.name.removesuffix('.json')}.csv"


def say_notes(made: SharesMade) -> None:
    """Say what is to be known of the shares."""
    for line in made.notes:
        note(line)


_HEAD = ("", "label", "counted", "corrected", "95 % interval", "sentences", "audited")


def _rows(cell: CellShares, found: Prevalence) -> Iterator[tuple[str, ...]]:
    for place, share in enumerate(cell.shares):
        corrected, low, high = share.shown
        mark = _MARK if cell.pooled and cell is not found.total else ""
        first = place == 0
        yield (
            f"{cell.name}{mark}" if first else "",
            share.label,
            f"{share.counted:.1%}",
            f"{corrected:.1%}",
            f"{low:.1%} to {high:.1%}",
            f"{cell.sentences:,}".rjust(len(_HEAD[-2])) if first else "",
            f"{cell.audited:,}".rjust(len(_HEAD[-1])) if first else "",
        )
