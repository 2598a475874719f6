"""Examples that are set aside: in no split, each with its reason."""

from collections.abc import Mapping
from typing import Final, Literal

from annotate.records import Example, Name, Record, Split

Reason = Literal["kin", "straddles", "undated", "no outlet", "no split", "prelabel", "single"]
"""Why an example is set aside."""

IN_WORDS: Final[Mapping[Reason, str]] = {
    "kin": "their article's family belongs to another split, which it may not share",
    "straddles": "their family has articles on both sides of the split",
    "undated": "their article has no date",
    "no outlet": "their article names no outlet",
    "no split": "their article names no split",
    "prelabel": "test labels that were made with a pre-label shown",
    "single": "test labels of one annotator, where others label too",
}
"""What is said of the examples that are set aside for each reason."""


class Excluded(Record):
    """An example that is set aside.

    ``was`` is the split that it, or its family, would else be in: a member of the training part
    whose family now holds test articles was in "train".
    """

    filename = "excluded.jsonl"

    id: Name
    group: Name
    document_id: str | None = None
    reason: Reason
    was: Split | None = None

    @classmethod
    def of(cls, example: Example, reason: Reason, was: Split | None = None) -> "Excluded":
        """An example that is set aside, without its text."""
        return cls(
            id=example.id,
            group=example.group,
            document_id=example.document_id,
            reason=reason,
            was=was,
        )
