"""Exports in every format, zipped and not: taken where they say enough, else refused."""

import csv
import io
import json
import zipfile

import pytest
from studio_strategies import DEFAULT, choice, made

from annotate.errors import InputError, SyncError
from annotate.labelstudio import zipped
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.pull import pull_export
from strategies import task

ONE, TWO = task('One, "two" 😀.\nthree\tfour'), task("1.0", start=40)
AT = "2026-01-01T10:00:00.500000Z"


def row(of=ONE, label="claim", *, who=1, **fields):
    """A row of a JSON_MIN export, in Label Studio's order of fields."""
    flags = {"flags": fields.pop("flags")} if "flags" in fields else {}
    said = {"label": label} if label else {}
    return {
        "annotate_id": of.id, "text": of.text, "before": "", "after": "a,\n\"b\"", "headline": "",
        "outlet": "007", "published": "2026-01-01", "id": of.start + 1, **said, **flags,
        "annotator": who, "annotation_id": 7, "created_at": AT, "updated_at": AT,
        "lead_time": 2.5, **fields,
    }  # fmt: skip


def table(rows, delimiter):
    """The same as Label Studio's converter writes it."""
    names = sorted({name for each in rows for name in each})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    for each in rows:
        packed = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            for name, value in each.items()
        }
        writer.writerow(packed | {"annotator": str(each["annotator"])})
    return out.getvalue()


FORMATS = {
    "JSON_MIN": json.dumps,
    "CSV": lambda rows: table(rows, ","),
    "TSV": lambda rows: table(rows, "\t"),
}


@pytest.fixture
def take(tmp_path):
    def take(content, tasks=(ONE, TWO), name="export", **fields):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return pull_export(path, tasks=tasks, scheme=DEFAULT, pseudonyms=Pseudonyms(), **fields)

    return take


@pytest.mark.parametrize("kind", FORMATS)
def test_a_flat_export_gives_what_the_json_export_gives(take, kind):
    several = {"choices": ["unsure", "mixed"]}
    rows = [
        row(ONE, "denial", who=2, flags=several), row(ONE, "claim", flags="nested"),
        row(TWO, None, annotation_id=None, annotator=None, created_at=None, updated_at=None),
    ]  # fmt: skip
    flat = take(FORMATS[kind](rows))
    data = {"annotate_id": ONE.id, "text": ONE.text}
    whole = take(
        json.dumps(
            [
                {"id": 1, "data": data, "annotations": [
                    made([choice("denial"), choice("unsure", "mixed", control="flags")], 2, AT),
                    made([choice("claim"), choice("nested", control="flags")], 1, AT)]},
                {"id": 41, "data": {"annotate_id": TWO.id, "text": TWO.text}, "annotations": []},
            ]
        )
    )  # fmt: skip
    assert flat.annotations == whole.annotations
    assert len(flat.annotations) == 2
    assert (flat.there, flat.missing, flat.foreign) == (whole.there, 0, 0)
    assert (flat.mode, whole.mode) == ("flat file", "file")
    assert "does not say what was skipped" in flat.summary[-1]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("label", "why"),
    [
        (None, "it has no label"),
        ("lie", "no label 'lie'"),
        ('["claim"', """no label '["claim"'"""),
        ("{}", "no label '{}'"),
        ({"choices": ["claim", "denial"]}, "2 labels: claim, denial"),
        (["claim", "denial"], "2 labels: claim, denial"),
    ],
)
def test_what_does_not_fit_is_set_aside_there_too(take, kind, label, why):
    found = take(FORMATS[kind]([row(ONE, label)]))
    assert found.annotations == ()
    assert why in found.rejected[0].reason


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"spans": [{"start": 0, "end": 2, "text": "On", "labels": ["cue"]}]}, "the relations"),
        ({"comment": "a note"}, "with 'comment', of which it does not say"),
    ],
)
def test_a_flat_export_that_lost_something_is_refused(take, kind, fields, why):
    with pytest.raises(InputError, match=f"a {kind} export .*{why}.*choosing the format JSON"):
        take(FORMATS[kind]([row(), row(TWO, **fields)]))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_flat_export_of_tasks_with_pre_labels_is_refused(take, kind):
    with pytest.raises(InputError, match=f"a {kind} export, which does not say .*pre-label"):
        take(FORMATS[kind]([row()]), prelabelled=True)
    assert len(take(FORMATS[kind]([row()])).annotations) == 1


@pytest.mark.parametrize(
    ("who", "name"), [("2", "number:2"), ("ann@x.eu", "email:ann@x.eu"), ("None", None)]
)
def test_annotators_of_a_table_are_numbers_or_addresses(take, who, name):
    found = take(table([row(who=who)], ","))
    assert [key for key, _ in found.pseudonyms.names] == ([name] if name else [])
    assert len(found.annotations) == (name is not None)


def test_what_a_push_notes_in_a_task_is_no_answer(take):
    found = take(json.dumps([row(), row(TWO, annotate_superseded_by=ONE.id)]))
    assert [vote.task_id for vote in found.annotations] == [ONE.id, TWO.id]


def test_a_flat_export_of_another_project_is_refused(take):
    with pytest.raises(SyncError, match="of another workspace"):
        take(json.dumps([row(task("Else.", start=90))]))


WHOLE = json.dumps([{"data": {"annotate_id": ONE.id, "text": ONE.text}, "annotations": [made()]}])


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        packed(a_dot_json=WHOLE),
        packed(export__A_dot_JSON=WHOLE, images__1_dot_png=b"x", read_dot_md="# x"),
        packed(a_dot_csv=table([row()], ",")),
    ],
)
def test_the_one_export_in_an_archive_is_read(take, content):
    assert len(take(content, name="export.zip").annotations) == 1


def test_shadows_that_macos_packs_are_passed_over(take):
    shadows = {"__MACOSX/._a.json": "x", "._b.json": "x"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"a.json": WHOLE, **shadows}.items():
            archive.writestr(name, content)
    assert len(take(out.getvalue()).annotations) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed(), r"no \.json, \.csv or \.tsv file \(nothing\)"),
        (packed(a_dot_txt="x"), r"no \.json, .* file \(a\.txt\)"),
        (packed(inner_dot_zip=packed(a_dot_json=WHOLE)), r"no \.json.*\(inner\.zip\)"),
        (packed(a_dot_json=WHOLE, b_dot_csv="x"), r"several exports \(a\.json, b\.csv\)"),
        (packed(a_dot_json=WHOLE)[:-30], "not readable as JSON|not a UTF-8|damaged"),
        (packed(a_dot_json=b"\xff"), "not a UTF-8"),
    ],
)
def test_an_archive_that_is_not_clear_is_refused(take, content, why):
    with pytest.raises(InputError, match=why):
        take(content)


def test_an_archive_that_was_changed_is_refused(take):
    whole = bytearray(packed(a_dot_json=WHOLE))
    whole[60] ^= 0xFF
    with pytest.raises(InputError, match="damaged"):
        take(bytes(whole))


def test_a_locked_archive_is_refused(take):
    whole = bytearray(packed(a_dot_json=WHOLE))
    # Bit 0 of the general purpose flags, in the entry and in the directory (APPNOTE 4.4.4).
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="locked with a password"):
        take(bytes(whole))


def test_an_archive_that_would_fill_the_memory_is_refused(take, monkeypatch):
    monkeypatch.setattr(zipped, "MAX_BYTES", 1000)
    bomb = packed(a_dot_json="[" + " " * 1_000_000 + "]")
    assert len(bomb) < 2000
    with pytest.raises(InputError, match=r"a\.json in it holds more than"):
        take(bomb)
