"""What the last pull found: kept whole and private, or not taken at all."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import JSON, made

from annotate.labelstudio.exported import ExportedTask, digest, stamp
from annotate.labelstudio.mirror import FILENAME, Mirror
from annotate.labelstudio.pseudonyms import Person
from annotate.labelstudio.state import SchemeSince

KEY = "0123456789abcdef" * 2
SCHEMES = (SchemeSince("1", datetime(2026, 1, 1, tzinfo=UTC)),)


def exported(number, *annotations, **fields):
    data = {"annotate_id": f"t{number}", "text": "It rains. 😀"}
    return {"id": number, "updated_at": "2026-01-01T10:00:00Z", "data": data, "drafts": [],
            "annotations": list(annotations), **fields}  # fmt: skip


def mirror(*tasks, key=KEY):
    found = [ExportedTask.of(task) for task in tasks]
    return Mirror(key, SCHEMES, {task.number: task for task in found})


@pytest.fixture
def kept(tmp_path):
    who = {"id": 4, "email": "Ann@X.eu"}
    found = mirror(exported(2, made(who=who), drafts=[7]), exported(1, made(completed_by=None)))
    found.save(tmp_path)
    return found


def test_it_comes_back_as_it_was_and_is_private(tmp_path, kept):
    assert Mirror.load(tmp_path, KEY) == kept
    path = tmp_path / FILENAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert "It rains" not in path.read_text()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(made())), JSON, max_size=4), max_size=3))
def test_whatever_the_server_said_comes_back(tmp_path_factory, odd):
    folder = tmp_path_factory.mktemp("w")
    found = mirror(exported(1, *({**made(), **fields} for fields in odd)))
    found.save(folder)
    loaded = Mirror.load(folder, KEY)
    loaded.save(folder / "again")
    assert (folder / "again" / FILENAME).read_bytes() == (folder / FILENAME).read_bytes()
    # NaN is not equal to itself.
    assert repr(loaded.tasks) == repr({n: Mirror.load(folder, KEY).tasks[n] for n in found.tasks})


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff\n"),
        lambda path: path.write_text("[]\n"),
        lambda path: path.write_text(json.dumps({"project": KEY, "sha256": None}) + "\n"),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_text(path.read_text().replace('"drafts": 1', '"drafts": 2')),
        lambda path: path.write_text(path.read_text().replace('"format": 1', '"format": 2', 1)),
        lambda path: path.write_text(path.read_text().replace('["1"', '["2"', 1)),
        lambda path: path.write_text("".join(path.read_text().splitlines(True)[:-1])),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_it_was_written_is_not_taken(tmp_path, kept, damage):
    damage(tmp_path / FILENAME)
    assert Mirror.load(tmp_path, KEY) is None


def test_another_project_s_is_not_taken(tmp_path, kept):
    assert Mirror.load(tmp_path, "f" * 32) is None


def test_what_the_server_forgets_is_remembered():
    before = mirror(exported(1, made(who={"id": 4, "email": "ann@x.eu"}, parent_prediction=3)))
    (now,) = (
        mirror(exported(9, made(completed_by=None, unique_id=made()["unique_id"])))
        .tasks[9]
        .annotations
    )
    now = replace(now, identity=before.tasks[1].annotations[0].identity)
    task = replace(mirror(exported(9)).tasks[9], annotations=(now,))
    found = Mirror(KEY, SCHEMES, {9: task}).after(before, {}).tasks[9].annotations[0]
    assert found.person == Person(4, "ann@x.eu")
    assert (found.from_prediction, found.prelabel_shown) == (True, True)


def test_another_annotation_that_got_the_number_is_not_taken_for_it():
    before = mirror(exported(1, made(who=4, parent_prediction=3, unique_id="one")))
    now = mirror(exported(1, made(who=5, unique_id="two")))
    assert now.after(before, {}).tasks == now.tasks


def test_addresses_come_from_whoever_knows_them():
    before = mirror(exported(1, made(who={"id": 4, "email": "old@x.eu"})))
    now = mirror(exported(2, made(who=4), made(who=5), made(who=6)))
    found = now.after(before, {5: Person(5, "ben@x.eu", joined="2026")}).tasks[2].annotations
    assert [each.person for each in found] == [
        Person(4, "old@x.eu"), Person(5, "ben@x.eu", joined="2026"), Person(6),
    ]  # fmt: skip
    renamed = now.after(before, {4: Person(4, "new@x.eu")}).tasks[2].annotations[0]
    assert renamed.person == Person(4, "new@x.eu")


@pytest.mark.parametrize(
    ("fields", "shown", "started"),
    [
        ({}, False, False),
        ({"prediction": {}}, False, False),
        ({"prediction": None}, False, False),
        ({"prediction": {"model_version": "m"}}, True, False),
        ({"prediction": {}, "parent_prediction": 3}, True, True),
    ],
)
def test_the_copy_says_what_was_shown_when_an_annotation_was_made(fields, shown, started):
    (found,) = ExportedTask.of(exported(1, made(**fields))).annotations
    assert (found.prelabel_shown, found.from_prediction) == (shown, started)
    # The task's own predictions came or went since; they stand in only where there is no copy.
    (now,) = ExportedTask.of(exported(1, made(**fields), predictions=[1])).annotations
    assert now.prelabel_shown == (shown or "prediction" not in fields)


def test_times_are_written_as_the_server_s_filters_want_them():
    assert stamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"
    assert ExportedTask.of(exported(1)).updated == "2026-01-01T10:00:00.000000Z"


def test_a_text_is_known_by_its_digest_even_one_that_utf_8_cannot_hold():
    # The first 16 hex digits of the SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    assert digest("abc") == "ba7816bf8f01cfea"
    assert digest("half \ud83d") != digest("half ?")
