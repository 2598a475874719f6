import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.errors import LedgerError
from annotate.prediction import Done, Ledger, Run
from annotate.prediction.books import remove_book
from annotate.stores import as_place, delivered, files_in

LEDGER = "_ledger.jsonl"
RUN = Run(model="m1", input="i1", names="n1", settings="{}", pieces=3)
FIRST = Done(0, articles=2, rows=7, size=100, refused=(("a:3", "holds no text"),))
SECOND = Done(1, articles=1, rows=2, size=50)


@pytest.fixture(params=["disk", "store"])
def out(request, tmp_path):
    """A folder that is not there yet, on this disk or in the store that fsspec has in memory."""
    if request.param == "disk":
        return tmp_path / "out"
    return as_place(f"memory://{uuid.uuid4().hex}/out")


def state(folder, run=RUN):
    with Ledger.opened(folder, run) as ledger:
        return ledger.done, ledger.articles, ledger.rows, ledger.refused


def test_a_ledger_remembers(out):
    with Ledger.opened(out, RUN) as ledger:
        ledger.add(FIRST)
        ledger.add(SECOND)
    assert state(out) == ({0, 1}, 3, 9, 1)
    with Ledger.opened(out, RUN) as ledger:
        assert (ledger.told(0), ledger.told(1)) == (FIRST, SECOND)
        ledger.forget(0)
        ledger.add(FIRST)
        assert ledger.told(0) == FIRST
    assert state(out) == ({0, 1}, 3, 9, 1)


def test_a_ledger_that_was_cut_off_anywhere_goes_on(tmp_path):
    folder = tmp_path / "out"
    with Ledger.opened(folder, RUN) as ledger:
        ledger.add(FIRST)
        ledger.add(SECOND)
    content = (folder / LEDGER).read_bytes()
    ends = [place + 1 for place, byte in enumerate(content) if byte == ord("\n")]
    for length in range(len(content) + 1):
        (folder / LEDGER).write_bytes(content[:length])
        expected = {n for n in (0, 1) if ends[n + 1] <= length}
        assert state(folder)[0] == expected
        with Ledger.opened(folder, RUN) as ledger:
            for done in (FIRST, SECOND):
                if done.piece not in ledger.done:
                    ledger.add(done)
        assert (folder / LEDGER).read_bytes() == content


@pytest.mark.parametrize(
    ("change", "words"),
    [({"model": "m2"}, "another model"), ({"input": "i2"}, "another input"),
     ({"settings": "[]"}, "other settings"), ({"pieces": 4}, "another input"),
     ({"names": "n2"}, "another current folder")],
)  # fmt: skip
def test_another_run_is_refused(out, change, words):
    state(out)
    with pytest.raises(LedgerError, match=f"was begun with {words}"):
        state(out, replace(RUN, **change))
    assert state(out)[0] == set()


def test_a_folder_of_other_files_is_left_alone(out):
    with delivered(out / "mine.txt") as path:
        path.write_text("x")
    with pytest.raises(LedgerError, match=r"holds mine\.txt"):
        state(out)
    assert files_in(out, deep=True) == {"mine.txt": 1}


def test_an_entry_that_stands_twice_in_a_ledger_counts_once(tmp_path):
    with Ledger.opened(tmp_path / "out", RUN) as ledger:
        for done in (FIRST, FIRST, SECOND):
            ledger.add(done)
    before = (tmp_path / "out" / LEDGER).read_bytes()
    assert state(tmp_path / "out") == ({0, 1}, 3, 9, 1)
    assert (tmp_path / "out" / LEDGER).read_bytes() == before


def test_two_runs_into_a_store_do_the_same(tmp_path):
    out = as_place(f"memory://{uuid.uuid4().hex}/out")
    with Ledger.opened(out, RUN) as one, Ledger.opened(out, RUN) as two:
        one.add(FIRST)
        two.add(FIRST)
        two.add(SECOND)
    assert state(out) == ({0, 1}, 3, 9, 1)


def test_two_runs_take_turns(tmp_path):
    with (
        Ledger.opened(tmp_path / "out", RUN),
        pytest.raises(LedgerError, match="Another process"),
    ):
        state(tmp_path / "out")


@pytest.mark.parametrize(
    "content", [b"garbage\n", b"\0" * 9 + b"\n", b"\0" * 9, b"[1]\n", b"HEAD{}\n"]
)
def test_a_damaged_ledger_is_refused(tmp_path, content):
    state(tmp_path / "out")
    path = tmp_path / "out" / LEDGER
    content = content.replace(b"HEAD", path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="out: its ledger is damaged"):
        state(tmp_path / "out")
    assert path.read_bytes() == content


@pytest.mark.parametrize("own", [True, False])
def test_who_takes_a_book_away_leaves_what_is_not_of_it(out, own):
    state(out)
    if not own:
        with delivered(out / ".mine") as path:
            path.write_text("x")
    remove_book(out)
    assert files_in(out, deep=True) == ({} if own else {".mine": 1})
    assert not isinstance(out, Path) or out.exists() != own
