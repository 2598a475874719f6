"""The splits of a workspace's data set: what decides them, and what was there before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from annotate.dataset import read_dataset, read_excluded
from annotate.errors import InputError, SplitError
from annotate.records import Document, Example, Split
from annotate.settings import SplitBy, SplitSettings
from annotate.sidecar import options_in, seed_in
from annotate.splits.division import Division, Side, as_given, by_family, by_side
from annotate.splits.excluded import Reason
from annotate.splits.former import Former
from annotate.splits.remarks import remarks
from annotate.workspace import Workspace

_SPLITS: Final[Mapping[object, Split]] = {
    "train": "train",
    "validation": "validation",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class SplitWish:
    """What is asked of the splits; what is None, the settings say."""

    by: SplitBy | None = None
    before: date | None = None
    outlets: tuple[str, ...] = ()
    allow_single: bool | None = None
    afresh: bool = False
    """Whether the splits of the data set that is there shall play no part."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be divided.

    Attributes:
        examples: the examples; with splits where a file gave them.
        documents: where they come from; none of a file.
        unfit: ids of the examples whose labels may not count in test, with the reason.
    """

    examples: Sequence[Example]
    documents: Sequence[Document] = ()
    unfit: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Divided:
    """A division, what decided it, and what a reader must know of it.

    Attributes:
        division: the examples with their splits, and those set aside.
        by: what decided.
        how: the same in a sentence.
        options: for the sidecar: a later division with other options starts afresh.
        remarks: a line each.
    """

    division: Division
    by: SplitBy
    how: str
    options: Mapping[str, Any]
    remarks: tuple[str, ...]


def settled_wish(settings: SplitSettings, wish: SplitWish, *, given: bool) -> SplitWish:
    """A wish with what the settings say of it.

    Args:
        settings: of the workspace.
        wish: of the command line.
        given: whether the examples come with their splits; then these count, unless another way
            to split was asked for.

    Raises:
        SplitError: by time without a date, or by outlet without outlets.
    """
    by = wish.by or ("given" if given else settings.by)
    before = wish.before or settings.before
    outlets = wish.outlets or settings.outlets
    if by == "time" and before is None:
        msg = "A split by time needs a day: --before 2026-01-01, or `before` under [split]."
        raise SplitError(msg)
    if by == "outlet" and not outlets:
        msg = 'A split by outlet needs outlets to hold out: --outlets "A,B", or `outlets` there.'
        raise SplitError(msg)
    single = settings.allow_single if wish.allow_single is None else wish.allow_single
    return SplitWish(by, before, outlets, single, wish.afresh)


def divide(workspace: Workspace, material: Material, wish: SplitWish, *, seed: int) -> Divided:
    """Divide the examples of a workspace, or of a file, into splits.

    Args:
        workspace: for its settings, and the data set that is there.
        material: what to divide.
        wish: as `settled_wish` gives it.
        seed: of the random draws.

    Raises:
        SplitError: a split would be empty.
    """
    shares = workspace.settings.split.shares
    options = _options(wish)
    former, afresh = _former(workspace, material.documents, options, seed=seed, wish=wish)
    if wish.by == "given":
        division = as_given(
            material.examples, split_of=_given(material.documents), unfit=material.unfit
        )
    elif wish.by == "family":
        division = by_family(
            material.examples, shares=shares, seed=seed, former=former, unfit=material.unfit
        )
    else:
        sides = _by_date(wish) if wish.by == "time" else _by_outlet(wish, material.documents)
        division = by_side(
            material.examples,
            side_of=sides,
            shares=shares,
            seed=seed,
            former=former,
            unfit=material.unfit,
        )
    said = remarks(division, shares=shares, labels=workspace.scheme.label_names)
    return Divided(division, wish.by or "family", _in_words(wish), options, (*afresh, *said))


def _options(wish: SplitWish) -> dict[str, Any]:
    before = {"before": wish.before.isoformat()} if wish.by == "time" and wish.before else {}
    outlets = {"outlets": list(wish.outlets)} if wish.by == "outlet" else {}
    return {"split": wish.by, **before, **outlets}


def _former(
    workspace: Workspace,
    documents: Sequence[Document],
    options: Mapping[str, Any],
    *,
    seed: int,
    wish: SplitWish,
) -> tuple[Former, tuple[str, ...]]:
    """Where everything stood in the data set that is there, and why that plays no part."""
    if not (workspace.dataset / "README.md").is_file():
        return Former(), ()
    before, seed_before = options_in(workspace.dataset), seed_in(workspace.dataset)
    reason = None
    if wish.afresh:
        reason = "as asked"
    elif before.get("split", "family") != options["split"]:
        reason = f"it was by {before.get('split', 'family')} and is by {options['split']}"
    elif any(before.get(name) != value for name, value in options.items() if name != "split"):
        reason = "the date or the outlets are others"
    elif seed_before is not None and seed_before != seed:
        reason = f"the seed was {seed_before} and is {seed}"
    if reason:
        return Former(), (f"Split afresh, {reason}: models trained before may know the test part.",)
    group_of = {document.id: document.group for document in documents}
    found = read_dataset(workspace.dataset)
    return Former.of(found, read_excluded(workspace.dataset), group_of), ()


def _by_date(wish: SplitWish) -> Callable[[Example], Side | Reason]:
    day = wish.before or date.min
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def side_of(example: Example) -> Side | Reason:
        if example.published is None:
            return "undated"
        return "learn" if example.published < start else "test"

    return side_of


def _by_outlet(
    wish: SplitWish, documents: Sequence[Document]
) -> Callable[[Example], Side | Reason]:
    """A text that a held-out outlet and another both carried is on neither side."""
    held_out = frozenset(wish.outlets)
    carried = {
        document.id: frozenset(one.outlet for one in document.sources if one.outlet)
        for document in documents
    }
    known = {name for names in carried.values() for name in names}
    if documents and (strangers := sorted(held_out - known)):
        msg = f"No article is of the outlet {strangers[0]!r}. Write it as the articles do."
        raise SplitError(msg)

    def side_of(example: Example) -> Side | Reason:
        own = frozenset({example.outlet} if example.outlet else ())
        outlets = carried.get(example.document_id or "", own)
        if not outlets:
            return "no outlet"
        if outlets <= held_out:
            return "test"
        return "straddles" if outlets & held_out else "learn"

    return side_of


def _given(documents: Sequence[Document]) -> Callable[[Example], Split | None]:
    """The split that comes with an example, or that its article was imported with."""
    named: dict[str, Split | None] = {}
    for document in documents:
        value = document.metadata.get("split")
        if value is not None and value not in _SPLITS:
            problem = f"document {document.id} has the split {value!r}"
            remedy = f"Use {', '.join(_SPLITS.values())}, and import it again."
            raise InputError(Document.filename, problem, remedy)
        named[document.id] = _SPLITS.get(value)
    return lambda example: named.get(example.document_id or "", example.split)


def _in_words(wish: SplitWish) -> str:
    if wish.by == "time":
        return (
            f"Articles published before {wish.before} (UTC) are to learn from, later ones to test "
            "on; what is to learn from was divided at random."
        )
    if wish.by == "outlet":
        return (
            f"All articles of {', '.join(wish.outlets)} are held out for test; the others were "
            "divided at random."
        )
    if wish.by == "given":
        return "The articles, or the file, came with their splits."
    return "Groups went to the splits at random, except where the stream of their tasks says where."
