import os
import stat
from pathlib import Path

import pytest

from annotate.errors import InputError
from annotate.files import atomic_file, atomic_folder, read_text, sha256_of, write_text


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "file.txt"
    with pytest.raises(ValueError, match="stop"), atomic_file(path) as stream:
        stream.write("half")
        raise ValueError("stop")
    assert list(path.parent.iterdir()) == []
    write_text(path, "whole\n")
    assert path.read_bytes() == b"whole\n"


def test_modes_follow_the_umask_and_secrets_are_private(tmp_path):
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "open", "")
        write_text(tmp_path / "secret", "", private=True)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_folder_is_replaced_with_all_it_held(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "old.txt").touch()
    with atomic_folder(target, ours={"old.txt"}) as folder:
        (folder / "new.txt").touch()
    assert [path.name for path in target.iterdir()] == ["new.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_failed_folder_leaves_the_old_one(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "old.txt").touch()
    with pytest.raises(KeyboardInterrupt), atomic_folder(target, ours={"old.txt"}) as folder:
        (folder / "new.txt").touch()
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["old.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.parametrize("moment", ["first", "second"])
def test_ctrl_c_in_the_middle_of_the_swap_loses_nothing(tmp_path, monkeypatch, moment):
    target = tmp_path / "report"
    target.mkdir()
    (target / "old.txt").touch()
    rename, calls = Path.rename, []

    def interrupted(self, to):
        calls.append(self)
        if len(calls) == ("first", "second").index(moment) + 1:
            if moment == "first":  # the rename is done, and the signal comes before it returns
                rename(self, to)
            raise KeyboardInterrupt
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_folder(target, ours={"old.txt"}) as folder:
        (folder / "new.txt").touch()
    assert [path.name for path in target.iterdir()] == ["old.txt"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InputError, match="holds mine"), atomic_folder(tmp_path, ours=()):
        pass
    with (
        pytest.raises(InputError, match="is a file"),
        atomic_folder(tmp_path / "mine.txt", ours={"mine.txt"}),
    ):
        pass
    assert (tmp_path / "mine.txt").is_file()


def test_byte_order_marks_do_not_reach_the_text(tmp_path):
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfhello")
    assert read_text(tmp_path / "bom") == "hello"


# printf abc | sha256sum, FIPS 180-2 appendix B.1
def test_digest_of_a_file(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_of(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
