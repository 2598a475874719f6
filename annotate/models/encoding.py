"""Passages through an encoder: word pieces, batches of like length, and one vector for each.

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

READING: Final = "pair-2"
"""What a model says it was trained with: it changes with what an encoder is given of an input."""
_BATCH: Final = 32
"""Passages at a time when nothing is learnt; more were slower on a processor."""
_CONTEXT: Final = 300
"""Characters of the sentences before and of those after that are looked at."""
_BAR: Final = "|"
"""What keeps title, sentences before and sentences after apart."""


class Passage(NamedTuple):
    """What an encoder is given: a sentence and, as the second of a pair, what stands around it."""

    text: str
    title: str = ""
    before: str = ""
    after: str = ""


class Pieces(NamedTuple):
    """A passage as word pieces; both tuples are of one length."""

    ids: tuple[int, ...]
    types: tuple[int, ...]


def with_context(entry: Input) -> Passage:
    """A sentence with its title and the ends of its neighbours that are next to it."""
    before, after = entry.before[-_CONTEXT:].strip(), entry.after[:_CONTEXT].strip()
    return Passage(entry.text, (entry.title or "").strip(), before, after)


def device() -> str:
    """Where to compute: "cuda" where there is a GPU, else "cpu"."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def computing(on: str, *, half: bool | None = None) -> Iterator[None]:
    """One thread, and bfloat16 in place of float32.

    Args:
        on: the device.
        half: whether to compute in bfloat16 on a device that has instructions for it: without
            them it takes many times as long as float32. None for a GPU only.
    """
    import torch

    wanted = on == "cuda" if half is None else half
    half = wanted and _has_half(on)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.autocast(on, dtype=torch.bfloat16, enabled=half):
            yield
    finally:
        torch.set_num_threads(threads)


def _has_half(on: str) -> bool:
    """Whether a device has instructions for bfloat16; yes where torch is too old to tell."""
    import torch

    if on == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if not hasattr(torch.cpu, "get_capabilities"):
        return True
    told = torch.cpu.get_capabilities()
    return any(has for name, has in told.items() if "bf16" in name)


def cut(encoder: Encoder, passages: Sequence[Passage], *, longest: int) -> list[Pieces]:
    """Cut passages into word pieces.

    The sentence comes first: only what it leaves goes to its title and neighbours, evenly as far
    as they need it. Of a sentence, a title and what comes after the end is left out, of what stands
    before the beginning, so that what is nearest is kept.

    Args:
        encoder: whose pieces they are.
        passages: any number.
        longest: pieces of a passage at most, if the encoder takes as many.
    """
    tokenizer = encoder.tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    longest = min(longest, encoder.longest)
    parts = [
        tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for texts in zip(*passages, strict=True)
    ]
    bar = tokenizer.encode(_BAR, add_special_tokens=False)
    joined = (_joined(tokenizer, bar, *each, longest=longest) for each in zip(*parts, strict=True))
    return [Pieces(tuple(one.ids), tuple(one.type_ids)) for one in joined]


def _joined(
    tokenizer: Any,  # noqa: ANN401  tokenizers is not type-checked
    bar: Any,  # noqa: ANN401
    text: Any,  # noqa: ANN401
    *around: Any,  # noqa: ANN401
    longest: int,
) -> Any:  # noqa: ANN401
    """A sentence, and title, before and after as its pair, in so many pieces at most."""
    left = longest - tokenizer.num_special_tokens_to_add(True) - len(text) - 2 * len(bar)
    if left <= 0 or not any(map(len, around)):
        text.truncate(longest - tokenizer.num_special_tokens_to_add(False))
        return tokenizer.post_process(text)
    shares = even_shares([len(part) for part in around], left)
    for part, share, end in zip(around, shares, ("right", "left", "right"), strict=True):
        part.truncate(share, direction=end)
    title, before, after = around
    return tokenizer.post_process(text, type(bar).merge([title, bar, before, bar, after]))


def even_shares(wanted: Sequence[int], total: int) -> list[int]:
    """Divide a total evenly; what one does not want goes to the others.

    Args:
        wanted: at most so much each, 0 or more.
        total: what there is, 0 or more.

    Returns:
        At most ``total`` together, and less only where all have what they want.
    """
    shares = [0] * len(wanted)
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    for done, place in enumerate(order):
        shares[place] = min(wanted[place], total // (len(order) - done))
        total -= shares[place]
    return shares


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
    passages: Sequence[Passage],
    *,
    longest: int,
    head: Callable[[Any], Any] | None = None,
    half: bool | None = None,
) -> NDArray[np.float32]:
    """One row for each passage: its vector, or what a head makes of that.

    Passages that occur more than once are computed once.

    Args:
        encoder: moved to where there is a GPU.
        passages: at least one.
        longest: word pieces of a passage at most.
        head: from vectors to rows.
        half: as in `computing`.

    Returns:
        Shape (passages, length of a row).
    """
    places: dict[Passage, int] = {}
    which = [places.setdefault(passage, len(places)) for passage in passages]
    pieces = cut(encoder, list(places), longest=longest)
    return rows_of_pieces(encoder, pieces, head=head, half=half)[which]


def rows_of_pieces(
    encoder: Encoder,
    pieces: Sequence[Pieces],
    *,
    head: Callable[[Any], Any] | None = None,
    half: bool | None = None,
) -> NDArray[np.float32]:
    """As `rows_of`, for passages that are cut already; in batches of like length."""
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
