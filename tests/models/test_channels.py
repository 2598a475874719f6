"""N-grams of batches against the same n-grams found one by one."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.models.channels import ODD, SLOT_BITS, Channel
from annotate.models.letters import letter_channel
from annotate.rules import Rules
from annotate.rules.coded import stretches
from strategies import NEWS

READ = Rules.load().read
TEXTS = st.lists(NEWS | st.sampled_from(["", " ", "\x00", "a" * 16, "a" * 17, "É" * 9]), min_size=1)


def sequences(text):
    """Slots of the sequences of 3 to 5 bytes in each word with a blank on either side."""
    [coded] = [READ([text])]
    end = int(coded.tokens.begins[coded.ends[0]])
    text_bytes = bytes(coded.tokens.buffer[:end]).lower()
    words = [word for word in re.split(rb"[\0 \t\n\r]", text_bytes) if word]
    for word in words:
        for size in (3, 4, 5):
            for at in range(len(word) + 3 - size):
                found = (b" " + word + b" ")[at : at + size]
                number = int.from_bytes(found, "little") * int(ODD[size]) % 2**64
                yield number >> (64 - SLOT_BITS)


@given(TEXTS)
def test_letter_sequences_are_those_of_each_word(texts):
    channel = letter_channel(READ(texts))
    values = np.random.default_rng(0).integers(-(2**62), 2**62, 2**SLOT_BITS)
    flat = np.split(channel.flat, np.cumsum(channel.counts)[:-1])
    for text, slots, count, total in zip(
        texts, flat, channel.counts, channel.summed(values), strict=True
    ):
        wanted = list(sequences(text))
        assert Counter(slots.tolist()) == Counter(wanted)
        assert count == len(wanted)
        assert (sum(values[wanted].tolist()) - int(total)) % 2**64 == 0


def test_sentences_may_share_what_they_are_made_of():
    channel = Channel(np.array([5, 6, 7]), np.array([0, 1, 1]), np.array([2, 3, 1]))
    assert channel.counts.tolist() == [2, 2, 0]
    assert channel.flat.tolist() == [5, 6, 6, 7]
    assert channel.summed(np.arange(10) * 10).tolist() == [110, 130, 0]


@pytest.mark.parametrize("pairs", [[], [(3, 3)], [(2, 5), (0, 1), (4, 4)]])
def test_stretches_are_ranges_one_after_the_other(pairs):
    begins, ends = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    assert stretches(begins, ends).tolist() == [n for pair in pairs for n in range(*pair)]
