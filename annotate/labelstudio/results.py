"""Label Studio's ``result`` lists: made from labels and marks, and read back into them.

Offsets are Unicode code points on both sides (measured for ``<Text>``, emoji included). The text
that Label Studio writes beside a span is not the text between its offsets (white space is
changed), so it is neither written nor read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.labelstudio.config import (
    FLAGS,
    LABEL,
    NOTHING,
    NOTHING_TO_MARK,
    SPANS,
    TEXT,
    UNRESOLVED,
)
from annotate.labelstudio.relations import read_relations
from annotate.labelstudio.result_items import Item, Misfit, check_known, control_of, names_in
from annotate.records import Marked, Span
from annotate.scheme import Scheme

__all__ = ["Answer", "Controls", "Misfit", "Place", "make_result", "read_result"]

Place = Callable[[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Controls:
    """Names of the controls on a labelling page that answers are taken from.

    ``others`` are passed over; an answer of any other control cannot be taken. Without a control
    for spans, relations are passed over too.
    """

    label: str = LABEL
    flags: str = FLAGS
    spans: str | None = SPANS
    unresolved: str = UNRESOLVED
    nothing: str = NOTHING
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a result list says: a label or none, and marks in a fixed order."""

    label: str | None
    marked: Marked = field(default_factory=Marked)


def make_result(label: str | None, marked: Marked) -> list[dict[str, Any]]:
    """The result list that Label Studio's own page would make, but for random ids.

    Without a label and spans it is that of an article in which there was nothing to mark.
    """
    result: list[dict[str, Any]] = []
    if label is not None:
        result.append(_choices(LABEL, [label]))
    elif not marked.spans:
        result.append(_choices(NOTHING, [NOTHING_TO_MARK]))
    if marked.flags:
        result.append(_choices(FLAGS, list(marked.flags)))
    for place, span in enumerate(marked.spans):
        result.append(_about(place, span, SPANS, "labels", [span.label]))
    arrows: defaultdict[tuple[int, int | None], list[str]] = defaultdict(list)
    for relation in marked.relations:
        arrows[relation.head, relation.tail].append(relation.label)
    # One item for all relations of two spans: Label Studio shows no second one.
    for (head, tail), names in arrows.items():
        if tail is None:
            result.append(_about(head, marked.spans[head], UNRESOLVED, "choices", names))
        else:
            result.append(
                {"from_id": _id(head), "to_id": _id(tail), "type": "relation",
                 "direction": "right", "labels": names}
            )  # fmt: skip
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
        Misfit: an unknown label, a span outside the text, an answer of an unknown control, no
            label or several, or anything else that does not fit; the message says which.
    """
    if not isinstance(result, Sequence) or not all(isinstance(item, Mapping) for item in result):
        msg = "its result is no list of answers"
        raise Misfit(msg)
    answers = [
        item
        for item in result
        if item.get("type") != "relation" and control_of(item) not in controls.others
    ]
    known = (controls.label, controls.flags, controls.spans, controls.unresolved, controls.nothing)
    for item in answers:
        if control_of(item) not in known:
            msg = f"the page has a control {control_of(item)!r}, which is not of the scheme"
            raise Misfit(msg)
    found = _spans(_of(answers, controls.spans), scheme, length, place)
    arrows = [item for item in result if item.get("type") == "relation" and controls.spans]
    relations = read_relations(arrows, _of(answers, controls.unresolved), found, scheme)
    flags = _flags(answers, controls, scheme)
    marked = Marked(flags=flags, spans=tuple(found.values()), relations=relations)
    answer = Answer(_label(answers, controls, scheme), marked)
    _check_complete(answer, _chosen(answers, controls.nothing))
    return answer


def _check_complete(answer: Answer, nothing: Sequence[str]) -> None:
    """An answer has a label, or spans, or says that there is nothing to mark."""
    spans = len(answer.marked.spans)
    if nothing and (spans or list(nothing) != [NOTHING_TO_MARK]):
        msg = f"it says {nothing[0]!r}, and marks {spans} spans"
        raise Misfit(msg)
    if answer.label is None and not spans and not nothing:
        msg = "it has no label, and marks nothing"
        raise Misfit(msg)


def _choices(control: str, names: list[str]) -> dict[str, Any]:
    return {
        "id": control, "from_name": control, "to_name": TEXT, "type": "choices",
        "value": {"choices": names},
    }  # fmt: skip


def _id(place: int) -> str:
    return f"span-{place}"


def _about(place: int, span: Span, control: str, kind: str, names: list[str]) -> dict[str, Any]:
    """An answer about a part of the text: what it is, or something else that is said of it."""
    return {
        "id": _id(place), "from_name": control, "to_name": TEXT, "type": kind,
        "value": {"start": span.start, "end": span.end, kind: names},
    }  # fmt: skip


def _of(answers: Iterable[Item], control: str | None) -> list[Item]:
    return [item for item in answers if control_of(item) == control]


def _chosen(answers: Iterable[Item], control: str) -> list[str]:
    names: list[str] = []
    for item in _of(answers, control):
        names += names_in(item, "choices")
        if "start" in item["value"]:
            msg = f"the answer of control {control!r} is about a part of the text"
            raise Misfit(msg)
    return names


def _label(answers: Iterable[Item], controls: Controls, scheme: Scheme) -> str | None:
    names = [scheme.current_name("labels", name) for name in _chosen(answers, controls.label)]
    for name in names:
        check_known(name, "label", scheme.label_names)
    if len(names) > 1:
        msg = f"it has {len(names)} labels: {', '.join(names)}"
        raise Misfit(msg)
    return names[0] if names else None


def _flags(answers: Iterable[Item], controls: Controls, scheme: Scheme) -> tuple[str, ...]:
    names = [scheme.current_name("flags", name) for name in _chosen(answers, controls.flags)]
    for name in names:
        check_known(name, "flag", scheme.flag_names)
    return tuple(name for name in scheme.flag_names if name in names)


def _spans(
    regions: Iterable[Item], scheme: Scheme, length: int, place: Place
) -> dict[str, Span]:  # fmt: skip
    """Spans in the order of their places, by the ids that relations call them by."""
    found = [(str(item.get("id")), _span(item, scheme, length, place)) for item in regions]
    found.sort(key=lambda pair: (pair[1].start, pair[1].end, pair[1].label, pair[0]))
    spans = dict(found)
    if len(spans) < len(found):
        msg = "two of its spans have one id"
        raise Misfit(msg)
    return spans


def _span(item: Item, scheme: Scheme, length: int, place: Place) -> Span:
    names = names_in(item, "labels")
    if len(names) != 1:
        msg = f"a span has {len(names)} labels"
        raise Misfit(msg)
    name = scheme.current_name("spans", names[0])
    check_known(name, "span", [mark.name for mark in scheme.spans])
    start, end = item["value"].get("start"), item["value"].get("end")
    if type(start) is not int or type(end) is not int:
        msg = f"the offsets {start!r} and {end!r} of a span are no whole numbers"
        raise Misfit(msg)
    if not 0 <= start < end <= length:
        msg = f"the span {start}-{end} does not fit a text of {length} characters"
        raise Misfit(msg)
    start, end = place(start, end)
    return Span(start=start, end=end, label=name)
