"""Relations in Label Studio's ``result`` lists."""

from collections.abc import Iterable, Mapping, Sequence

from annotate.labelstudio.result_items import Item, Misfit, check_known, names_in
from annotate.records import Relation, Span
from annotate.scheme import Scheme


def read_relations(
    arrows: Iterable[Item], unresolved: Iterable[Item], spans: Mapping[str, Span], scheme: Scheme
) -> tuple[Relation, ...]:
    """Relations between spans, or from one to what is not in the text.

    An arrow without a name is the one relation that may lead from such a span to such another.

    Args:
        arrows: items that connect two spans.
        unresolved: answers about a span: relations that lead from it to nothing in the text.
        spans: by the ids that the items call them by, in their final order.
        scheme: what relations there are, and between what.

    Raises:
        Misfit: a relation that is not of the scheme, or of a span that is not there.
    """
    places = {region: number for number, region in enumerate(spans)}
    labels = [span.label for span in spans.values()]
    drawn: list[tuple[str | None, int, int | None]] = [
        (name, _end(item, "id", places), None)
        for item in unresolved
        for name in names_in(item, "choices")
    ]
    for item in arrows:
        drawn += [(name, *ends) for name in _relation_names(item) for ends in _ends(item, places)]
    return tuple(sorted({_relation(*each, labels, scheme) for each in drawn}, key=_order))


def _order(relation: Relation) -> tuple[int, int, str]:
    return relation.head, -1 if relation.tail is None else relation.tail, relation.label


def _end(item: Item, name: str, places: Mapping[str, int]) -> int:
    place = places.get(str(item.get(name)))
    if place is None:
        msg = "a relation points to a span that is not there"
        raise Misfit(msg)
    return place


def _ends(item: Item, places: Mapping[str, int]) -> list[tuple[int, int]]:
    """Where the arrows of an item begin and end: one, or one each way."""
    direction = item.get("direction", "right")
    head, tail = _end(item, "from_id", places), _end(item, "to_id", places)
    ends = {"right": [(head, tail)], "left": [(tail, head)], "bi": [(head, tail), (tail, head)]}
    arrows = ends.get(direction) if isinstance(direction, str) else None
    if arrows is None:
        msg = f"a relation has the direction {direction!r}"
        raise Misfit(msg)
    return arrows


def _relation_names(item: Item) -> list[str | None]:
    """The names of an arrow; None for one that was drawn and given no name."""
    names = item.get("labels")
    if names is None or names == []:
        return [None]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"a relation has the names {names!r}"
        raise Misfit(msg)
    return [*names]


def _relation(
    name: str | None, head: int, tail: int | None, labels: Sequence[str], scheme: Scheme
) -> Relation:
    """A relation that the scheme has between such spans; without a name, the only one it has."""
    known = scheme.fitting(labels[head], None if tail is None else labels[tail])
    where = f"from {labels[head]!r} to {'nothing' if tail is None else repr(labels[tail])}"
    if name is None and len(known) == 1:
        name = known[0]
    if name is None:
        msg = f"a relation {where} has no name; it can be {' or '.join(known) or 'none'}"
        raise Misfit(msg)
    name = scheme.current_name("relations", name)
    check_known(name, "relation", [mark.name for mark in scheme.relations])
    check_known(name, f"relation {where} called", known)
    return Relation(label=name, head=head, tail=tail)
