"""The records of `annotate families`: which articles are the same story text, and why."""

from typing import Literal, Self

from pydantic import NonNegativeFloat, NonNegativeInt, model_validator

from annotate.fields import Name, Record, Share, require

LinkKind = Literal["same", "copy", "part", "alike", "revision", "given", "joined"]
"""``same``: word for word; ``copy``: each is largely in the other; ``part``: one is largely in the
other; ``alike``: less than that, with other evidence; ``revision``: one key, corrected text;
``given``: the source says they are one family; ``joined``: by hand."""


class Evidence(Record):
    """What two texts have in common.

    Shares are of the weights of their different shingles (runs of three words), of which those
    that many documents have count less.

    Attributes:
        similarity: of all shingles of the two, those that both have (weighted Jaccard).
        first_in_second: of the first text's shingles, those that the second has.
        second_in_first: the other way about.
        outside_quotations: of the shorter text's shingles outside quotation marks, those that
            the other has; None where there are hardly any, or the texts share too little.
        shared: the different shingles that both have, each counted by its weight.
        same_words: whether they are word for word the same.
        quoted_words: words of the long quotations that both have.
        title_similarity: of the words of both titles, those in both; None without two titles.
        days_apart: between the first publications; None where one is not known.
    """

    similarity: Share
    first_in_second: Share
    second_in_first: Share
    outside_quotations: Share | None = None
    shared: NonNegativeFloat
    same_words: bool = False
    quoted_words: NonNegativeInt = 0
    title_similarity: Share | None = None
    days_apart: NonNegativeFloat | None = None

    @property
    def containment(self) -> float:
        """How much of one text stands in the other, whichever way it is more; in [0, 1]."""
        return max(self.first_in_second, self.second_in_first)


class Link(Record):
    """Two documents that are the same story text, by their ids, and why.

    ``evidence`` is None where the texts did not decide: revisions, given families, links by hand.
    """

    first: Name
    second: Name
    kind: LinkKind
    reason: Name
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        require(self.first < self.second, f"{self.first} and {self.second} are not in order")
        return self


class Family(Record):
    """Documents that hang together by links: what may not be divided between two splits.

    ``id`` is the name of the group: the family that a source gave, else the least key of a member.
    ``bridges`` are the documents without which a large family would fall apart.
    """

    filename = "families.jsonl"

    id: Name
    documents: tuple[Name, ...]
    links: tuple[Link, ...]
    bridges: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _check_members(self) -> Self:
        members = set(self.documents)
        require(len(members) == len(self.documents) > 1, "a family has two or more documents")
        ends = {end for link in self.links for end in (link.first, link.second)}
        require(ends == members, "the links do not lead to just the documents of the family")
        require(members >= set(self.bridges), "a bridge is not a document of the family")
        return self
