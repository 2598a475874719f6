"""Items of Label Studio's ``result`` lists: what each is an answer to, and which names it gives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]


class Misfit(Exception):  # noqa: N818  not an error of ours: it becomes a `Rejected`
    """Why an annotation cannot be taken, to be said to the user."""


def control_of(item: Item) -> str:
    """Name of the control that an item is an answer of; empty where it has none."""
    name = item.get("from_name")
    return name if isinstance(name, str) else ""


def marks_in(result: object) -> Iterator[tuple[str, str]]:
    """Every (control, value) in a result list of any kind; relations have no control."""
    for item in result if isinstance(result, list) else ():
        if not isinstance(item, Mapping):
            continue
        if item.get("type") == "relation":
            control, names = "", item.get("labels")
        else:
            value = item.get("value")
            control = control_of(item)
            names = value.get(item.get("type")) if isinstance(value, Mapping) else None
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str):
                yield control, name


def names_in(item: Item, kind: str) -> list[str]:
    """The names in one item's value."""
    value = item.get("value")
    names = value.get(kind) if isinstance(value, Mapping) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"the answer of control {control_of(item)!r} is not of the kind {kind!r}"
        raise Misfit(msg)
    return names


def check_known(name: str, what: str, known: Sequence[str]) -> None:
    """Raise `Misfit` unless a name is one of those that are known."""
    if name not in known:
        msg = f"the scheme has no {what} {name!r}"
        raise Misfit(msg)
