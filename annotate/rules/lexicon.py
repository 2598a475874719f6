"""The words that rules look for, each with a code, and sentences as strings of such codes."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.rules.coded import FIRST_CODE, LAST_CODE, Coded, Numbers
from annotate.rules.pattern import END_CODE, WORD
from annotate.rules.tokens import CLOSE, OPEN, TOO_LONG, WORD_BYTES, Words, tokens

NAME, NUMBER, OTHER = "NAME", "NUMBER", "OTHER"
"""Classes of the words that are in no class of the lexicon: in capitals, with digits, the rest.
A word that patterns name by itself and no class holds is `OTHER` too."""
MARK_CLASSES = {
    "COMMA": ",", "STOP": ".", "COLON": ":", "SEMICOLON": ";", "QUESTION": "?", "EXCLAMATION": "!",
    "LEFT": "(", "RIGHT": ")", "DASH": "-", "OPEN": OPEN, "CLOSE": CLOSE,
}  # fmt: skip
BUILT_IN = frozenset({*MARK_CLASSES, NAME, NUMBER, OTHER, WORD})
"""Classes that a lexicon need not, and may not, define."""

_BUCKET_BITS = 10
_TO_BUCKET = np.uint64(64 - _BUCKET_BITS)
_SPARE = 4
"""Slots a word."""
_MOVE_BITS = 8
"""Of what a bucket moves its slots by; a table has at least as many."""
_ATTEMPTS = 4096


class Lexicon:
    """Words in classes; a word may be in several."""

    def __init__(self, classes: Mapping[str, Iterable[str]], used: Iterable[str]) -> None:
        """Give each word a code that says of which of the used classes it is.

        Words that no used class or word tells apart share a code.

        Args:
            classes: name of each class and its words, in lower case.
            used: the atoms of all patterns: names of classes, and words.

        Raises:
            ValueError: a class that there is not, a word too long to be looked up, or more kinds
                of words than there are codes.
        """
        wanted = sorted(set(used) - BUILT_IN)
        members = {atom: _members(atom, classes) for atom in wanted}
        kinds: dict[str, tuple[str, ...]] = {}
        for atom, words in members.items():
            for word in words:
                kinds[word] = (*kinds.get(word, ()), atom)
        codes = iter(range(FIRST_CODE, LAST_CODE + 1))
        marks = {name: next(codes) for name in (*MARK_CLASSES, "APOSTROPHE")}
        plain = {name: next(codes) for name in (NAME, NUMBER, OTHER)}
        code_of = dict(zip(sorted(set(kinds.values())), codes, strict=False))
        if len(code_of) < len(set(kinds.values())):
            msg = f"the patterns tell {len(set(kinds.values()))} kinds of words apart: too many"
            raise ValueError(msg)
        self._table = _WordTable({word: code_of[kind] for word, kind in kinds.items()}, plain)
        self._marks = _mark_codes(marks)
        self.codes = {name: chr(code) for name, code in (marks | plain).items()}
        self.codes[WORD] = "".join(map(chr, (*plain.values(), *code_of.values())))
        classed = {word for words in classes.values() for word in words}
        for word, kind in kinds.items():
            if word not in classed and chr(code_of[kind]) not in self.codes[OTHER]:
                self.codes[OTHER] += chr(code_of[kind])
        for atom in wanted:
            self.codes[atom] = "".join(chr(c) for kind, c in code_of.items() if atom in kind)

    def read(self, texts: Sequence[str]) -> Coded:
        """Sentences in codes."""
        found = tokens(texts)
        array = np.empty(len(found.begins), dtype=np.uint16)
        array[found.word_numbers] = self._table.codes(found.words)
        array[found.mark_numbers] = self._marks.take(found.marks)
        return Coded(array, np.flatnonzero(array == ord(END_CODE)), found)


def _members(atom: str, classes: Mapping[str, Iterable[str]]) -> frozenset[str]:
    if atom[0].islower():
        return frozenset({_usable(atom)})
    if atom not in classes:
        msg = f"there is no class {atom!r}"
        raise ValueError(msg)
    return frozenset(map(_usable, classes[atom]))


def _usable(word: str) -> str:
    if len(word) > WORD_BYTES or not word.isascii() or word != word.lower():
        msg = f"{word!r} cannot be looked up: at most {WORD_BYTES} lower-case ASCII characters"
        raise ValueError(msg)
    return word


def _mark_codes(codes: Mapping[str, int]) -> NDArray[np.uint16]:
    """The code of each byte that is a mark; END, which is none of them, gets `END_CODE`."""
    table = np.full(256, ord(END_CODE), dtype=np.uint16)
    for name, mark in {**MARK_CLASSES, "APOSTROPHE": "'"}.items():
        table[ord(mark)] = codes[name]
    return table


class _WordTable:
    """Codes of words by a hash table without collisions, for many words at once.

    A word has a slot and a bucket; each bucket moves the slots of its words to free ones, so that a
    table no larger than a processor's cache is enough.

    Source:
        Belazzougui, Botelho and Dietzfelbinger (2009), Hash, Displace, and Compress.
    """

    def __init__(self, words: Mapping[str, int], plain: Mapping[str, int]) -> None:
        self._name, self._number, self._other = (
            np.uint16(plain[name]) for name in (NAME, NUMBER, OTHER)
        )
        keys = np.append(tokens([" ".join(words)]).words.keys, TOO_LONG)
        self._shift = np.uint64(64 - max(_MOVE_BITS, (_SPARE * len(keys)).bit_length()))
        self._multiplier, self._moves = _collision_free(keys, self._shift)
        slots = self._slots(keys)
        size = 2 ** (64 - int(self._shift))
        self._keys = np.zeros(size, dtype=np.uint64)
        self._keys[slots] = keys
        self._codes = np.full(size, self._other)
        self._codes[slots] = [*words.values(), self._other]

    def codes(self, words: Words) -> NDArray[np.uint16]:
        slots = self._slots(words.keys)
        known = self._keys.take(slots) == words.keys
        return np.where(known, self._codes.take(slots), self._plain(words.first))

    def _slots(self, keys: NDArray[np.uint64]) -> Numbers:
        slots = keys * self._multiplier
        slots >>= self._shift
        slots ^= self._moves.take(keys >> _TO_BUCKET)
        return slots.view(np.int64)

    def _plain(self, first: NDArray[np.uint8]) -> NDArray[np.uint16]:
        codes = np.full(256, self._other)
        codes[ord("A") : ord("Z") + 1] = self._name
        codes[ord("0") : ord("9") + 1] = self._number
        return codes.take(first)


def _collision_free(
    keys: NDArray[np.uint64], shift: np.uint64
) -> tuple[np.uint64, NDArray[np.uint64]]:
    """A multiplier, and what each bucket moves its slots by, that give each key one of its own.

    They are the same every time.
    """
    random = np.random.default_rng(0)
    for multiplier in random.integers(2**63, dtype=np.uint64, size=_ATTEMPTS) * 2 + 1:
        moves = _moves(keys * multiplier >> shift, keys >> _TO_BUCKET)
        if moves is not None:
            return np.uint64(multiplier), moves
    msg = f"no table holds {len(keys)} words"
    raise ValueError(msg)


def _moves(slots: NDArray[np.uint64], buckets: NDArray[np.uint64]) -> NDArray[np.uint64] | None:
    """What each bucket moves its slots by, the fullest first, if there are free ones for all."""
    moves = np.zeros(2**_BUCKET_BITS, dtype=np.uint64)
    taken: set[int] = set()
    together: dict[int, list[int]] = {}
    for bucket, slot in zip(buckets.tolist(), slots.tolist(), strict=True):
        together.setdefault(bucket, []).append(slot)
    for bucket, own in sorted(together.items(), key=lambda entry: -len(entry[1])):
        if len(set(own)) < len(own):
            return None
        move = next((m for m in range(2**_MOVE_BITS) if taken.isdisjoint(s ^ m for s in own)), None)
        if move is None:
            return None
        moves[bucket] = move
        taken.update(slot ^ move for slot in own)
    return moves
