"""The leakage certificate: what the splits share, and what carelessness would score."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from annotate.fields import Name, Share

CERTIFICATE = "certificate.json"


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ClosePair(_Closed):
    """Two articles, by their ids, one in test and one to learn from."""

    test: Name
    learn: Name
    similarity: Share
    containment: Share


class QuotedOnBothSides(_Closed):
    """A long quotation of a test article that an article to learn from has too.

    ``start`` and ``end`` are code points in the test article; the words are not repeated here.
    """

    test: Name
    start: NonNegativeInt
    end: NonNegativeInt
    words: NonNegativeInt
    learn: Name


class CarelessScore(_Closed):
    """The score of a recipe under one way to split; see `annotate.evaluation.leakage`.

    ``above_family`` is how much higher it is than by family on the same sentences, ``low`` and
    ``high`` are the ends of its 95 % interval over families; ``problem`` says why there is none.
    """

    split: Literal["sentence", "article", "family", "time"]
    macro_f1: Share | None = None
    test: NonNegativeInt = 0
    train: NonNegativeInt = 0
    above_family: float | None = None
    low: float | None = None
    high: float | None = None
    problem: str | None = None


class Certificate(_Closed):
    """The content of ``certificate.json``. It holds ids, places and numbers, no text.

    Attributes:
        format: version of this form.
        families: families, and articles of their own, in the data set.
        families_across: those that stand in two splits; a data set with any is not written.
        most_similar: of all pairs of a test article and one to learn from, the most similar.
        most_contained: the pair of which one holds most of the other.
        quotations: long quotations (15 words and more) on both sides.
        sentences: test sentences that stand word for word in train or validation.
        long_sentences: those of them with eight words and more.
        test_sentences: how many sentences test has.
        recipe: by which the scores were made; None where none were.
        scored: sentences that were scored; all of the data set, or whole families drawn.
        seed: of the draws and of the training.
        scores: by sentence, article, family and time.
    """

    format: Literal[1] = 1
    families: NonNegativeInt
    families_across: NonNegativeInt = 0
    most_similar: ClosePair | None
    most_contained: ClosePair | None
    quotations: tuple[QuotedOnBothSides, ...] = ()
    sentences: NonNegativeInt = 0
    long_sentences: NonNegativeInt = 0
    test_sentences: NonNegativeInt = 0
    recipe: str | None = None
    scored: NonNegativeInt = 0
    seed: NonNegativeInt
    scores: tuple[CarelessScore, ...] = ()


def certificate_lines(found: Certificate) -> Iterator[str]:
    """The certificate as Markdown, a section of the card."""
    yield f"- Families of articles on both sides: {found.families_across} of {found.families:,}."
    similar, contained = found.most_similar, found.most_contained
    if similar and contained:
        yield (
            f"- The most similar pair of a test article and one to learn from shares "
            f"{similar.similarity:.1%} of its runs of three words (`{similar.test}`, "
            f"`{similar.learn}`); the most that one holds of another is {contained.containment:.1%}"
            f" (`{contained.test}`, `{contained.learn}`)."
        )
    else:
        yield "- No test article shares three words in a row with an article to learn from."
    articles = len({quotation.test for quotation in found.quotations})
    yield (
        f"- Quotations of 15 words and more on both sides: {len(found.quotations):,}, in "
        f"{articles:,} test articles."
    )
    yield (
        f"- Test sentences that stand word for word in train or validation: {found.sentences:,} of "
        f"{found.test_sentences:,}, of which {found.long_sentences:,} have eight words and more."
    )
    yield ""
    if not found.scores:
        yield "What a careless split would score was not measured (`--no-scores`)."
        return
    yield (
        f"What the recipe `{found.recipe}` scores on {found.scored:,} of these sentences if whole "
        "sentences, articles or families are kept together in five folds, and on the latest fifth:"
    )
    yield ""
    yield "| split by | macro-F1 | sentences scored | above by family, on the same sentences |"
    yield "|---|---|---|---|"
    for one in found.scores:
        yield _row(one)


def _row(one: CarelessScore) -> str:
    if one.macro_f1 is None:
        return f"| {one.split} | – | – | not measured: {one.problem} |"
    above = "–" if one.above_family is None else f"{one.above_family:+.3f}"
    if one.low is not None and one.high is not None:
        above += f" [{one.low:+.3f}, {one.high:+.3f}]"
    return f"| {one.split} | {one.macro_f1:.3f} | {one.test:,} | {above} |"
