"""What was sent is remembered, whenever the process is killed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.labelstudio.journal import Journal

NAMES = st.sampled_from(["t1", "t2", "t3"])
STEPS = st.one_of(
    st.tuples(st.just("sending"), st.sets(NAMES, min_size=1)),
    st.tuples(st.just("arrived"), st.dictionaries(NAMES, st.sampled_from(["d1", "d2"]))),
    st.tuples(st.just("renamed"), st.just({"t1": "t4"})),
    st.tuples(st.just("forget"), st.sets(NAMES).map(lambda names: names.__contains__)),
    st.tuples(st.just("rewrite"), st.none()),
    st.tuples(st.just("compact"), st.none()),
)


def state(journal):
    return dict(journal.sent), journal.doubtful, journal.asked


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sent.jsonl"


def test_what_was_noted_is_there_again(path):
    journal = Journal.load(path, "k")
    journal.sending(["t1", "t2"])
    journal.arrived({"t1": "d1", "t2": "d2"})
    journal.renamed({"t1": "t9"})
    assert Journal.load(path, "k").sent == {"t9": "d1", "t2": "d2"}


def test_what_is_forgotten_leaves_no_word_in_the_file(path):
    journal = Journal.load(path, "k")
    journal.arrived({"secret-1": "d1", "t1": "d1"})
    journal.renamed({"secret-1": "secret-2"})
    journal.sending(["secret-3", "t2"])
    journal.forget(lambda name: name.startswith("secret"))
    assert "secret" not in path.read_text()
    again = Journal.load(path, "k")
    assert (again.sent, again.doubtful) == ({"t1": "d1"}, {"t2"})
    assert again.asked == journal.asked
    Journal.load(path, "of another project").forget(lambda _name: False)
    assert "t1" not in path.read_text()


def test_where_nothing_was_sent_forgetting_makes_no_file(path):
    Journal.load(path, "k").forget(lambda _name: True)
    assert not path.exists()


def test_a_request_without_an_answer_leaves_a_doubt(path):
    journal = Journal.load(path, "k")
    journal.arrived({"t1": "d1"})
    journal.sending(["t1", "t2"])
    again = Journal.load(path, "k")
    assert (again.sent, again.doubtful) == ({}, {"t1", "t2"})
    assert again.asked is not None
    again.arrived({})
    assert Journal.load(path, "k").doubtful == frozenset()


def test_the_journal_of_another_project_says_nothing(path):
    Journal.load(path, "k").arrived({"t1": "d1"})
    other = Journal.load(path, "other")
    assert other.sent == {}
    other.arrived({"t1": "d2"})
    assert Journal.load(path, "other").sent == {"t1": "d2"}
    assert Journal.load(path, "k").sent == {}


@given(st.lists(STEPS, max_size=8), st.integers(0, 400))
def test_cut_off_anywhere_it_is_as_it_was_after_some_step(tmp_path_factory, steps, cut):
    path = tmp_path_factory.mktemp("j") / "sent.jsonl"
    journal = Journal.load(path, "k")
    states = [state(journal)]
    for name, value in steps:
        getattr(journal, name)(*(() if value is None else (value,)))
        states.append(state(journal))
    assert state(Journal.load(path, "k")) == states[-1]
    if path.exists():
        path.write_bytes(path.read_bytes()[:cut])
        found = Journal.load(path, "k")
        assert state(found) in states
        found.arrived({"t3": "d9"})
        assert Journal.load(path, "k").sent["t3"] == "d9"


@pytest.mark.parametrize("text", ["", "{", "[]\n3\n", '{"key": "k"}\n{"sending": 3}\n\x00\n'])
def test_a_broken_journal_says_nothing(path, text):
    path.write_text(text)
    journal = Journal.load(path, "k")
    assert (journal.sent, journal.doubtful) == ({}, frozenset())
    journal.arrived({"t1": "d1"})
    assert Journal.load(path, "k").sent == {"t1": "d1"}


def test_a_long_journal_is_written_anew(path):
    journal = Journal.load(path, "k")
    for place in range(100):
        journal.arrived({f"t{place}": "d"})
    journal.compact()
    assert len(path.read_text().splitlines()) == 2
    assert Journal.load(path, "k").sent == journal.sent
