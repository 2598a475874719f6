"""What we say when a server, an address or a key is not what it should be."""

import json
import socket
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from annotate.errors import StudioError, SyncError, UncertainError
from annotate.labelstudio import client, failures, snapshot
from annotate.labelstudio.address import is_loopback, normal_url, plain_key
from annotate.labelstudio.client import Studio
from annotate.labelstudio.failures import in_words
from annotate.labelstudio.listing import Where

KEY = "0123456789abcdef0123456789abcdef01234567"
READY = {
    "/api/version": (200, {"release": "1.23.2"}),
    "/api/current-user/whoami": (200, {"id": 1, "email": "a@x.eu", "username": "a"}),
}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """What waits before it asks again does not wait."""
    monkeypatch.setattr(failures.time, "sleep", lambda _seconds: None)


class Asked(list):
    """Method and path of every request; in ``full`` its query as well."""

    def __init__(self):
        super().__init__()
        self.full = []


class Scripted(BaseHTTPRequestHandler):
    """Answers each path as the test says: (status, body) or (status, body, headers), or drops."""

    answers: ClassVar[dict] = {}
    asked: ClassVar[list] = []

    def _answer(self):
        path = self.path.partition("?")[0].rstrip("/")
        self.asked.append(f"{self.command} {path}")
        self.asked.full.append(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        default = self.answers.get(path, (404, {"detail": "Not found."}))
        answer = self.answers.get(f"{self.command} {path}", default)
        if isinstance(answer, list):  # one after the other, the last one for ever
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer is None:
            self.close_connection = True
            return
        status, body, headers = (*answer, {})[:3]
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_):
        pass


@contextmanager
def serving(answers):
    handler = type("Handler", (Scripted,), {"answers": answers, "asked": Asked()})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def connected(**answers):
    named = {name.replace("__", "/"): answer for name, answer in answers.items()}
    methods = ("GET/", "POST/")
    scripted = READY | {
        name.replace("/", " /", 1) if name.startswith(methods) else f"/{name}": answer
        for name, answer in named.items()
    }
    with serving(scripted) as (url, asked), Studio.connect(url, KEY) as studio:
        asked.clear()
        yield studio, asked


def test_a_connection_knows_version_and_user():
    with connected() as (studio, _):
        assert (studio.version, studio.email) == ("1.23.2", "a@x.eu")
        assert studio.project_url(3) == f"{studio.url}projects/3/data"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({}, "no Label Studio"),
        ({"/api/version": (200, "<html>hello</html>")}, "no Label Studio"),
        ({"/api/version": (200, [1])}, "no Label Studio"),
        ({"/api/version": (401, "go away")}, "no Label Studio"),
        ({"/api/version": (400, "The plain HTTP request was sent to HTTPS port")}, "https://"),
        ({"/api/version": None}, "does not speak http"),
        (
            {"/api/version": (301, "", {"Location": "https://ls.eu/ls/api/version"})},
            "points to https://ls.eu/ls/. ",
        ),
    ],
)
def test_what_is_no_label_studio_is_recognised_before_the_key_is_sent(answers, why):
    with serving(answers) as (url, asked):
        with pytest.raises(StudioError, match=why):
            Studio.connect(url, KEY)
        assert set(asked) == {"GET /api/version"}


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ("Invalid token.", "does not know it"),
        ("... legacy token authentication has been disabled ...", "takes no legacy tokens"),
        ("Token has wrong type", "short-lived access token"),
        ("something new", "it was refused"),
    ],
)
def test_a_key_that_is_refused_says_which_kind_is_wanted(detail, why):
    refusal = {"/api/current-user/whoami": (401, {"detail": detail})}
    with serving(READY | refusal) as (url, _):
        with pytest.raises(StudioError, match=why) as refused:
            Studio.connect(url, KEY)
        assert "personal access token" in str(refused.value)
        assert KEY not in str(refused.value)


# A JSON Web Token with {"token_type": "refresh", "exp": 1000000000}: it expired in 2001.
EXPIRED = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MTAwMDAwMDAwMH0.c2ln"
)


def test_an_expired_token_is_named_so():
    with serving(READY) as (url, _), pytest.raises(StudioError, match="it has expired"):
        Studio.connect(url, EXPIRED)


