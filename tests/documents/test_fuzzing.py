"""The short part of `scripts/fuzz_readers`."""

import pytest

from fuzzing import fuzz, untested_kinds, valid_files


@pytest.mark.parametrize("kind", valid_files())
def test_mutated_files_give_articles_or_reasons(tmp_path, kind):
    done = fuzz(kind, 60, tmp_path, seed=1)
    assert done.gave_documents + done.refused == 60
    assert done.gave_documents > 0


def test_no_kind_is_left_out():
    assert untested_kinds() == set()
