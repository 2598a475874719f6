"""Which sentences a rule need not be asked about, for a whole batch at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.records import Kind
from annotate.rules.book import Rule
from annotate.rules.coded import LAST_CODE, Numbers
from annotate.rules.lexicon import Lexicon

Bits = NDArray[np.uint64]
_MOST = 64
_NOTHING = np.uint64(0)


class Needs:
    """What each rule needs, as bits: one for each set of codes, one for each kind of sentence."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon) -> None:
        """Give each different need a bit.

        Raises:
            ValueError: there are more than `_MOST`.
        """
        wanted = [[_codes(names, lexicon) for names in rule.needs] for rule in rules]
        codes = dict.fromkeys(need for needs in wanted for need in needs)
        kinds = dict.fromkeys(rule.kinds for rule in rules if rule.kinds)
        if len(codes) + len(kinds) > _MOST:
            msg = (
                f"the rules need {len(codes) + len(kinds)} different things, and at most {_MOST} "
                "can be told apart: let a new rule need what another needs, and match the rest"
            )
            raise ValueError(msg)
        bits = iter(np.uint64(1 << place) for place in range(_MOST))
        of_codes = {need: next(bits) for need in codes}
        of_kinds = {need: next(bits) for need in kinds}
        self._wanted = [
            _all_of([*map(of_codes.__getitem__, needs), of_kinds.get(rule.kinds, _NOTHING)])
            for rule, needs in zip(rules, wanted, strict=True)
        ]
        self._of_code = np.zeros(LAST_CODE + 1, dtype=np.uint64)
        for need, bit in of_codes.items():
            self._of_code[[ord(code) for code in need]] |= bit
        self._of_kind = {
            kind: _all_of([bit for kinds, bit in of_kinds.items() if kind in kinds])
            for kind in {kind for kinds in of_kinds for kind in kinds}
        }

    def of(self, codes: NDArray[np.uint16], begins: Numbers, kinds: Sequence[Kind]) -> Bits:
        """The needs that each sentence of a batch meets.

        Args:
            codes: of all sentences.
            begins: where each begins.
            kinds: what each is.
        """
        found = np.bitwise_or.reduceat(self._of_code.take(codes), begins)
        for number, kind in enumerate(kinds):
            if kind in self._of_kind:
                found[number] |= self._of_kind[kind]
        return found

    def met(self, found: Bits, rule: int) -> NDArray[np.bool_]:
        """Whether each sentence has all that a rule needs."""
        wanted = self._wanted[rule]
        return np.asarray(found & wanted == wanted, dtype=np.bool_)


def _codes(names: Sequence[str], lexicon: Lexicon) -> str:
    return "".join(sorted({code for name in names for code in lexicon.codes[name]}))


def _all_of(bits: Sequence[np.uint64]) -> np.uint64:
    return np.uint64(np.bitwise_or.reduce([_NOTHING, *bits]))
