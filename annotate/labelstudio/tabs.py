"""Tabs of the data manager: for annotators who were given a part of the tasks, and for batches.

*Label Tasks As Displayed* goes through the tasks of a tab, so it is how some of them come first
though all are there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from annotate.labelstudio.failures import READ_SECONDS, in_words, once, read

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

FOR = "annotate_for"
"""Field of a task's data that names those whom it is meant for."""
BATCH = "annotate_batch"
"""Field of a task's data that holds the number of the batch it was suggested in."""
_TAB_OF = "annotate_tab_of"


@dataclass(frozen=True, slots=True, order=True)
class Tab:
    """The tasks of a batch, or those meant for somebody, or those of a batch meant for somebody."""

    batch: int = 0
    person: str = ""

    @classmethod
    def of(cls, mark: str) -> Self:
        """The tab that a mark names."""
        batch, bar, person = mark.partition("|")  # no name holds a bar
        return cls(int(batch), person) if bar and batch.isdecimal() else cls(person=mark)

    @property
    def mark(self) -> str:
        """What a tab is known by, whatever title people give it."""
        return f"{self.batch}|{self.person}" if self.batch else self.person

    @property
    def title(self) -> str:
        """What it is called."""
        batch = [f"suggested {self.batch}"] if self.batch else []
        person = [f"for {self.person}"] if self.person else []
        return " ".join([*batch, *person])

    @property
    def filters(self) -> list[dict[str, Any]]:
        """Which tasks are in it, as Label Studio is told."""
        batch = [_where(BATCH, "equal", str(self.batch))] if self.batch else []
        person = [_where(FOR, "contains", named([self.person]))] if self.person else []
        return [*batch, *person]


def named(annotators: Sequence[str]) -> str:
    """The names as they stand in a task's data, so that none is found within another."""
    return f"|{'|'.join(annotators)}|" if annotators else ""


def tabs_of(tasks: Iterable[Mapping[str, Any]]) -> tuple[Tab, ...]:
    """The tabs that tasks want, as they are sent: of several batches the newest has some."""
    there = [(int(task["data"].get(BATCH, 0)), _people(task)) for task in tasks]
    newest = max((batch for batch, _ in there), default=0)
    found: set[Tab] = set()
    for batch, people in there:
        found |= {Tab(person=name) for name in people}
        if batch and batch == newest:
            found |= {Tab(batch, name) for name in people or ("",)}
    return tuple(sorted(found))


def list_tabs(api: "LabelStudio", url: str, project: int) -> frozenset[Tab]:
    """The tabs there that we made."""

    def ask() -> frozenset[Tab]:
        found = api.views.list(project=project, request_options=once(READ_SECONDS))
        marks = (view.data.get(_TAB_OF) for view in found if isinstance(view.data, dict))
        return frozenset(Tab.of(mark) for mark in marks if isinstance(mark, str))

    return read(url, f"listing the tabs of project {project}", ask)


def add_tab(api: "LabelStudio", url: str, project: int, tab: Tab) -> None:
    """Make a tab."""
    data: Any = {
        "title": tab.title,
        _TAB_OF: tab.mark,
        "filters": {"conjunction": "and", "items": tab.filters},
        "ordering": ["tasks:id"],
    }
    with in_words(url, f"making the tab {tab.title!r}", writes=True):
        api.views.create(project=project, data=data, request_options=once(READ_SECONDS))


def _people(task: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in task["data"].get(FOR, "").split("|") if name)


def _where(field: str, operator: str, value: str) -> dict[str, Any]:
    where = f"filter:tasks:data.{field}"
    return {"filter": where, "operator": operator, "type": "String", "value": value}
