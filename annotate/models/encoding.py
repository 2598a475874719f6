"""Texts through an encoder: word pieces, batches of like length, and one vector for each text.

The processor is used on one thread: threads that wait for one another keep busy cores from working,
and several processes make better use of several cores.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.models.pretrained import Encoder
from annotate.records import Input

_BATCH: Final = 32
"""Texts at a time when nothing is learnt; more were slower on a processor."""
_CONTEXT: Final = 300
"""Characters of the sentences before and of those after that are looked at."""

Text = str | tuple[str, str]
"""What an encoder is given: a sentence, or a sentence and its context."""


class Pieces(NamedTuple):
    """A text as word pieces; both tuples are of one length."""

    ids: tuple[int, ...]
    types: tuple[int, ...]


def with_context(entry: Input) -> Text:
    """The sentence and, as the second of a pair, its title and neighbours where there are any.

    The bars keep what stands before the sentence apart from what stands behind it.
    """
    before, after = entry.before[-_CONTEXT:].strip(), entry.after[:_CONTEXT].strip()
    title = (entry.title or "").strip()
    if not (before or after or title):
        return entry.text
    return entry.text, f"{title} | {before} | {after}"


def device() -> str:
    """Where to compute: "cuda" where there is a GPU, else "cpu"."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def computing(on: str, *, half: bool | None = None) -> Iterator[None]:
    """One thread, and bfloat16 in place of float32.

    Args:
        on: the device.
        half: whether to compute in bfloat16; None for a GPU that can, and not on a processor.
    """
    import torch

    if half is None:
        half = on == "cuda" and torch.cuda.is_bf16_supported()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.autocast(on, dtype=torch.bfloat16, enabled=half):
            yield
    finally:
        torch.set_num_threads(threads)


def cut(encoder: Encoder, texts: Sequence[Text], *, longest: int) -> list[Pieces]:
    """Cut texts into word pieces; of what is too long the end is left out.

    Args:
        encoder: whose pieces they are.
        texts: sentences, or pairs of a sentence and its context.
        longest: pieces of a text at most, if the encoder takes as many.
    """
    tokenizer = encoder.tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(longest, encoder.longest), strategy="longest_first")
    found = tokenizer.encode_batch(list(texts))
    return [Pieces(tuple(one.ids), tuple(one.type_ids)) for one in found]


def pooled(encoder: Encoder, batch: Sequence[Pieces]) -> Any:  # noqa: ANN401  torch is not type-checked
    """Vectors of a batch, a float32 tensor of shape (batch, width) with its gradients."""
    import torch

    config = encoder.body.config
    length = max(len(pieces.ids) for pieces in batch)
    ids = np.full((len(batch), length), config.pad_token_id, dtype=np.int64)
    types, mask = np.zeros_like(ids), np.zeros_like(ids)
    for row, pieces in enumerate(batch):
        size = len(pieces.ids)
        ids[row, :size], types[row, :size], mask[row, :size] = pieces.ids, pieces.types, 1
    given = {"input_ids": ids, "attention_mask": mask}
    if getattr(config, "type_vocab_size", 0) > 1:
        given["token_type_ids"] = types
    tensors = {
        name: torch.from_numpy(array).to(encoder.body.device) for name, array in given.items()
    }
    vectors = encoder.body(**tensors).last_hidden_state.float()
    kept = tensors["attention_mask"].unsqueeze(-1)
    if encoder.pooling == "first":
        return vectors[:, 0]
    if encoder.pooling == "max":
        return vectors.masked_fill(kept == 0, -torch.inf).amax(dim=1)
    return (vectors * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1)


def rows_of(
    encoder: Encoder,
    texts: Sequence[Text],
    *,
    longest: int,
    head: Callable[[Any], Any] | None = None,
    half: bool | None = None,
) -> NDArray[np.float32]:
    """One row for each text: its vector, or what a head makes of that.

    Texts that occur more than once are computed once.

    Args:
        encoder: moved to where there is a GPU.
        texts: at least one.
        longest: word pieces of a text at most.
        head: from vectors to rows.
        half: as in `computing`.

    Returns:
        Shape (texts, length of a row).
    """
    places: dict[Text, int] = {}
    which = [places.setdefault(text, len(places)) for text in texts]
    pieces = cut(encoder, list(places), longest=longest)
    return rows_of_pieces(encoder, pieces, head=head, half=half)[which]


def rows_of_pieces(
    encoder: Encoder,
    pieces: Sequence[Pieces],
    *,
    head: Callable[[Any], Any] | None = None,
    half: bool | None = None,
) -> NDArray[np.float32]:
    """As `rows_of`, for texts that are cut already; in batches of like length."""
    import torch

    order = sorted(range(len(pieces)), key=lambda place: len(pieces[place].ids))
    on = device()
    encoder.body.to(on).eval()
    rows = []
    with torch.inference_mode(), computing(on, half=half):
        for start in range(0, len(order), _BATCH):
            vectors = pooled(encoder, [pieces[place] for place in order[start : start + _BATCH]])
            rows.append((head(vectors) if head else vectors).float().cpu().numpy())
    found: NDArray[np.float32] = np.concatenate(rows)
    return found[np.argsort(order)]
