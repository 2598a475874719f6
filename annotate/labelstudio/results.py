"""Label Studio's ``result`` lists: made from labels and marks, and read back into them.

Offsets are Unicode code points on both sides (measured for ``<Text>``, emoji included). The text
that Label Studio writes beside a span is not the text between its offsets (white space is
changed), so it is neither written nor read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.config import FLAGS, LABEL, SPANS, TEXT
from annotate.records import Marked, Relation, Span
from annotate.scheme import Scheme

Item = Mapping[str, Any]
Place = Callable[[int, int], tuple[int, int]]


class Misfit(Exception):  # noqa: N818  not an error of ours: it becomes a `Rejected`
    """Why an annotation cannot be taken, to be said to the user."""


@dataclass(frozen=True, slots=True)
class Controls:
    """Names of the controls on a labelling page that answers are taken from.

    ``others`` are passed over; an answer of any other control cannot be taken. Without a control
    for spans, relations are passed over too.
    """

    label: str = LABEL
    flags: str = FLAGS
    spans: str | None = SPANS
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a result list says: a label or none, and marks in a fixed order."""

    label: str | None
    marked: Marked = field(default_factory=Marked)


def make_result(label: str | None, marked: Marked) -> list[dict[str, Any]]:
    """The result list that Label Studio's own page would make, but for random ids.

    Raises:
        SyncError: a relation has no target, which Label Studio cannot express.
    """
    result: list[dict[str, Any]] = []
    if label is not None:
        result.append(_choices(LABEL, [label]))
    if marked.flags:
        result.append(_choices(FLAGS, list(marked.flags)))
    for place, span in enumerate(marked.spans):
        value = {"start": span.start, "end": span.end, "labels": [span.label]}
        result.append(
            {"id": f"span-{place}", "from_name": SPANS, "to_name": TEXT, "type": "labels",
             "value": value}
        )  # fmt: skip
    result.extend(_relation_item(relation) for relation in marked.relations)
    return result


def read_result(
    result: object,
    *,
    scheme: Scheme,
    length: int,
    controls: Controls = Controls(),
    place: Place = lambda start, end: (start, end),
) -> Answer:
    """Read a result list against a scheme.

    Args:
        result: what Label Studio gives.
        scheme: the labels, flags, spans and relations that are known.
        length: code points in the text that the annotator saw.
        controls: names of the page's controls.
        place: maps offsets in that text to offsets in ours; raises `Misfit` where it cannot.

    Raises:
        Misfit: an unknown label, a span outside the text, an answer of an unknown control,
            more than one label, or anything else that does not fit; the message says which.
    """
    if not isinstance(result, Sequence) or not all(isinstance(item, Mapping) for item in result):
        msg = "its result is no list of answers"
        raise Misfit(msg)
    arrows = [item for item in result if item.get("type") == "relation" and controls.spans]
    answers = [
        item
        for item in result
        if item.get("type") != "relation" and _control(item) not in controls.others
    ]
    regions = [item for item in answers if _control(item) == controls.spans]
    for item in answers:
        if _control(item) not in (controls.label, controls.flags, controls.spans):
            msg = f"the page has a control {_control(item)!r}, which is not of the scheme"
            raise Misfit(msg)
    spans, relations = _spans_and_relations(regions, arrows, scheme, length, place)
    marked = Marked(flags=_flags(answers, controls, scheme), spans=spans, relations=relations)
    return Answer(_label(answers, controls, scheme), marked)


def marks_in(result: object) -> Iterator[tuple[str, str]]:
    """Every (control, value) in a result list of any kind; relations have no control."""
    for item in result if isinstance(result, list) else ():
        if not isinstance(item, Mapping):
            continue
        if item.get("type") == "relation":
            control, names = "", item.get("labels")
        else:
            value = item.get("value")
            control = _control(item)
            names = value.get(item.get("type")) if isinstance(value, Mapping) else None
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str):
                yield control, name


def _control(item: Item) -> str:
    name = item.get("from_name")
    return name if isinstance(name, str) else ""


def _choices(control: str, names: list[str]) -> dict[str, Any]:
    return {
        "id": control, "from_name": control, "to_name": TEXT, "type": "choices",
        "value": {"choices": names},
    }  # fmt: skip


