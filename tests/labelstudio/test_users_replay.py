"""Real users, and their recorded annotations arriving as if they were made again."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from annotate.errors import StudioError, SyncError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.config import instructions_html, label_config
from annotate.labelstudio.credentials import Credentials
from annotate.labelstudio.home import Account
from annotate.labelstudio.recording import Recorded, recorded_annotations
from annotate.labelstudio.replay import Replayed, replay
from annotate.labelstudio.users import create_users, invite_link
from annotate.resources import resource
from annotate.scheme import Scheme

EMAILS = ("ann@annot.invalid", "bob@annot.invalid", "Cleo@annot.invalid")
TASKS = tuple(f"document:body:{number}-{number + 9}" for number in range(8))
LABELS = ("claim", "denial", "neither")
FIELDS = ("text", "before", "after", "headline", "outlet", "published")


def recorded(task, email, label, *, seconds=2.5):
    """An annotation as a Label Studio export holds it."""
    value = {"choices": [label]}
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": value}
    return {
        "completed_by": {"id": 1, "email": email},
        "result": [result],
        "lead_time": seconds,
        "was_cancelled": False,
    }


# Each task has an annotation by each of the three, but that the second task was skipped by Ann:
# 8 * 3 = 24 annotations, of which one holds no label.
EXPORT = [
    {
        "data": {"annotate_id": task},
        "annotations": [
            recorded(task, email, LABELS[(number + place) % 3], seconds=number + 0.25)
            for place, email in enumerate(EMAILS)
        ],
    }
    for number, task in enumerate(TASKS)
]
EXPORT[1]["annotations"][0] |= {"result": [], "was_cancelled": True}
RECORDED = recorded_annotations(EXPORT)


@pytest.fixture(scope="module")
def users(studio_home, studio_server):
    return create_users(studio_server.credentials, EMAILS, studio_home)


@pytest.fixture
def project(studio):
    scheme = Scheme.load(resource("schemas/labels.yaml"))
    number = studio.create_project(
        "Replay", label_config(scheme), instructions_html(scheme), description="", overlap=3
    )
    tasks = [{"data": {"annotate_id": task, **dict.fromkeys(FIELDS, task)}} for task in TASKS]
    studio.import_tasks(number, tasks)
    yield number
    studio.delete_project(number)


def on_server(studio, project):
    """What the server holds, in the form of the recording, sorted."""
    return by_task_and_email(recorded_annotations(studio.export(project)))


def by_task_and_email(annotations):
    """Comparable: the server spells emails in small letters and gives each result an id."""
    return sorted(
        (
            entry.task_id,
            entry.email.lower(),
            [part["value"] for part in entry.result],
            entry.seconds,
            entry.skipped,
        )
        for entry in annotations
    )


def test_a_recording_is_read_as_it_stands():
    assert len(RECORDED) == 24
    value = {"choices": ["claim"]}
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": value}
    assert RECORDED[0] == Recorded(TASKS[0], EMAILS[0], (result,), seconds=0.25)
    assert RECORDED[3] == Recorded(TASKS[1], EMAILS[0], (), seconds=1.25, skipped=True)


@pytest.mark.parametrize(
    ("task", "problem"),
    [
        ({"data": {"text": "x"}}, "Task 1 of the recording has no annotate_id"),
        ({}, "Task 1 of the recording has no annotate_id"),
        (
            {"data": {"annotate_id": "t"}, "annotations": [{"completed_by": 3, "result": []}]},
            "task t in the recording does not say who",
        ),
        (
            {"data": {"annotate_id": "t"}, "annotations": [{"completed_by": {"email": "a"}}]},
            "task t in the recording does not say who",
        ),
    ],
)
def test_a_recording_that_lacks_what_is_needed_is_refused(task, problem):
    with pytest.raises(SyncError, match=problem):
        recorded_annotations([task])


def test_annotations_by_somebody_who_is_no_user_are_refused_before_anything_is_sent():
    with pytest.raises(SyncError, match="by Cleo@annot"):
        replay(
            "http://127.0.0.1:1",
            1,
            RECORDED,
            [Account(email=e, password="") for e in EMAILS[:2]],
            seed=0,
        )


def test_a_recording_that_has_an_annotation_twice_is_refused():
    accounts = [Account(email=email, password="") for email in EMAILS]
    with pytest.raises(SyncError, match="2 annotations of task"):
        replay("http://127.0.0.1:1", 1, [*RECORDED, RECORDED[4]], accounts, seed=0)


@pytest.mark.live
def test_users_are_real_and_used_again(studio_home, studio_server, users):
    for account, email in zip(users, EMAILS, strict=True):
        assert account.email == email
        with Studio.connect(studio_server.url, account.api_key) as connection:
            assert connection.email == email.lower()
    assert create_users(studio_server.credentials, EMAILS, studio_home) == users
    assert (studio_home.data / "users.json").stat().st_mode & 0o777 == 0o600
    log = studio_home.log.read_text()
    assert not [a.email for a in users if a.password in log or a.api_key in log]


@pytest.mark.live
def test_a_user_whose_key_was_lost_gets_it_again(studio_home, studio_server, users):
    lost = Account(email=users[0].email, password=users[0].password)
    studio_home.save_user(lost)
    assert create_users(studio_server.credentials, EMAILS[:1], studio_home) == users[:1]


@pytest.mark.live
def test_an_email_of_somebody_else_is_refused(studio_home, studio_server):
    assert studio_home.users().get(studio_server.email) is None
    with pytest.raises(StudioError, match="already exists"):
        create_users(studio_server.credentials, [studio_server.email], studio_home)


@pytest.mark.live
def test_what_is_no_email_is_refused(studio_home, studio_server):
    with pytest.raises(StudioError, match="valid email"):
        create_users(studio_server.credentials, ["nobody"], studio_home)


@pytest.mark.live
def test_the_invitation_leads_to_a_sign_up_page(studio_server):
    link = invite_link(studio_server.credentials)
    assert link.startswith(f"{studio_server.url}/user/signup/?token=")
    assert httpx.get(link, trust_env=False).status_code == 200
    wrong = Credentials(studio_server.url, "eyJhbGciOiJIUzI1NiJ9.e30.nothing")
    with pytest.raises(StudioError, match="does not accept the administrator's API key"):
        invite_link(wrong)


@pytest.mark.live
def test_a_replay_arrives_whole_by_the_right_users_and_a_second_adds_nothing(
    studio, studio_server, project, users
):
    counts = []
    first = replay(
        studio_server.url, project, RECORDED, users, seed=1,
        progress=lambda done, total: counts.append((done, total)),
    )  # fmt: skip
    assert first == Replayed(sent=24, present=0)
    assert on_server(studio, project) == by_task_and_email(RECORDED)
    assert counts[0] == (0, 24)
    assert counts[-1] == (24, 24)
    assert counts == sorted(counts)

    second = replay(studio_server.url, project, RECORDED, users, seed=2)
    assert second == Replayed(sent=0, present=24)
    assert second.total == first.total
    assert on_server(studio, project) == by_task_and_email(RECORDED)


@pytest.mark.live
def test_ctrl_c_stops_the_users_and_the_next_replay_does_the_rest(
    studio, studio_server, project, users
):
    def interrupt(done, _total):
        if done:
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        replay(studio_server.url, project, RECORDED, users, seed=1, progress=interrupt)
    assert threading.active_count() == before
    arrived = len(on_server(studio, project))
    assert 0 < arrived < 24

    rest = replay(studio_server.url, project, RECORDED, users, seed=1)
    assert rest == Replayed(sent=24 - arrived, present=arrived)
    assert on_server(studio, project) == by_task_and_email(RECORDED)


@pytest.mark.live
def test_tasks_that_were_not_pushed_are_named(studio_server, project, users):
    stranger = Recorded("document:body:99-100", EMAILS[0], ())
    with pytest.raises(SyncError, match=r"such as document:body:99-100. Push the tasks first"):
        replay(studio_server.url, project, [*RECORDED, stranger], users, seed=1)


@pytest.mark.live
def test_a_key_that_the_server_refuses_ends_the_replay(studio, studio_server, project, users):
    wrong = users[1].model_copy(update={"api_key": f"{users[1].api_key[:-4]}AAAA"})
    with pytest.raises(StudioError, match=f"the API key of {EMAILS[1]}"):
        replay(studio_server.url, project, RECORDED, [users[0], wrong, users[2]], seed=1)
    assert EMAILS[1] not in {email for _, email, *_ in on_server(studio, project)}


@pytest.fixture
def stumbling_proxy(studio_server):
    """A proxy before the real server: every first attempt to annotate gets an unclear answer.

    Every second of these attempts reached the server all the same: what a gateway's time-out does.
    """
    attempts = Counter()

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key: value for key, value in self.headers.items() if key != "Host"}
            with httpx.Client(trust_env=False, timeout=60) as client:
                return client.request(
                    self.command, studio_server.url + self.path, content=body, headers=headers
                )

        def answer(self, status, content):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            answer = self.forward()
            self.answer(answer.status_code, answer.content)

        def do_POST(self):
            who = (self.path, self.headers.get("Authorization"))
            if "/annotations/" in self.path and not attempts[who]:
                attempts[who] += 1
                if len(attempts) % 2:
                    self.forward()
                else:
                    self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(504, b"{}")
            else:
                self.do_GET()

        do_DELETE = do_GET  # noqa: N815  the name that http.server looks for

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()
        thread.join()


@pytest.mark.live
def test_after_unclear_answers_nothing_is_missing_and_nothing_there_twice(
    studio, stumbling_proxy, project, users
):
    part = [entry for entry in RECORDED if entry.task_id in TASKS[:3]]
    assert replay(stumbling_proxy, project, part, users, seed=1) == Replayed(sent=9, present=0)
    assert on_server(studio, project) == by_task_and_email(part)
