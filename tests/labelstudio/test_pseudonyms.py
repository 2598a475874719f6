"""Names of annotators: stable, private, and one for each person."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import SyncError
from annotate.labelstudio.pseudonyms import Person, Pseudonyms

PEOPLE = st.builds(
    Person,
    number=st.integers(1, 6),
    email=st.none() | st.sampled_from(["a@x.eu", "b@x.eu"]),
    joined=st.none() | st.sampled_from(["2026-01-01", "2026-01-02"]),
)


def named(*people, before=Pseudonyms()):  # noqa: B008  frozen
    names = before.including(people)
    return [names.of(person) for person in people], names


@pytest.mark.parametrize(
    ("completed_by", "person"),
    [
        (3, Person(3)),
        ({"id": 3, "email": " Ann@X.eu "}, Person(3, "ann@x.eu")),
        ({"id": 3, "email": ""}, Person(3)),
        ({"email": "a@x.eu"}, Person(None, "a@x.eu")),
        ({}, None),
        (None, None),
        (True, None),
        ("3", None),
    ],
)
def test_who_made_an_annotation_comes_as_a_number_or_a_mapping(completed_by, person):
    assert Person.of(completed_by) == person


def test_newcomers_are_numbered_by_the_server_s_numbers_whatever_their_order():
    assert named(Person(9), Person(2))[0] == ["annotator-2", "annotator-1"]


@given(st.lists(PEOPLE, max_size=8), st.lists(PEOPLE, max_size=8))
def test_nobody_is_ever_renamed(first, second):
    before, names = named(*first)
    after = names.including(second)
    assert [after.of(person) for person in first] == before
    assert set(dict(names.names).items()) <= set(dict(after.names).items())


def test_a_number_from_an_export_is_the_person_whose_address_comes_later():
    (first,), names = named(Person(3))
    assert named(Person(3, "a@x.eu"), before=names)[0] == [first]
    assert named(Person(3), before=named(Person(3, "a@x.eu"))[1])[0] == ["annotator-1"]


def test_a_number_with_another_address_is_another_person():
    names = named(Person(3, "a@x.eu"))[1]
    assert named(Person(3, "b@x.eu"), before=names)[0] == ["annotator-2"]


def test_an_account_keeps_its_name_when_its_address_changes():
    names = named(Person(3, "a@x.eu", joined="2026"))[1]
    renamed = Person(3, "new@x.eu", joined="2026")
    (name,), after = named(renamed, before=names)
    assert name == "annotator-1"
    assert after.addresses == {"annotator-1": "new@x.eu"}
    # What knows the address alone, such as an export, knows the person by it from now on.
    assert [after.of(Person(None, each)) for each in ("a@x.eu", "new@x.eu")] == [name, name]


def test_an_account_of_the_same_number_on_another_server_is_another_person_s():
    names = named(Person(3, "a@x.eu", joined="2026"))[1]
    assert named(Person(3, "b@x.eu", joined="2027"), before=names)[0] == ["annotator-2"]


def test_an_address_that_moves_to_another_account_takes_no_name_along():
    names = named(Person(3, "a@x.eu", joined="2026"), Person(4, "b@x.eu", joined="2026"))[1]
    swapped = (Person(3, "b@x.eu", joined="2026"), Person(4, "a@x.eu", joined="2026"))
    assert named(*swapped, before=names)[0] == ["annotator-1", "annotator-2"]


def test_a_person_with_two_numbers_on_two_servers_is_one():
    names = named(Person(3, "a@x.eu"))[1]
    assert named(Person(8, "A@X.eu".lower()), before=names)[0] == ["annotator-1"]


def test_numbers_of_an_unknown_server_are_other_people_s():
    names = named(Person(3))[1]
    assert named(Person(3, server="export-1-"), before=names)[0] == ["annotator-2"]


def test_the_map_is_kept_private_and_comes_back_as_it_was(tmp_path):
    path = tmp_path / ".annotate" / "annotators.json"
    assert Pseudonyms.load(path) == Pseudonyms()
    names = named(Person(3, "a@x.eu"), Person(4))[1]
    names.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Pseudonyms.load(path) == names
    assert json.loads(path.read_text()) == {
        "email:a@x.eu": "annotator-1", "number:3": "annotator-1", "number:4": "annotator-2",
    }  # fmt: skip


@pytest.mark.parametrize("content", ["[1]", "{", "3"])
def test_a_broken_map_is_refused_rather_than_begun_anew(tmp_path, content):
    path = tmp_path / "annotators.json"
    path.write_text(content)
    with pytest.raises(SyncError, match=r"annotators\.json"):
        Pseudonyms.load(path)


def test_somebody_unknown_has_no_name():
    with pytest.raises(SyncError, match="number:3"):
        Pseudonyms().of(Person(3))
