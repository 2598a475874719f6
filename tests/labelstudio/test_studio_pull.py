"""Exports to annotations: which one is current, what is set aside, and that it never varies."""

import copy
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, JSON, answers, choice, made

from annotate import jsonl
from annotate.errors import InputError, SyncError
from annotate.labelstudio.exported import ExportedTask, people_in
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import pull_export
from annotate.labelstudio.received import Rejected
from annotate.labelstudio.results import make_result
from annotate.records import Annotation
from strategies import task

ONE, TWO = task("One 😀 sentence."), task("Another sentence.", start=40)


def exported(of=ONE, *annotations, **fields):
    data = {"annotate_id": of.id, "text": of.text, "before": "", "after": ""}
    return {"id": 7, "data": data, "annotations": list(annotations), "drafts": [],
            "predictions": [], **fields}  # fmt: skip


@pytest.fixture
def take(tmp_path):
    def take(*entries, tasks=(ONE, TWO), pseudonyms=Pseudonyms(), scheme=DEFAULT):  # noqa: B008
        path = tmp_path / "export.json"
        path.write_text(json.dumps(list(entries)))
        return pull_export(path, tasks=tasks, scheme=scheme, pseudonyms=pseudonyms)

    return take


def test_an_annotation_is_taken_with_all_that_is_known_of_it(take):
    raw = made("denial", {"id": 4, "email": "ann@x.eu"}, "2026-01-01T10:00:00.5Z")
    raw["result"].append(choice("unsure", "mixed", control="flags"))
    raw["updated_at"] = "2026-01-01T12:00:00+01:00"
    found = take(exported(ONE, raw, total_predictions=1))
    assert found.annotations == (
        Annotation(
            task_id=ONE.id,
            annotator="annotator-1",
            label="denial",
            flags=("mixed", "unsure"),
            seconds=2.5,
            created=datetime(2026, 1, 1, 10, 0, 0, 500000, tzinfo=UTC),
            updated=datetime(2026, 1, 1, 11, tzinfo=UTC),
            prelabel_shown=True,
            from_prediction=False,
            scheme_version=DEFAULT.version,
        ),
    )
    assert "ann@x.eu" not in found.annotations[0].model_dump_json()
    assert (found.unannotated, found.missing, found.foreign) == (1, 1, 0)


@settings(max_examples=50, deadline=None)
@given(answers())
def test_marks_and_label_come_back_whole(tmp_path_factory, drawn):
    scheme, text, label, marked = drawn
    ours = task(text)
    path = tmp_path_factory.mktemp("export") / "export.json"
    raw = made(make_result(label, marked))
    path.write_text(json.dumps([exported(ours, raw)]))
    found = pull_export(path, tasks=[ours], scheme=scheme, pseudonyms=Pseudonyms())
    (annotation,) = found.annotations
    assert annotation.label == label
    assert {name: getattr(annotation, name) for name, _ in marked} == dict(marked)


def test_a_pre_label_that_was_submitted_says_so(take):
    found = take(exported(ONE, made(parent_prediction=12)))
    assert (found.annotations[0].from_prediction, found.annotations[0].prelabel_shown) == (
        True,
        True,
    )


def test_a_skip_is_an_annotation_without_a_label(take):
    raw = made("claim", was_cancelled=True)
    raw["result"].append(choice("nonsense", control="flags"))
    (annotation,) = take(exported(ONE, raw)).annotations
    assert (annotation.skipped, annotation.label, annotation.flags) == (True, None, ())


def test_ground_truth_drafts_and_the_server_s_numbers_count_for_nothing(take):
    plain = exported(ONE, made())
    marked = exported(ONE, made(ground_truth=True, id=99), id=12345)
    assert take(plain).annotations == take(marked).annotations
    found = take({**plain, "drafts": [{"id": 1, "user": "ann@x.eu"}, 2]})
    assert (found.drafts, len(found.annotations)) == (2, 1)


def test_the_latest_of_one_annotator_is_current(take):
    old, new = made("claim", 1, "2026-01-01T10:00:00Z"), made("denial", 1, "2026-01-02T10:00:00Z")
    other = made("neither", 2)
    found = take(exported(ONE, new, old, other))
    assert [(a.annotator, a.label) for a in found.annotations] == [
        ("annotator-1", "denial"),
        ("annotator-2", "neither"),
    ]
    assert found.superseded == 1


def test_an_edited_annotation_is_newer_than_one_made_after_it(take):
    edited = made("claim", 1, "2026-01-01T10:00:00Z", updated_at="2026-01-03T10:00:00Z")
    later = made("denial", 1, "2026-01-02T10:00:00Z")
    assert take(exported(ONE, edited, later)).annotations[0].label == "claim"


def test_a_task_doubled_by_a_fault_is_one_task(take):
    old, new = made("claim", 1, "2026-01-01T10:00:00Z"), made("denial", 1, "2026-01-02T10:00:00Z")
    found = take(exported(ONE, new, id=1), exported(ONE, old, id=2))
    assert [a.label for a in found.annotations] == ["denial"]
    assert found.superseded == 1


