"""Words of the lexicon are told from all others, however many there are."""

import pytest

from annotate.rules.lexicon import NAME, NUMBER, OTHER, Lexicon


@pytest.mark.parametrize("number", [0, 1, 20, 3000])
def test_every_word_has_its_code_and_no_other_has(number):
    words = {name: [f"{name.lower()}{n}" for n in range(number)] for name in ("FEW", "MANY")}
    lexicon = Lexicon(words, words)
    for name, members in words.items():
        read = lexicon.read([" ".join(members)]).array[:-1]
        assert {chr(code) for code in read} == set(lexicon.codes[name])
    others = ["tree", "Tree", "7", "antidisestablishmentarianism", "Antidisestablishmentarianism"]
    plain = [lexicon.codes[name][0] for name in (OTHER, NAME, NUMBER, OTHER, OTHER)]
    assert [chr(code) for code in lexicon.read([" ".join(others)]).array[:-1]] == plain