# {"token_type": "refresh" or "access", "exp": 8102653096}, which is in the year 2226.
PERSONAL = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6ODEwMjY1MzA5Nn0.c2ln"
)
ACCESS = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjo4MTAyNjUzMDk2fQ.c2ln"
)


# The SDK exchanges a personal access token with a method that pydantic wants renamed.
@pytest.mark.filterwarnings("ignore:The `parse_obj` method:DeprecationWarning")
def test_a_path_prefix_is_kept_for_every_request():
    answers = {f"/ls{path}": answer for path, answer in READY.items()}
    answers["/ls/api/token/refresh"] = (200, {"access": ACCESS})
    with serving(answers) as (url, asked), Studio.connect(f"{url}/ls", PERSONAL) as studio:
        assert studio.email == "a@x.eu"
        assert asked == [
            "GET /ls/api/version", "POST /ls/api/token/refresh", "GET /ls/api/current-user/whoami",
        ]  # fmt: skip


@pytest.mark.filterwarnings("ignore:The `parse_obj` method:DeprecationWarning")
@pytest.mark.parametrize(
    ("detail", "why"),
    [("Token is invalid", "did not issue it"), ("Token is blacklisted", "revoked")],
)
def test_a_personal_token_that_is_not_exchanged_says_why(detail, why):
    refusal = {"/api/token/refresh": (401, {"detail": detail})}
    with serving(READY | refusal) as (url, _), pytest.raises(StudioError, match=why) as refused:
        Studio.connect(url, PERSONAL)
    assert PERSONAL not in str(refused.value)


@pytest.mark.parametrize("key", ["", " \n", "a b", "schlüssel", "a\nb"])
def test_a_key_that_no_key_could_be_is_refused_unsent(key):
    with pytest.raises(StudioError, match="characters that no key has"):
        plain_key(key)
    assert plain_key(f" {KEY}\n") == KEY


def test_nothing_there_is_said_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(StudioError, match=r"Nothing answers.*annotate studio start"):
        Studio.connect(f"http://127.0.0.1:{port}", KEY)


def test_https_to_a_server_that_speaks_http_is_said_so():
    with serving(READY) as (url, _), pytest.raises(StudioError, match=r"not speak https.*http://"):
        Studio.connect(url.replace("http:", "https:"), KEY)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://h", "http://h/"),
        (" https://h:8443/ls/ ", "https://h:8443/ls/"),
        ("http://h/a/b", "http://h/a/b/"),
    ],
)
def test_addresses_end_in_one_slash_so_that_a_path_prefix_is_kept(url, normal):
    assert normal_url(url) == normal


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h:8080",
        "ftp://h",
        "http://",
        "http://[x",
        "http://h:99999",
        "//h",
        "/path",
        "http://h:0",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(StudioError, match="not the address of a server"):
        normal_url(url)


def test_an_address_with_a_password_is_refused_without_repeating_it():
    with pytest.raises(StudioError) as refused:
        normal_url("http://ann:secret@h/")
    assert "secret" not in str(refused.value)


def test_this_machine_is_never_reached_through_a_proxy():
    assert all(map(is_loopback, ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost/"]))
    assert not any(map(is_loopback, ["http://h/", "http://10.0.0.1/", "http://127.h.eu/"]))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 409, 429])
def test_a_write_is_sent_once_whatever_the_answer(status):
    page = "<html><h1>Bad   Gateway</h1></html>"
    with connected(api__projects__3__import=(status, page)) as (studio, asked):
        with pytest.raises(StudioError, match=f"HTTP {status}.*Bad Gateway") as failed:
            studio.import_tasks(3, [{"data": {}}])
        assert asked == ["POST /api/projects/3/import"]
        assert isinstance(failed.value, UncertainError) == (status >= 500)


def test_a_connection_that_breaks_during_a_write_leaves_it_open():
    with connected(api__projects__3__import=None) as (studio, asked):
        with pytest.raises(UncertainError, match="broke, while sending 1 task"):
            studio.import_tasks(3, [{"data": {}}])
        assert len(asked) == 1


def test_an_answer_that_comes_too_late_leaves_it_open(monkeypatch):
    import httpx

    with pytest.raises(UncertainError, match="too long"), in_words("u", "waiting", writes=True):
        raise httpx.ReadTimeout("")
    with pytest.raises(StudioError, match="too long") as failed, in_words("u", "waiting"):
        raise httpx.ReadTimeout("")
    assert not isinstance(failed.value, UncertainError)


