"""A backend connected to a project: once, however often that is asked for."""

from dataclasses import replace
from types import SimpleNamespace

from annotate.labelstudio.backends import TITLE, Backend, connect_backend

BACKEND = Backend("http://127.0.0.1:9090", "first", "annotate", "s3cret", "X-Hook", "t0ken")


class Things:
    """A kind of thing that the SDK makes, changes and deletes by number."""

    def __init__(self, calls, name):
        self.there, self.calls, self.name = {}, calls, name

    def list(self, *, request_options, **_where):
        return list(self.there.values())

    def create(self, *, request_options, **fields):
        number = len(self.calls) + 1
        self.calls.append((self.name, "create"))
        self.there[number] = SimpleNamespace(**{"headers": {}, "title": ""} | fields, id=number)

    def update(self, number, *, request_options, **fields):
        self.calls.append((self.name, "update"))
        vars(self.there.setdefault(number, SimpleNamespace())).update(fields)

    def delete(self, number, *, request_options):
        self.calls.append((self.name, "delete"))
        del self.there[number]


class Api:
    def __init__(self):
        self.calls = []
        self.ml, self.webhooks, self.projects = (
            Things(self.calls, name) for name in ("backend", "webhook", "project")
        )


def test_the_webhook_comes_first_so_that_the_server_makes_none_itself():
    api = Api()
    connect_backend(api, "http://h/", 7, BACKEND)
    assert api.calls == [("webhook", "create"), ("backend", "create"), ("project", "update")]
    (hook,), (model,) = api.webhooks.list(request_options=0), api.ml.list(request_options=0)
    assert (hook.url, hook.headers) == ("http://127.0.0.1:9090/webhook", {"X-Hook": "t0ken"})
    assert (hook.send_payload, hook.send_for_all_actions) == (True, False)
    assert set(hook.actions) == {
        "ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED"
    }  # fmt: skip
    assert (model.url, model.title) == ("http://127.0.0.1:9090", TITLE + "first")
    assert (model.basic_auth_user, model.basic_auth_pass) == ("annotate", "s3cret")
    assert api.projects.there[7].model_version == model.title


def test_a_second_time_changes_what_is_there_and_leaves_what_others_made():
    api = Api()
    api.ml.create(title="of somebody else", request_options=0)
    api.webhooks.create(url="http://else", headers=None, request_options=0)
    connect_backend(api, "http://h/", 7, BACKEND)
    connect_backend(api, "http://h/", 7, replace(BACKEND, url="http://127.0.0.1:9", name="new"))
    titles = [each.title for each in api.ml.list(request_options=0)]
    assert titles == ["of somebody else", TITLE + "new"]
    urls = [each.url for each in api.webhooks.list(request_options=0)]
    assert urls == ["http://else", "http://127.0.0.1:9/webhook"]
    assert api.projects.there[7].model_version == TITLE + "new"


def test_the_secret_is_not_shown():
    assert "s3cret" not in repr(BACKEND)
    assert "t0ken" not in repr(BACKEND)
