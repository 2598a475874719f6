"""Installing, with the real pip and a package that is made here: no network."""

import hashlib
import zipfile

import pytest

from annotate.errors import StudioError
from annotate.labelstudio import home as home_module
from annotate.labelstudio import installation
from annotate.labelstudio.home import StudioHome
from annotate.labelstudio.installation import install, is_installed, pinned_version

METADATA = "Metadata-Version: 2.1\nName: label-studio\nVersion: 9.9\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
INFO = "label_studio-9.9.dist-info"


@pytest.fixture
def studio_home(tmp_path):
    return StudioHome(tmp_path / "studio", tmp_path / "studio")


@pytest.fixture
def lock(tmp_path, monkeypatch):
    """Pins one tiny package; its hash is the wheel's own unless another one is written."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel = wheels / "label_studio-9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("label_studio_stand_in.py", "")
        archive.writestr(f"{INFO}/METADATA", METADATA)
        archive.writestr(f"{INFO}/WHEEL", WHEEL)
        archive.writestr(f"{INFO}/RECORD", "")

    own = hashlib.sha256(wheel.read_bytes()).hexdigest()

    def write(version="9.9", digest=own):
        pins = f"label-studio=={version} --hash=sha256:{digest}\n"
        (tmp_path / "lock").write_text(f"--no-index\n--find-links {wheels}\n{pins}")

    write()
    for module in (home_module, installation):
        monkeypatch.setattr(module, "resource", lambda _name: tmp_path / "lock")
    return write


def test_the_shipped_lock_pins_a_label_studio():
    assert pinned_version() == "1.23.2"


@pytest.mark.usefixtures("lock")
def test_an_interrupted_installation_is_done_again_and_a_whole_one_is_not(studio_home):
    (studio_home.venv / "bin").mkdir(parents=True)
    (studio_home.venv / "bin" / "python").touch()
    (studio_home.venv / "left over").touch()
    assert not is_installed(studio_home)

    told = []
    install(studio_home, told.append)
    assert is_installed(studio_home)
    assert not (studio_home.venv / "left over").exists()
    assert list(studio_home.venv.rglob("label_studio_stand_in.py"))
    assert told[0].startswith("Installing Label Studio 9.9")
    assert told[-1] == "Label Studio 9.9 is installed."

    told.clear()
    install(studio_home, told.append)
    assert told == []


def test_an_installation_whose_python_is_gone_is_none(studio_home):
    (studio_home.venv / "bin").mkdir(parents=True)
    (studio_home.venv / installation._COMPLETE).touch()
    (studio_home.venv / "bin" / "python").symlink_to("/nowhere/python3")
    assert not is_installed(studio_home)


def test_another_pin_gets_a_venv_of_its_own(studio_home, lock):
    before = studio_home.venv
    lock(version="9.10")
    assert studio_home.venv != before
    assert not is_installed(studio_home)


def test_a_package_that_is_not_the_pinned_one_is_refused_and_nothing_is_left(studio_home, lock):
    lock(digest="0" * 64)
    with pytest.raises(StudioError, match="not the one that was pinned") as refused:
        install(studio_home, lambda _: None)
    assert "pip said last:" in str(refused.value)
    assert not studio_home.venv.exists()


def test_a_package_that_cannot_be_had_is_refused_with_what_to_do(studio_home, lock):
    lock(version="9.11")
    with pytest.raises(StudioError, match=r"Python 3\.11 to 3\.13"):
        install(studio_home, lambda _: None)


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("ERROR: [Errno 28] No space left on device", "free about 1.5 GB"),
        (
            "NewConnectionError: [Errno -3] Temporary failure in name resolution",
            "check the network",
        ),
        ("ensurepip is not available", "python3-venv"),
        ("something never seen", "what pip complains about"),
    ],
)
def test_what_pip_says_is_turned_into_what_to_do(said, remedy):
    assert remedy in installation._failure([said])


def test_the_password_of_a_package_index_is_not_told():
    told = installation._failure(["Looking in indexes: https://me:secret@index.example/simple"])
    assert "secret" not in told
    assert "https://index.example/simple" in told


def test_a_disk_that_takes_nothing_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    home = StudioHome(tmp_path / "file" / "below", tmp_path)
    with pytest.raises(StudioError, match="ANNOTATE_STUDIO_HOME"):
        install(home, lambda _: None)
