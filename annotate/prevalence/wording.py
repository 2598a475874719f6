"""What is to be known of corrected shares, in words."""

from collections.abc import Iterator

from annotate.prevalence.estimating import FEWEST_FAMILIES, FEWEST_SENTENCES
from annotate.prevalence.results import Prevalence

_NAMED = 3
_FULL_WEIGHT = 0.995


def notes_on(found: Prevalence) -> Iterator[str]:
    """Notes, the weightiest first."""
    if found.pooled:
        yield f"{too_few(found)} {_pooled(found)}"
    if found.weight < _FULL_WEIGHT and len(found.pooled) < len(found.cells):
        yield (
            f"In cells with a correction of their own the model's counts have the weight "
            f"{found.weight:.2f}: so far they help against the labels of the audit alone."
        )
    yield (
        "The intervals are those of the sentences that were labelled, whole families of audited "
        "articles being drawn. They hold for an archive of which the audited articles are a random "
        "part, or that is like the one they were drawn from."
    )


def too_few(found: Prevalence) -> str:
    """Which cells have too little audited."""
    cells = found.pooled
    named = ", ".join(cell.name for cell in cells[:_NAMED])
    more = f" and {len(cells) - _NAMED:,} more" if len(cells) > _NAMED else ""
    one = len(cells) == 1
    return (
        f"{'1 cell' if one else f'{len(cells):,} cells'} of {len(found.cells):,} "
        f"{'has' if one else 'have'} fewer than {FEWEST_SENTENCES} audited sentences or "
        f"{FEWEST_FAMILIES} audited families: {named}{more}."
    )


def _pooled(found: Prevalence) -> str:
    them = "It is" if len(found.pooled) == 1 else "They are"
    if found.spread is None:
        return (
            f"{them} corrected by the errors of all audited sentences, as if the model erred "
            "alike everywhere; the audit reaches too few cells to tell whether it does."
        )
    return (
        f"{them} corrected by the errors of all audited sentences, with intervals that are wider "
        "by how much the errors differ between cells. Rely on them less than on the others."
    )