def test_fewer_tasks_than_were_sent_is_no_success():
    answer = connected(api__projects__3__import=(201, {"task_count": 1}))
    with answer as (studio, _), pytest.raises(UncertainError, match="1 of 2 tasks"):
        studio.import_tasks(3, [{"data": {}}, {"data": {}}])


@pytest.mark.parametrize("answer", ["<html>Welcome</html>", [], 3, "null"])
def test_an_answer_to_a_write_that_label_studio_would_not_give_leaves_it_open(answer):
    with connected(api__projects__3__import=(200, answer)) as (studio, asked):
        with pytest.raises(UncertainError, match="would not give, while sending 1 task"):
            studio.import_tasks(3, [{"data": {}}])
        assert len(asked) == 1


def test_the_reason_of_a_refusal_is_found_and_does_not_repeat_the_task():
    problem = 'Error at item 1: "text" key is expected :: {"data": {"secret": 1}}'
    body = {"detail": "Validation error", "validation_errors": {"non_field_errors": [{}, problem]}}
    with connected(api__projects__3__import=(400, body)) as (studio, _):
        with pytest.raises(StudioError, match=r'"text" key is expected$') as refused:
            studio.import_tasks(3, [{"data": {}}])
        assert not isinstance(refused.value, UncertainError)


def test_a_project_that_is_not_there_is_none_and_no_error():
    with connected() as (studio, _):
        assert studio.project(3) is None


def listing(*titles):
    found = [{"id": place, "title": title} for place, title in enumerate(titles, start=1)]
    return {"count": len(found), "next": None, "previous": None, "results": found}


def test_a_title_is_found_only_as_a_whole_and_only_once():
    projects = listing("Press", "Press 2", "Twice", "Twice")
    two = (200, {"id": 2, "title": "Press 2", "task_number": 7, "total_annotations_number": 5})
    with connected(api__projects=(200, projects), api__projects__2=two) as (studio, _):
        assert studio.find_project("Pre") is None
        assert studio.find_project("Press 2").annotations == 5
        with pytest.raises(SyncError, match=r"2 projects called 'Twice' \(numbers 3, 4\)"):
            studio.find_project("Twice")


def test_an_answer_that_is_not_label_studio_s_is_said_so():
    answer = connected(api__projects=(200, "<html>"))
    with answer as (studio, _), pytest.raises(StudioError, match="would not give"):
        studio.projects()


def test_a_listing_that_stops_short_is_no_listing():
    answer = {"tasks": [], "total": 3, "total_annotations": 0, "total_predictions": 0}
    listing = connected(api__tasks=(200, answer))
    with listing as (studio, _), pytest.raises(StudioError, match="stopped listing"):
        list(studio.tasks(3))


def export_of(content, **made):
    ready = {"id": 5, "status": "completed", "md5": "d751713988987e9331980363e24189ce", **made}
    return {
        "api__projects__3__exports": (201, ready),
        "api__projects__3__exports__5": (200, ready),
        "api__projects__3__exports__5__download": (200, content),
    }


# The MD5 above is that of "[]".
def test_an_export_is_downloaded_whole_and_deleted_again():
    with connected(**export_of("[]")) as (studio, asked):
        assert studio.export(3) == []
    assert asked[-1] == "DELETE /api/projects/3/exports/5"


@pytest.mark.parametrize(
    ("content", "made", "why"),
    [
        ("[", {}, "came incomplete"),
        ("[", {"md5": None}, "would not give"),
        ("{}", {"md5": None}, "no list of tasks"),
        ("[]", {"status": "failed"}, "status failed"),
        ("[]", {"status": "in_progress"}, "did not finish"),
    ],
)
def test_an_export_that_is_not_whole_is_refused_and_deleted(monkeypatch, content, made, why):
    monkeypatch.setattr(snapshot, "_WAIT_SECONDS", 0)
    export = connected(**export_of(content, **made))
    with export as (studio, asked), pytest.raises(StudioError, match=why):
        studio.export(3)
    assert asked[-1] == "DELETE /api/projects/3/exports/5"


TOKEN = uuid.UUID(int=7)
TITLE = f"annotate pull {TOKEN.hex}"


