"""A sentence as weighted counts of its words, word pairs and short letter sequences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import ModelError

KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "words": {
        "analyzer": "word",
        "ngram_range": (1, 2),
        "token_pattern": r"\w+|[^\w\s]",  # a quotation or question mark says much about speech
    },
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
"""What is counted. The order is that of the columns."""

_SEEN_IN: Final = 2
"""Examples that an n-gram must occur in: with 1 the macro-F1 was no higher, and often lower."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The n-grams of one kind that were learnt, and their inverse document frequencies."""

    terms: tuple[str, ...]
    idf: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What `Ngrams.learn` gives: the n-grams, and the matrix of the texts they came from."""

    ngrams: "Ngrams"
    matrix: Any  # scipy.sparse.csr_array of float32, shape (texts, columns)


class Ngrams:
    """Turns texts into rows of a sparse matrix.

    Counts are lower-cased and sublinear (1 + log count), times the inverse document frequency;
    each kind of n-gram has length 1 in each row.
    """

    def __init__(self, kinds: Mapping[str, Terms]) -> None:
        """Take n-grams that were learnt; kinds without any are left out.

        Raises:
            ModelError: a term stands twice, or there is not one idf for each.
        """
        self.kinds = {name: kinds[name] for name in KINDS if name in kinds}
        self._vectorisers = [_restored(name, terms) for name, terms in self.kinds.items()]

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Learnt:
        """Learn the n-grams that occur in at least 2 of the texts.

        Raises:
            ModelError: there is none.
        """
        from scipy.sparse import hstack

        kinds, parts = {}, []
        for name in KINDS:
            vectoriser = _vectoriser(name, min_df=_SEEN_IN)
            try:
                parts.append(vectoriser.fit_transform(texts))
            except ValueError:  # scikit-learn's word for "no terms"
                continue
            terms = tuple(vectoriser.get_feature_names_out().tolist())
            kinds[name] = Terms(terms, vectoriser.idf_.astype(np.float32))
        if not kinds:
            msg = (
                f"No word or letter sequence occurs in {_SEEN_IN} of the {len(texts)} texts to "
                "learn from. Label more sentences."
            )
            raise ModelError(msg)
        return Learnt(cls(kinds), hstack(parts, format="csr", dtype=np.float32))

    @property
    def columns(self) -> int:
        """How many n-grams there are."""
        return sum(len(terms.terms) for terms in self.kinds.values())

    def matrix(self, texts: Iterable[str]) -> Any:  # noqa: ANN401  scipy has no types
        """Sparse matrix (csr, float32) of shape (texts, columns)."""
        from scipy.sparse import hstack

        texts = list(texts)
        parts = [vectoriser.transform(texts) for vectoriser in self._vectorisers]
        return hstack(parts, format="csr", dtype=np.float32)


def _vectoriser(name: str, **settings: Any) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **KINDS[name], **settings)


def _restored(name: str, terms: Terms) -> Any:  # noqa: ANN401  scikit-learn has no types
    try:
        vectoriser = _vectoriser(name, vocabulary=terms.terms)
        vectoriser.idf_ = terms.idf
    except ValueError as error:
        msg = f"The {name} of the model do not fit together ({error}). Train it again."
        raise ModelError(msg) from None
    return vectoriser