def _relation_item(relation: Relation) -> dict[str, Any]:
    if relation.tail is None:
        msg = (
            f"The relation {relation.label!r} has no target, and Label Studio cannot show that. "
            "Leave it out of the predictions that are pushed."
        )
        raise SyncError(msg)
    return {
        "from_id": f"span-{relation.head}", "to_id": f"span-{relation.tail}", "type": "relation",
        "direction": "right", "labels": [relation.label],
    }  # fmt: skip


def _chosen(answers: Iterable[Item], control: str) -> list[str]:
    items = [item for item in answers if _control(item) == control]
    return list(chain.from_iterable(_names(item, "choices") for item in items))


def _label(answers: Iterable[Item], controls: Controls, scheme: Scheme) -> str | None:
    names = [scheme.current_name("labels", name) for name in _chosen(answers, controls.label)]
    for name in names:
        _check_known(name, "label", scheme.label_names)
    if len(names) > 1:
        msg = f"it has {len(names)} labels: {', '.join(names)}"
        raise Misfit(msg)
    return names[0] if names else None


def _flags(answers: Iterable[Item], controls: Controls, scheme: Scheme) -> tuple[str, ...]:
    names = [scheme.current_name("flags", name) for name in _chosen(answers, controls.flags)]
    for name in names:
        _check_known(name, "flag", scheme.flag_names)
    return tuple(name for name in scheme.flag_names if name in names)


def _names(item: Item, kind: str) -> list[str]:
    """The names in one item's value; an answer about a part of the text is none of ours."""
    value = item.get("value")
    names = value.get(kind) if isinstance(value, Mapping) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"the answer of control {_control(item)!r} is not of the kind {kind!r}"
        raise Misfit(msg)
    if kind == "choices" and isinstance(value, Mapping) and "start" in value:
        msg = f"the answer of control {_control(item)!r} is about a part of the text"
        raise Misfit(msg)
    return names


def _check_known(name: str, what: str, known: Sequence[str]) -> None:
    if name not in known:
        msg = f"the scheme has no {what} {name!r}"
        raise Misfit(msg)


def _spans_and_relations(
    regions: Iterable[Item], arrows: Iterable[Item], scheme: Scheme, length: int, place: Place
) -> tuple[tuple[Span, ...], tuple[Relation, ...]]:
    """Spans in the order of their places, and relations between them."""
    found = [(str(item.get("id")), _span(item, scheme, length, place)) for item in regions]
    found.sort(key=lambda pair: (pair[1].start, pair[1].end, pair[1].label, pair[0]))
    places = {region: number for number, (region, _) in enumerate(found)}
    if len(places) < len(found):
        msg = "two of its spans have one id"
        raise Misfit(msg)
    relations = {each for item in arrows for each in _relations(item, places, scheme)}
    in_order = sorted(relations, key=lambda each: (each.head, each.tail or 0, each.label))
    return tuple(span for _, span in found), tuple(in_order)


def _span(item: Item, scheme: Scheme, length: int, place: Place) -> Span:
    names = _names(item, "labels")
    if len(names) != 1:
        msg = f"a span has {len(names)} labels"
        raise Misfit(msg)
    name = scheme.current_name("spans", names[0])
    _check_known(name, "span", [mark.name for mark in scheme.spans])
    start, end = item["value"].get("start"), item["value"].get("end")
    if type(start) is not int or type(end) is not int:
        msg = f"the offsets {start!r} and {end!r} of a span are no whole numbers"
        raise Misfit(msg)
    if not 0 <= start < end <= length:
        msg = f"the span {start}-{end} does not fit a text of {length} characters"
        raise Misfit(msg)
    start, end = place(start, end)
    return Span(start=start, end=end, label=name)


def _relations(item: Item, places: Mapping[str, int], scheme: Scheme) -> Iterable[Relation]:
    names, direction = item.get("labels"), item.get("direction", "right")
    head, tail = places.get(str(item.get("from_id"))), places.get(str(item.get("to_id")))
    if head is None or tail is None:
        msg = "a relation points to a span that is not there"
        raise Misfit(msg)
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        msg = "a relation has no name"
        raise Misfit(msg)
    ends = {"right": [(head, tail)], "left": [(tail, head)], "bi": [(head, tail), (tail, head)]}
    arrows = ends.get(direction) if isinstance(direction, str) else None
    if arrows is None:
        msg = f"a relation has the direction {direction!r}"
        raise Misfit(msg)
    names = [scheme.current_name("relations", name) for name in names]
    for name in names:
        _check_known(name, "relation", [mark.name for mark in scheme.relations])
    return [Relation(label=name, head=a, tail=b) for name in names for a, b in arrows]
