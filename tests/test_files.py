import os
import stat

import pytest

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
    with atomic_folder(target) as folder:
        (folder / "new.txt").touch()
    assert [path.name for path in target.iterdir()] == ["new.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_failed_folder_leaves_the_old_one(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "old.txt").touch()
    with pytest.raises(KeyboardInterrupt), atomic_folder(target) as folder:
        (folder / "new.txt").touch()
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["old.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_byte_order_marks_do_not_reach_the_text(tmp_path):
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfhello")
    assert read_text(tmp_path / "bom") == "hello"


# printf abc | sha256sum, FIPS 180-2 appendix B.1
def test_digest_of_a_file(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_of(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