def snapshots(*entries):
    """A list of snapshots: (number, title, hour at which it was made)."""
    return (
        200,
        [
            {"id": number, "title": title, "created_at": f"2026-01-01T{hour:02}:00:00Z"}
            for number, title, hour in entries
        ],
    )


LOST = [(504, "Gateway Timeout"), (500, ""), None]
AFTER_A_LOST_ANSWER = snapshots((9, "annotate pull other", 12), (5, TITLE, 12))


@pytest.mark.parametrize("lost", LOST)
def test_an_export_whose_answer_was_lost_is_found_by_its_title(monkeypatch, lost):
    monkeypatch.setattr(snapshot.uuid, "uuid4", lambda: TOKEN)
    answers = export_of("[]") | {
        "POST__api__projects__3__exports": lost,
        "GET__api__projects__3__exports": AFTER_A_LOST_ANSWER,
    }
    with connected(**answers) as (studio, asked):
        assert studio.export(3) == []
    assert asked.count("POST /api/projects/3/exports") == 1
    assert [line for line in asked if line.startswith("DELETE")] == [
        "DELETE /api/projects/3/exports/5"
    ]


@pytest.mark.parametrize("lost", LOST)
def test_an_export_that_never_arrived_is_asked_for_again(lost):
    made = {"id": 5, "status": "completed", "md5": None}
    answers = export_of("[]", md5=None) | {
        "POST__api__projects__3__exports": [lost, lost, (201, made)],
        "GET__api__projects__3__exports": snapshots((9, "annotate pull other", 12)),
    }
    with connected(**answers) as (studio, asked):
        assert studio.export(3) == []
    assert asked.count("POST /api/projects/3/exports") == 3


def test_exports_that_earlier_pulls_left_behind_are_deleted_and_no_others():
    answers = export_of("[]") | {
        "GET__api__projects__3__exports": snapshots(
            (5, "annotate pull ours", 12), (4, "annotate pull of now", 11),
            (3, "annotate pull of long ago", 10), (2, "somebody's own", 1),
        )
    }  # fmt: skip
    with connected(**answers) as (studio, asked):
        assert studio.export(3) == []
    assert [line for line in asked if line.startswith("DELETE")] == [
        "DELETE /api/projects/3/exports/5", "DELETE /api/projects/3/exports/3",
    ]  # fmt: skip


def test_an_export_that_was_cut_off_is_read_again():
    answers = export_of("[]") | {
        "GET__api__projects__3__exports__5__download": [(200, "["), (502, ""), None, (200, "[]")]
    }
    with connected(**answers) as (studio, asked):
        assert studio.export(3) == []
    assert asked.count("GET /api/projects/3/exports/5/download") == 4


def test_single_tasks_are_asked_for_in_the_server_s_own_way():
    with connected(api__projects__3__export=(200, [{"id": 7}])) as (studio, asked):
        assert studio.export_tasks(3, [7, 8]) == [{"id": 7}]
        query = parse_qs(urlsplit(asked.full[-1]).query)
    # Not the SDK's `ids`, which the server does not read: it would send the whole project.
    assert (query["ids[]"], query["download_all_tasks"]) == (["7", "8"], ["true"])


def test_a_server_that_exports_no_single_tasks_says_so():
    with connected(api__projects__3__export=(404, {"detail": "Deprecated."})) as (studio, _):
        assert studio.export_tasks(3, [7]) is None


@pytest.mark.parametrize("content", [{}, ["x"], [{"id": 9}], [{}], "<html>"])
def test_other_tasks_than_those_asked_for_are_refused(content):
    answer = connected(api__projects__3__export=(200, content))
    with (
        answer as (studio, _),
        pytest.raises(StudioError, match=r"other tasks|list of tasks|not give"),
    ):
        studio.export_tasks(3, [7])


def test_a_task_without_a_time_is_no_answer():
    answer = {"tasks": [{"id": 4}], "total": 1, "total_annotations": 0, "total_predictions": 0}
    listing = connected(api__tasks=(200, answer))
    with listing as (studio, _), pytest.raises(StudioError, match="would not give"):
        list(studio.stamps(3, Where()))


def test_nothing_heavy_is_imported_with_the_client():
    assert not hasattr(client, "httpx")
    assert not hasattr(client, "LabelStudio")
