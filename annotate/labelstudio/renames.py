"""Marks that were renamed in a scheme whose project holds annotations under the old names.

No annotation is rewritten. The page shows the new name and goes on storing the old one, so that
annotations of before and after look alike there; what is read is called by the name of today.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from annotate.labelstudio.config import FLAGS, LABEL, SPANS, UNRESOLVED, choices_of
from annotate.marks import Mark
from annotate.scheme import Scheme

Stored = Mapping[tuple[str, str], str]
"""What a project stores for a (control, name) of the scheme, where that is another name."""

_RELATIONS = ""  # the list of relations is a control without a name
_CHOICES = {"Choice", "Label", "Relation"}


def stored_names(scheme: Scheme, page: str) -> dict[tuple[str, str], str]:
    """The old names that a project's page stores for marks that were renamed since.

    Args:
        scheme: that of today.
        page: the labelling page there.
    """
    there = choices_of(page)
    found: dict[tuple[str, str], str] = {}
    for control, marks in _marks(scheme):
        for mark in marks:
            if (control, mark.name) in there:
                continue
            old = (name for name in mark.renamed_from if (control, name) in there)
            if name := next(old, None):
                found[control, mark.name] = name
    return found


def renamed_choices(scheme: Scheme) -> frozenset[tuple[str, str]]:
    """Every (control, name) of before that is read as a name of today."""
    return frozenset(
        (control, old)
        for control, marks in _marks(scheme)
        for mark in marks
        for old in mark.renamed_from
    )


def page_storing(page: str, stored: Stored) -> str:
    """The page with the old names stored behind the new ones."""
    if not stored:
        return page
    root = ElementTree.fromstring(page)  # noqa: S314  our own
    for control in root.iter():
        if shown_for := control.get("whenLabelValue"):
            names = _old(SPANS, shown_for.split(","), stored)
            control.set("whenLabelValue", ",".join(names))
        for choice in control:
            if choice.tag in _CHOICES:
                name = choice.get("alias") or choice.get("value") or ""
                if old := stored.get((control.get("name") or _RELATIONS, name)):
                    # A relation has no alias: what is stored is what is shown.
                    choice.set("value" if choice.tag == "Relation" else "alias", old)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def result_storing(result: Iterable[Mapping[str, Any]], stored: Stored) -> list[dict[str, Any]]:
    """A result list with the names that the project stores."""
    return [_stored_item(item, stored) for item in result]


def _stored_item(item: Mapping[str, Any], stored: Stored) -> dict[str, Any]:
    changed = dict(item)
    if item.get("type") == "relation":
        changed["labels"] = _old(_RELATIONS, item.get("labels", ()), stored)
        return changed
    control, kind = item["from_name"], item["type"]
    changed["value"] = {**item["value"], kind: _old(control, item["value"][kind], stored)}
    return changed


def _old(control: str, names: Iterable[str], stored: Stored) -> list[str]:
    return [stored.get((control, name), name) for name in names]


def _marks(scheme: Scheme) -> Sequence[tuple[str, Sequence[Mark]]]:
    return (
        (LABEL, scheme.labels),
        (FLAGS, scheme.flags),
        (SPANS, scheme.spans),
        (_RELATIONS, scheme.relations),
        (UNRESOLVED, [relation for relation in scheme.relations if relation.unresolved]),
    )