def test_an_older_label_is_not_taken_in_place_of_a_current_one_that_does_not_fit(take):
    old, new = made("claim", 1, "2026-01-01T10:00:00Z"), made("lie", 1, "2026-01-02T10:00:00Z")
    found = take(exported(ONE, old, new))
    assert found.annotations == ()
    assert [entry.reason for entry in found.rejected] == ["the scheme has no label 'lie'"]


CHANGED = exported(ONE, made())
CHANGED["data"]["text"] = "Another text."
STRANGE = exported(ONE, made())
STRANGE["data"]["annotate_id"] = "0123456789abcdef:body:0-3"
BARE = exported(ONE, made())
del BARE["data"]["annotate_id"]


@pytest.mark.parametrize(
    ("entry", "task_id", "why"),
    [
        (CHANGED, ONE.id, "another one in Label Studio"),
        (STRANGE, "0123456789abcdef:body:0-3", r"not in tasks\.jsonl"),
        (BARE, None, r"not in tasks\.jsonl"),
        (exported(ONE, made([])), ONE.id, "no label"),
        (exported(ONE, made(completed_by=None)), ONE.id, "who made it"),
        (exported(ONE, made(at="yesterday")), ONE.id, "when"),
        (exported(ONE, made("half \ud800")), ONE.id, "no label 'half"),
    ],
)
def test_what_does_not_fit_is_set_aside_with_its_reason(take, tmp_path, entry, task_id, why):
    found = take(entry, exported(TWO))
    assert found.annotations == ()
    (rejected,) = found.rejected
    assert rejected.task_id == task_id
    assert re.search(why, rejected.reason)
    path = tmp_path / Rejected.filename
    assert jsonl.write(path, found.rejected) == 1
    assert "completed_by" not in path.read_text()


FIELDS = st.sampled_from(sorted(made()))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, JSON, max_size=3), max_size=3), JSON)
def test_whatever_an_annotation_holds_it_is_taken_or_set_aside(tmp_path_factory, odd, drafts):
    path = tmp_path_factory.mktemp("export") / "export.json"
    raw = [{**made(who=place), **fields} for place, fields in enumerate(odd)]
    path.write_text(json.dumps([exported(ONE, *raw, drafts=drafts)]))
    found = pull_export(path, tasks=[ONE], scheme=DEFAULT, pseudonyms=Pseudonyms())
    assert len(found.annotations) + len(found.rejected) + found.superseded == len(raw)
    assert jsonl.write(path, found.annotations) == len(found.annotations)
    assert jsonl.write(path, found.rejected) == len(found.rejected)


def test_the_order_of_an_export_changes_nothing(take):
    whole = [
        exported(TWO, made("claim", 2), made("lie", 3), made("denial", 1)),
        exported(ONE, made("neither", 1), made("denial", 2), made("nonsense", 1, "2026-02-01")),
    ]
    other = [copy.deepcopy(entry) for entry in whole[::-1]]
    for entry in other:
        entry["annotations"].reverse()
    one, two = take(*whole), take(*other)
    assert one == two
    assert [a.model_dump_json() for a in one.annotations] == [
        a.model_dump_json() for a in two.annotations
    ]
    assert list(one.annotations) == sorted(one.annotations, key=lambda a: (a.task_id, a.annotator))


@given(st.permutations(range(4)))
def test_names_do_not_depend_on_the_order(order):
    people = [{"id": number, "email": f"{number}@x.eu"} for number in range(1, 5)]
    entry = exported(ONE, *(made(who=people[number]) for number in order))
    names = Pseudonyms().including(people_in([ExportedTask.of(entry)]))
    assert dict(names.names)["email:3@x.eu"] == "annotator-3"


def test_the_summary_names_what_was_not_taken(take):
    found = take(exported(ONE, made(), made("lie", 2)), exported(TWO, made(was_cancelled=True)))
    assert found.summary == (
        "1 label by 1 annotator",
        "1 skipped",
        "1 without a label so far",
        "1 set aside since it does not fit",
    )


def test_an_export_of_another_project_is_refused_and_points_to_the_way_in(take):
    with pytest.raises(SyncError, match=r"annotate did not make.*--adopt"):
        take(BARE)
    with pytest.raises(SyncError, match="of another workspace"):
        take(STRANGE)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "not readable as JSON"),
        ("[" * 100000, "not readable as JSON"),
        ("{}", "no list of tasks"),
        ("[]", "no list of tasks"),
        ("[3]", "not every entry"),
        ('[{"a": 1}]', "no tasks of Label Studio"),
        ('[{"data": 3, "annotations": []}]', "task 1 has no data"),
        ('[{"data": {"text": "x"}}]', "a file to import"),
        ('[{"id": 1, "text": "x", "label": "claim", "annotator": 1}]', "JSON_MIN"),
        ("annotation_id,annotator,label\n1,1,claim\n", "a CSV export without created_at"),
    ],
)
def test_a_file_that_is_no_json_export_is_refused(tmp_path, content, why):
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(InputError, match=why):
        pull_export(path, tasks=[ONE], scheme=DEFAULT, pseudonyms=Pseudonyms())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        pull_export(tmp_path / "x", tasks=[ONE], scheme=DEFAULT, pseudonyms=Pseudonyms())
