"""One push at a time: who asked first goes first, and who is gone is not waited for."""

import threading
from dataclasses import replace

import pytest
from fake_studio import FakeStudio

from annotate.errors import SyncError, UncertainError
from annotate.labelstudio import line
from annotate.labelstudio.line import owner_of, turn_at


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(line, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(line, "SILENT_SECONDS", 0.2)


@pytest.fixture
def studio():
    return FakeStudio()


def silent(_):
    pytest.fail("nothing to wait for")


def test_nobody_waits_where_nobody_is_and_the_line_is_left_empty(studio):
    with turn_at(studio, 1, "me", say=silent):
        assert [turn.owner for turn in studio.turns(1)] == ["me"]
    assert studio.turns(1) == []


def test_the_line_is_left_when_the_work_fails(studio):
    with pytest.raises(ZeroDivisionError), turn_at(studio, 1, "me", say=silent):
        raise ZeroDivisionError
    assert studio.turns(1) == []


def test_two_never_work_at_the_same_time(studio):
    at_work, most, order = [], [], []

    def work(owner):
        with turn_at(studio, 1, owner, say=lambda _: None) as place:
            at_work.append(owner)
            most.append(len(at_work))
            for _ in range(5):
                place.still_here()
                threading.Event().wait(0.05)
            order.append(owner)
            at_work.remove(owner)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert max(most) == 1
    assert sorted(order) == ["w0", "w1", "w2", "w3"]
    assert studio.turns(1) == []


def test_what_we_left_behind_ourselves_goes_at_once(studio):
    studio.ask_turn(1, "me")
    with turn_at(studio, 1, "me", say=silent):
        assert len(studio.turns(1)) == 1


def test_somebody_who_shows_no_sign_of_life_is_not_waited_for(studio):
    studio.ask_turn(1, "gone")
    told = []
    with turn_at(studio, 1, "me", say=told.append):
        assert [turn.owner for turn in studio.turns(1)] == ["me"]
    assert len(told) == 1


def test_patience_ends(studio, monkeypatch):
    monkeypatch.setattr(line, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(line, "SILENT_SECONDS", 9)
    studio.ask_turn(1, "other")
    with pytest.raises(SyncError, match="Try again later"), turn_at(studio, 1, "me", say=str):
        pytest.fail("it is not our turn")
    assert [turn.owner for turn in studio.turns(1)] == ["other"]


def test_a_place_that_was_taken_away_is_not_used(studio, monkeypatch):
    studio.ask_turn(1, "other")
    asked = studio.turns

    def robbed(project):
        return [turn for turn in asked(project) if turn.owner != "me"] if len(
            asked(project)) > 1 and robbed.armed else asked(project)  # fmt: skip

    robbed.armed = False
    monkeypatch.setattr(studio, "turns", robbed)

    def arm(_):
        robbed.armed = True

    with pytest.raises(SyncError, match="Push again"), turn_at(studio, 1, "me", say=arm):
        pytest.fail("it is not our turn")


def test_an_answer_lost_while_standing_in_line_is_looked_up(studio):
    lost = UncertainError("The connection broke.")
    studio.faults = {"ask_turn": [(lost, True)]}
    with turn_at(studio, 1, "me", say=silent):
        assert len(studio.turns(1)) == 1
    studio.faults = {"ask_turn": [(lost, False)]}
    with pytest.raises(UncertainError, match="Try again"), turn_at(studio, 1, "me", say=silent):
        pytest.fail("we are not in the line")


def test_a_sign_of_life_is_a_new_beat(studio):
    with turn_at(studio, 1, "me", say=silent) as place:
        place._said -= 1
        place.still_here()
        (turn,) = studio.turns(1)
        assert turn == replace(turn, owner="me", beat=1)


def test_an_owner_is_a_folder_and_says_nothing_of_it(tmp_path):
    other = tmp_path / "secret-desk"
    assert owner_of(tmp_path) == owner_of(tmp_path / "x" / "..")
    assert owner_of(other) != owner_of(tmp_path)
    assert "secret" not in owner_of(other)
