"""Commands in processes that can be killed."""

import pytest
from command_processes import KILLED, Commands

import annotate


@pytest.fixture(scope="module")
def commands():
    return Commands()


def test_a_command_is_the_program_that_a_user_starts(commands, tmp_path):
    assert commands.run("--version").out == f"annotate {annotate.__version__}\n"
    made = commands.run("init", tmp_path / "desk")
    assert (made.code, made.err) == (0, "")
    assert (tmp_path / "desk" / "annotate.toml").is_file()
    refused = commands.run("push", "--workspace", tmp_path)
    assert (refused.code, refused.out) == (1, "")
    assert "is no workspace" in refused.err


def test_it_sees_the_variables_given_and_no_others(commands, tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://user.invalid")
    place = tmp_path / "desk"
    commands.run("init", place)
    key = {"LABEL_STUDIO_API_KEY": "0" * 40, "ANNOTATE_STUDIO_HOME": str(tmp_path)}
    assert "LABEL_STUDIO_URL is not" in commands.run("push", "-w", place, environment=key).err
    key |= {"LABEL_STUDIO_URL": "ftp://x"}
    assert "ftp://x is not the address" in commands.run("push", "-w", place, environment=key).err


def test_it_can_be_killed(commands):
    process = commands.start("demo", "--help")
    process.kill()
    assert process.wait(10).code == KILLED
    process.kill()  # too late, and nothing happens


def test_one_that_does_not_end_is_killed():
    hanging = Commands({"annotate.cli.app.app": _hang})
    with pytest.raises(TimeoutError, match=r"within 0\.2 seconds"):
        hanging.run("--version", seconds=0.2)


def test_settings_are_those_of_our_modules():
    assert Commands({"annotate.cli._STOPPED": "x"}).run("--version").code == 0
    everywhere = Commands({"annotate.labelstudio.batches.BATCH": 1, "annotate.cli.counted": _hang})
    assert everywhere.run("--version").code == 0
    done = Commands({"annotate.cli.NOT_THERE": 1}).run("--version")
    assert done.code == 1
    assert "annotate.cli has no NOT_THERE any more" in done.err


def test_pauses_can_be_shortened():
    paced = Commands({"annotate.cli.app.app": _hang}, pace=0.001)
    assert paced.run("--version", seconds=30).code == 0


def _hang():
    import time

    time.sleep(60)
