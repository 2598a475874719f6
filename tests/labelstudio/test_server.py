"""The local Label Studio: started once, found again, its secrets kept, only it ever stopped."""

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from annotate.errors import StudioError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.home import Account, Served, ServerState, StudioHome
from annotate.labelstudio.ports import free_port
from annotate.labelstudio.processes import Process, launch
from annotate.labelstudio.server import _last_lines, local_studio, start, status, stop
from annotate.workflows.serving_beside import answers


@pytest.fixture
def empty_home(tmp_path):
    return StudioHome(tmp_path / "program", tmp_path / "data")


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_there_is_nothing_at_first(empty_home):
    found = status(empty_home)
    assert (found.installed, found.running, found.healthy) == (False, False, False)
    assert (found.url, found.pid, found.data_bytes) == (None, None, 0)
    assert local_studio(empty_home) is None
    assert stop(empty_home) is False
    assert not empty_home.data.exists()


def test_a_file_that_goes_while_the_size_is_added_up_is_passed_over(empty_home, monkeypatch):
    empty_home.make()
    (empty_home.database / "db").write_bytes(b"12345")
    (empty_home.database / "db-journal").symlink_to("gone")
    monkeypatch.setattr(Path, "is_file", lambda path: path.name.startswith("db"))
    assert status(empty_home).data_bytes == 5


def test_a_model_s_server_that_runs_and_does_not_answer_is_told_from_one_that_does(empty_home):
    empty_home.make()
    process = launch(
        ["sleep", "60"], environment=os.environ, folder=empty_home.data, log=empty_home.serve_log
    )
    served = Served(port=free_port([]), process=process, command=("sleep",), name="first")
    empty_home.save_served(served)
    assert status(empty_home).model == "first"
    assert not answers(empty_home)
    process.end(patience_seconds=5)
    assert status(empty_home).model is None


def test_the_home_is_in_the_user_s_data_folder_unless_named_otherwise(tmp_path):
    home = StudioHome.default({})
    assert home.data == home.installation
    assert home.data.parts[-2:] == ("annotate-news", "studio")
    named = {"ANNOTATE_STUDIO_HOME": str(tmp_path / "a")}
    assert StudioHome.default(named) == StudioHome(tmp_path / "a", tmp_path / "a")
    named["ANNOTATE_STUDIO_INSTALLATION"] = str(tmp_path / "b")
    assert StudioHome.default(named) == StudioHome(tmp_path / "b", tmp_path / "a")


def test_another_program_with_the_server_s_old_number_is_left_alone(empty_home):
    old = Process(pid=os.getpid(), birth="before this test")
    empty_home.save_state(ServerState(port=8080, process=old))
    empty_home.save_admin(Account(email="a", password="b", api_key="c"))
    assert not status(empty_home).running
    assert local_studio(empty_home) is None  # its port may be anybody's by now
    assert stop(empty_home) is False


def test_a_taken_port_is_passed_over(taken_port):
    assert free_port([taken_port]) != taken_port


def test_a_free_port_is_taken_as_wished(taken_port):
    free = free_port([])
    assert free != taken_port
    assert free_port([free]) == free


def test_secrets_are_private_and_do_not_show(empty_home):
    account = Account(email="ann@annot.invalid", password="pass-word", api_key="to-ken")
    empty_home.save_admin(account)
    empty_home.save_user(account)
    assert "pass-word" not in repr(account)
    assert "to-ken" not in repr(account)
    files = [empty_home.data / "credentials.json", empty_home.data / "users.json"]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]
    empty_home.log.write_text("GET /user/signup/?token=secret\npass-word\nto-ken\n")
    assert _last_lines(empty_home) == "GET /user/signup/?token=…\n…\n…"


@pytest.mark.parametrize("content", ["", "{", '{"email": "a", "password": 7}', "[]"])
def test_damaged_credentials_are_refused_without_being_quoted(empty_home, content):
    empty_home.make()
    (empty_home.data / "credentials.json").write_text(content)
    with pytest.raises(StudioError, match=r"credentials\.json cannot be read") as refused:
        start(empty_home)
    assert len(str(refused.value).splitlines()) == 1


def test_data_whose_login_is_lost_are_not_touched(empty_home):
    empty_home.make()
    (empty_home.database / "label_studio.sqlite3").write_text("data")
    with pytest.raises(StudioError, match=r"credentials\.json beside it is missing"):
        start(empty_home)


@pytest.mark.live
def test_starting_twice_gives_the_same_server(studio_home, studio_server):
    pid = status(studio_home).pid
    assert start(studio_home) == studio_server == local_studio(studio_home)
    assert status(studio_home).pid == pid


