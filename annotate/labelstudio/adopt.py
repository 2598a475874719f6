"""Documents, tasks and annotations out of an annotated project that annotate did not make."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.files import sha256_of
from annotate.labelstudio.config import FLAGS, LABEL, NOTHING, SPANS, UNRESOLVED
from annotate.labelstudio.export_file import read_json_export
from annotate.labelstudio.exported import (
    Exported,
    ExportedAnnotation,
    ExportedTask,
    annotations,
    people_in,
    time_of,
)
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.received import Reading, Rejected, receive
from annotate.labelstudio.results import Answer, Controls, Misfit, Place, read_result
from annotate.records import Annotation, Document, Source, Task
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings
from annotate.text import Normalised, normalise

DATA_FIELDS = ("text", "title", "outlet", "published", "url", "family", "before", "after")
"""What can be mapped to a field of the project's task data."""

CONTROLS = (LABEL, FLAGS, SPANS, UNRESOLVED, NOTHING)
"""What can be mapped to a control of the project's labelling page."""

_DEFAULTS = {name: name for name in ("text", *CONTROLS)}


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was made of an export.

    Attributes:
        documents: one for each text that differs; copies are merged with all their sources.
        tasks: one for each document, over its whole text.
        annotations: at most one per (task, annotator), sorted by both.
        rejected: set aside, each with its reason.
        pseudonyms: everybody in them; to be saved, so that names stay the same.
        superseded: annotations replaced by a later one of the same annotator on the same text.
        drafts: begun and not submitted; they are not taken.
        empty: tasks without a text; nothing was made of them.
        copies: tasks with the text of an earlier one; they became one task with its context.
        passed_over: answers of controls that the mapping does not name, by control.
    """

    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    annotations: tuple[Annotation, ...]
    rejected: tuple[Rejected, ...]
    pseudonyms: Pseudonyms
    superseded: int
    drafts: int
    empty: int
    copies: int
    passed_over: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Taken:
    """An exported task, its text there and here, and the task made of it (None: no text)."""

    exported: ExportedTask
    original: str
    text: Normalised
    task: Task | None


def adopt(
    path: Path,
    *,
    mapping: Mapping[str, str],
    scheme: Scheme,
    pseudonyms: Pseudonyms | None = None,
    units: UnitSettings = SENTENCES,
) -> Adopted:
    """Make documents, tasks and annotations out of a JSON export.

    Each of its tasks becomes a document with one task over the whole text. Labels must be named
    as in the scheme. Texts are normalised as on import; spans move with them, and an annotation
    with a span that would not cover the same characters any more is set aside.

    Args:
        path: a JSON export of Label Studio.
        mapping: our name to theirs. text, title, outlet, published, url, family, before and after
            map to fields of their task data; `CONTROLS` to controls of their page. text and the
            controls map to themselves where the mapping leaves them out.
        scheme: what labels, flags, spans and relations there are.
        pseudonyms: names given to annotators so far, if any were.
        units: what a task is here; where labels follow from spans, spans are enough.

    Raises:
        InputError: no JSON export, a name of ours that there is not, a field or control of theirs
            that does not occur, or a time of publication that is not ISO 8601.
    """
    exported = read_json_export(path)
    theirs = {**_DEFAULTS, **mapping}
    counts = _answers_by_control(exported)
    needed = ("text", SPANS if units.derive_labels else LABEL)
    named = {name: theirs[name] for name in (*needed, *mapping)}
    _check_mapping(path, exported, named, counts)
    # Numbers of users are those of a server that is not known: they count within this file.
    server = f"export-{sha256_of(path)[:12]}-"
    documents: dict[str, Document] = {}
    taken = [_take(task, server, path, theirs, documents) for task in exported]
    names = (pseudonyms or Pseudonyms()).including(people_in(each.exported for each in taken))
    tasks = {each.task.document_id: each.task for each in reversed(taken) if each.task}
    empty = sum(each.task is None for each in taken)
    controls = _controls(theirs, counts)
    kind = {"kind": "article"} if units.of == "article" else {}
    received = receive(
        ((each.exported, _readings(each, scheme, controls)) for each in taken),
        pseudonyms=names,
        scheme_version=scheme.version,
    )
    return Adopted(
        documents=tuple(documents.values()),
        tasks=tuple(tasks[document.id].model_copy(update=kind) for document in documents.values()),
        annotations=received.annotations,
        rejected=received.rejected,
        pseudonyms=names,
        superseded=received.superseded,
        drafts=received.drafts,
        empty=empty,
        copies=len(taken) - empty - len(tasks),
        passed_over={name: counts[name] for name in sorted(controls.others)},
    )


def _check_mapping(
    path: Path,
    exported: Sequence[Exported],
    mapping: Mapping[str, str],
    controls: Mapping[str, int],
) -> None:
    """Refuse a mapping that names what there is not: a typing error would lose data silently."""
    fields = set(chain.from_iterable(task["data"] for task in exported))
    for ours in mapping:
        if ours not in (*DATA_FIELDS, *CONTROLS):
            problem = f"the mapping names {ours!r}, which is no field of ours"
            known = ", ".join((*DATA_FIELDS, *CONTROLS))
            raise InputError(path, problem, f"Map any of {known}.")
    for ours, their in mapping.items():
        _check_there(path, ours, their, fields if ours in DATA_FIELDS else set(controls))


def _check_there(path: Path, ours: str, their: str, there: set[str]) -> None:
    if their not in there:
        what = "task data have no field" if ours in DATA_FIELDS else "annotations have no control"
        found = ", ".join(sorted(map(str, there))) or "nothing"
        remedy = f"There is {found}. Say which is meant: --map {ours}=NAME."
        raise InputError(path, f"the {what} {their!r} for {ours!r}", remedy)


def _answers_by_control(exported: Iterable[Exported]) -> Counter[str]:
    results = (raw.get("result") for task in exported for raw in annotations(task))
    items = chain.from_iterable(result for result in results if isinstance(result, list))
    names = (item.get("from_name") for item in items if isinstance(item, Mapping))
    return Counter(name for name in names if isinstance(name, str))


def _controls(theirs: Mapping[str, str], counts: Mapping[str, int]) -> Controls:
    return Controls(
        **{name: theirs[name] for name in CONTROLS if name != SPANS},
        spans=theirs[SPANS] if theirs[SPANS] in counts else None,
        others=frozenset(counts) - {theirs[name] for name in CONTROLS},
    )


def _take(
    exported: Exported,
    server: str,
    path: Path,
    theirs: Mapping[str, str],
    documents: dict[str, Document],
) -> _Taken:
    """Make document and task of an exported task, and add the document to those there are."""
    data, trimmed = exported["data"], ExportedTask.of(exported, server)
    original = _field(data, theirs, "text") or ""
    text = normalise(original)
    if not text.text.strip():
        return _Taken(trimmed, original, text, None)
    document = _document(exported, text, path, theirs)
    earlier = documents.get(document.id)
    if earlier is not None:
        update = {
            "sources": tuple(dict.fromkeys((*earlier.sources, *document.sources))),
            "title": earlier.title or document.title,
            "family": earlier.family or document.family,
        }
        document = earlier.model_copy(update=update)
    documents[document.id] = document
    task = Task(
        id=Task.id_of(document.id, "body", 0, len(text.text)),
        document_id=document.id,
        part="body",
        start=0,
        end=len(text.text),
        text=text.text,
        before=normalise(_field(data, theirs, "before") or "").text,
        after=normalise(_field(data, theirs, "after") or "").text,
    )
    return _Taken(trimmed, original, text, task)


def _document(
    exported: Exported, text: Normalised, path: Path, theirs: Mapping[str, str]
) -> Document:  # fmt: skip
    """The document of an exported task.

    Its key is the task's own, not the address: the tasks of one article share that, and are no
    revisions of one another. They share the family instead, so that no split divides them.
    """
    data = exported["data"]
    url, title = _field(data, theirs, "url"), _field(data, theirs, "title")
    source = Source(
        outlet=_field(data, theirs, "outlet"),
        url=url,
        title=title,
        published=_published(exported, path, theirs),
        path=path.name,
    )
    number = str(exported.get("id") or Document.id_of(text.text))
    return Document(
        id=Document.id_of(text.text),
        key=f"{path.name}#{number}",
        external_id=number,
        text=text.text,
        title=normalise(title).text if title else None,
        sources=(source,),
        family=_field(data, theirs, "family") or url,
        offset_map=text.offset_map,
    )


def _published(exported: Exported, path: Path, theirs: Mapping[str, str]) -> datetime | None:
    written = _field(exported["data"], theirs, "published")
    moment = time_of(written)
    if written is not None and moment is None:
        problem = f"task {exported.get('id')} was published {written!r}, which is not ISO 8601"
        raise InputError(path, problem, "Leave `published` out of the mapping, or correct it.")
    return moment


def _field(data: Mapping[str, Any], theirs: Mapping[str, str], ours: str) -> str | None:
    """A field of theirs as text; None where it is not mapped, not there or empty."""
    value = data.get(theirs[ours]) if ours in theirs else None
    text = "" if value is None else str(value)
    return (text if ours == "text" else text.strip()) or None


def _readings(
    taken: _Taken, scheme: Scheme, controls: Controls
) -> Iterator[tuple[ExportedAnnotation, Reading]]:  # fmt: skip
    for made in taken.exported.annotations:
        try:
            answer: Answer | Misfit = _answer(taken, made, scheme, controls)
        except Misfit as misfit:
            answer = misfit
        yield made, Reading(taken.task.id if taken.task else None, answer)


def _answer(taken: _Taken, made: ExportedAnnotation, scheme: Scheme, controls: Controls) -> Answer:
    if taken.task is None:
        msg = "its task has no text"
        raise Misfit(msg)
    if made.skipped:
        return Answer(None)
    return read_result(
        made.raw.get("result"),
        scheme=scheme,
        length=len(taken.original),
        controls=controls,
        place=_mover(taken.text, taken.original),
    )


def _mover(text: Normalised, original: str) -> Place:
    """Offsets in the original text to offsets in the normalised one, where both say the same."""

    def move(start: int, end: int) -> tuple[int, int]:
        new_start, new_end = text.from_original(start), text.from_original(end)
        moved = text.text[new_start:new_end]
        if not moved or moved != normalise(original[start:end]).text:
            msg = f"the span {start}-{end} does not stand in the normalised text"
            raise Misfit(msg)
        return new_start, new_end

    return move
