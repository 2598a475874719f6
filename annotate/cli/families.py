"""Families: which articles are the same story text, and why."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, PREPARE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, progress, show, table

if TYPE_CHECKING:
    from annotate.families import Explained, Families

commands = typer.Typer()

_MOST_SHOWN = 20
"""Families and passages that are listed; of the others the number is said."""
_LONGEST = 160
"""Characters of a passage that are shown."""


@commands.command(rich_help_panel=PREPARE)
def families(
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--explain",
            metavar="A B",
            help="Two documents, by id or key: what they share, and why they are linked or not.",
            show_default=False,
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Find articles that are the same story: copies, cut copies, updates; families.toml corrects.

    A family is never divided between training and test. To correct what was found, write
    families.toml: join = [["A", "B"]] or part = [["A", "B"]], with ids or keys of documents.
    """
    from annotate.workflows.families import explain_pair, make_families

    place = open_workspace(workspace)
    if explain:
        with progress("Reading articles") as advance:
            shared = explain_pair(place, *explain, advance)
        show(_explained(shared), _explained_data(shared), as_json=as_json)
        return
    with progress("Reading articles") as advance:
        found = make_families(place, advance)
    data = {
        "documents": found.documents,
        "families": [family.model_dump(mode="json") for family in found.families],
        "large": [family.id for family in found.large],
        "cut": [link.model_dump(mode="json") for link in found.cut],
    }
    show(_listed(found), data, as_json=as_json)


def _listed(found: "Families") -> Iterator[str]:
    """The families, a line each, and what should be looked at."""
    inside = len(found.name_of)
    yield (
        f"{counted(len(found.families), 'family', 'families')} of {counted(inside, 'document')}; "
        f"{found.documents - inside:,} stand alone. Next: annotate tasks"
    )
    shown = found.families[:_MOST_SHOWN]
    if shown:
        yield from table((family.id, f"{len(family.documents):,}") for family in shown)
    if len(found.families) > len(shown):
        yield f"  and {len(found.families) - len(shown):,} more; --json lists all"
    for family in found.large:
        share = len(family.documents) / found.documents
        yield (
            f"Look at {family.id}: {counted(len(family.documents), 'document')}, {share:.0%} of "
            f"all. {_bridges(family.bridges)}"
        )
    if found.cut:
        yield f"{counted(len(found.cut), 'link')} left out: families.toml parts what they join"


def _bridges(names: tuple[str, ...]) -> str:
    if not names:
        return "No single document holds it together."
    return f"It would fall apart without {', '.join(names)}."


def _explained(found: "Explained") -> Iterator[str]:
    """Numbers and passages that two documents share."""
    yield f"{found.verdict}: {found.reason}"
    seen = found.evidence
    rows = [
        (f"of {found.first.id} in the other", f"{seen.first_in_second:.0%}"),
        (f"of {found.second.id} in the other", f"{seen.second_in_first:.0%}"),
        ("in both, of all", f"{seen.similarity:.0%}"),
        ("outside quotations", _share(seen.outside_quotations)),
        ("words of long shared quotations", f"{seen.quoted_words:,}"),
        ("titles alike", _share(seen.title_similarity)),
        ("days apart", "–" if seen.days_apart is None else f"{seen.days_apart:.1f}"),
    ]
    yield from table(rows)
    for passage in found.passages[:_MOST_SHOWN]:
        text = " ".join(passage.text.split())
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        places = (
            f"{passage.first_start}-{passage.first_end} and "
            f"{passage.second_start}-{passage.second_end}"
        )
        yield f"{counted(passage.words, 'word')} at {places}: {text}"
    rest = len(found.passages) - _MOST_SHOWN
    if rest > 0:
        yield f"and {counted(rest, 'shorter passage')}; --json lists all"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _explained_data(found: "Explained") -> dict[str, object]:
    return {
        "first": found.first.id,
        "second": found.second.id,
        "verdict": found.verdict,
        "reason": found.reason,
        "family": found.family,
        "evidence": found.evidence.model_dump(mode="json"),
        "passages": [asdict(passage) for passage in found.passages],
    }