@pytest.mark.live
def test_the_running_server_is_the_pinned_one_and_healthy(studio_home, studio_server):
    found = status(studio_home)
    assert (found.installed, found.running, found.healthy) == (True, True, True)
    assert found.url == studio_server.url
    assert found.data_bytes > 0
    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        assert (studio.version, studio.email) == (found.version, studio_server.email)


@pytest.mark.live
def test_only_this_machine_can_reach_it(studio_server):
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("needs /proc/net/tcp")
    port = f":{int(studio_server.url.rpartition(':')[2]):04X}"
    # The fields of a line: number, local address, remote address, state (0A: listening).
    lines = [line.split()[1:4] for line in listening.read_text().splitlines()[1:]]
    local = [address for address, _, state in lines if address.endswith(port) and state == "0A"]
    assert local == [f"0100007F{port}"]


@pytest.mark.live
def test_nobody_signs_up_without_an_invitation(studio_server):
    with httpx.Client(base_url=studio_server.url, trust_env=False) as browser:
        browser.get("/user/signup/")
        form = {
            "email": "stranger@annot.invalid",
            "password": "pass-word-1",
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/user/signup/", data=form).status_code == 403


@pytest.mark.live
def test_no_secret_shows_in_process_list_log_or_repr(studio_home, studio_server):
    processes = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    assert "label-studio start" in processes.stdout
    shown = processes.stdout + studio_home.log.read_text() + repr(studio_server)
    shown += repr(status(studio_home)) + repr(studio_server.credentials)
    assert studio_server.password not in shown
    assert studio_server.api_key not in shown


@pytest.mark.live
def test_only_the_owner_reads_the_data(studio_home, studio_server):
    assert studio_server.url
    assert studio_home.data.stat().st_mode & 0o777 == 0o700
    private = ["credentials.json", "server.json", "server.log"]
    assert {(studio_home.data / name).stat().st_mode & 0o777 for name in private} == {0o600}


@pytest.fixture
def second_home(studio_home, studio_server, tmp_path):
    """A copy of the data of this run's server: starting on it needs no migrations."""
    assert studio_server.url
    copy = shutil.copytree(
        studio_home.data, tmp_path / "copy", ignore=shutil.ignore_patterns("server.json")
    )
    home = StudioHome(studio_home.installation, copy)
    yield home
    stop(home)


def same_login(one, other):
    """Its port is its own again too, unless somebody has taken it meanwhile."""
    return replace(one, url="") == replace(other, url="")


@pytest.mark.live
def test_a_server_stops_and_comes_back_as_it_was(second_home, studio_home):
    first = start(second_home, preferred_port=0)
    assert stop(second_home) is True
    assert not status(second_home).running
    assert local_studio(second_home) is None
    with pytest.raises(httpx.ConnectError):
        httpx.get(first.url, trust_env=False)
    assert stop(second_home) is False
    assert same_login(start(second_home), first)
    assert status(studio_home).healthy  # the other server was not touched


@pytest.mark.live
def test_a_server_that_was_killed_is_noticed_and_replaced(second_home):
    first = start(second_home, preferred_port=0)
    killed = status(second_home).pid
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while status(second_home).running:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert same_login(start(second_home), first)
    assert status(second_home).pid != killed


@pytest.mark.live
def test_a_port_that_somebody_else_took_meanwhile_is_given_up(second_home, taken_port):
    second_home.save_state(ServerState(port=taken_port))
    assert start(second_home).url != f"http://127.0.0.1:{taken_port}"


@pytest.mark.live
def test_a_key_that_was_revoked_is_made_anew(second_home):
    admin = second_home.admin()
    second_home.save_admin(admin.model_copy(update={"api_key": None}))
    started = start(second_home, preferred_port=0)
    with Studio.connect(started.url, started.api_key) as studio:
        assert studio.email == admin.email
    assert second_home.admin().api_key == started.api_key


@pytest.mark.live
def test_a_server_that_does_not_take_our_login_is_refused_and_stopped(second_home):
    second_home.save_admin(Account(email="admin@annotate.local", password="not-the-password"))
    with pytest.raises(StudioError, match=r"does not let admin@annotate\.local log in") as refused:
        start(second_home, preferred_port=0)
    assert "not-the-password" not in str(refused.value)
    assert not status(second_home).running


@pytest.mark.live
def test_a_server_that_ends_at_once_says_why(second_home):
    (second_home.database / "label_studio.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(StudioError, match="ended while it started") as refused:
        start(second_home, preferred_port=0)
    assert "file is not a database" in str(refused.value)
    assert not status(second_home).running
