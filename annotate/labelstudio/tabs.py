"""A tab of the data manager for each annotator who was given a part of the tasks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.failures import READ_SECONDS, in_words, once, read

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

FOR = "annotate_for"
"""Field of a task's data that names those whom it is meant for."""
_TAB_OF = "annotate_tab_of"


def named(annotators: Sequence[str]) -> str:
    """The names as they stand in a task's data, so that none is found within another."""
    return f"|{'|'.join(annotators)}|" if annotators else ""


def people_of(tasks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Everybody whom a task is meant for, as tasks are sent."""
    names = {name for task in tasks for name in task["data"].get(FOR, "").split("|") if name}
    return tuple(sorted(names))


def list_tabs(api: "LabelStudio", url: str, project: int) -> frozenset[str]:
    """Those who have a tab."""

    def ask() -> frozenset[str]:
        found = api.views.list(project=project, request_options=once(READ_SECONDS))
        names = (view.data.get(_TAB_OF) for view in found if isinstance(view.data, dict))
        return frozenset(name for name in names if isinstance(name, str))

    return read(url, f"listing the tabs of project {project}", ask)


def add_tab(api: "LabelStudio", url: str, project: int, name: str) -> None:
    """Make somebody's tab: *Label Tasks As Displayed* goes through the tasks meant for them."""
    item = {
        "filter": f"filter:tasks:data.{FOR}", "operator": "contains", "type": "String",
        "value": named([name]),
    }  # fmt: skip
    data: Any = {
        "title": f"for {name}", _TAB_OF: name, "filters": {"conjunction": "and", "items": [item]}
    }  # fmt: skip
    with in_words(url, f"making the tab for {name}", writes=True):
        api.views.create(project=project, data=data, request_options=once(READ_SECONDS))
