from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import FamilyError
from annotate.families.components import bridging, connect
from annotate.families.override import Override
from annotate.records import Evidence, Link
from stories import FERRY, ORCHARD, document


def link(first, second, share=0.5, kind="copy"):
    first, second = sorted((first, second))
    found = Evidence(similarity=share, first_in_second=share, second_in_first=share, shared=9)
    return Link(first=first, second=second, kind=kind, reason="r",
                evidence=None if kind == "joined" else found)  # fmt: skip


PAIRS = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(
    lambda pair: pair[0] < pair[1]
)
LINKS = st.dictionaries(PAIRS, st.floats(0, 1), max_size=16).map(
    lambda found: [link(*pair, share) for pair, share in found.items()]
)


def test_what_is_linked_through_others_belongs_together():
    found = connect([link("a", "b"), link("c", "b"), link("x", "y")])
    assert found.members == (("a", "b", "c"), ("x", "y"))
    assert [(one.first, one.second) for one in found.kept] == [("a", "b"), ("b", "c"), ("x", "y")]


def test_a_chain_between_parted_documents_is_cut_at_its_weakest_link():
    chain = [link("a", "b", 0.9), link("b", "c", 0.4), link("c", "d", 0.8)]
    found = connect(chain, part=[("a", "d")])
    assert found.members == (("a", "b"), ("c", "d"))
    assert [(one.first, one.second) for one in found.cut] == [("b", "c")]


def test_what_is_joined_and_parted_through_others_is_refused():
    joined = [link("a", "b", kind="joined"), link("b", "c", kind="joined")]
    with pytest.raises(FamilyError, match="b and c are joined, and parted through others"):
        connect(joined, part=[("a", "c")])


@given(LINKS, st.randoms())
def test_components_are_a_partition_that_no_link_leaves(links, order):
    found = connect(links)
    counts = Counter(name for group in found.members for name in group)
    assert set(counts) == {end for one in links for end in (one.first, one.second)}
    assert set(counts.values()) <= {1}
    group_of = {name: group for group in found.members for name in group}
    assert all(group_of[one.first] == group_of[one.second] for one in links)
    shuffled = list(links)
    order.shuffle(shuffled)
    assert connect(shuffled) == found


@given(LINKS, st.sets(PAIRS, max_size=6))
def test_parted_documents_are_never_together(links, part):
    found = connect(links, part=sorted(part))
    groups = [set(group) for group in found.members]
    assert not any({one, other} <= group for one, other in part for group in groups)
    assert len(found.kept) + len(found.cut) == len(links)


@given(LINKS)
def test_bridges_are_the_members_that_others_need(links):
    for group in connect(links).members:
        inside = [one for one in links if one.first in group]
        needed = []
        for name in group:
            rest = [one for one in inside if name not in (one.first, one.second)]
            whole = connect(rest).members == (tuple(n for n in group if n != name),)
            needed += [] if whole or len(group) == 2 else [name]
        assert bridging(group, inside) == tuple(needed)


def test_an_override_names_documents_by_id_or_key(tmp_path):
    one, other = document(FERRY, "ferry"), document(ORCHARD, "orchard")
    path = tmp_path / "families.toml"
    assert Override.load(path, [one, other]) == Override()
    path.write_text(f'join = [["ferry", "{other.id}"]]')
    assert Override.load(path, [one, other]).join == (tuple(sorted((one.id, other.id))),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("join = [", "not readable as TOML"),
        ("split = []", "'split' is neither join nor part"),
        ('join = "ferry"', "join is not a list of pairs"),
        ('part = [["ferry"]]', "is not a pair of documents"),
        ('part = [["ferry", "nowhere"]]', "there is no document 'nowhere'"),
        ('part = [["ferry", "ferry"]]', "is one document"),
        ('part = [["ferry", "orchard"]]\njoin = [["orchard", "ferry"]]', "are joined and parted"),
    ],
)
def test_what_an_override_cannot_say_is_refused_in_a_line(tmp_path, content, problem):
    path = tmp_path / "families.toml"
    path.write_text(content)
    with pytest.raises(FamilyError, match=problem) as refused:
        Override.load(path, [document(FERRY, "ferry"), document(ORCHARD, "orchard")])
    assert "\n" not in str(refused.value)
