"""Which server, which key: and a key goes to no server but its own."""

import pytest

from annotate.errors import StudioError
from annotate.labelstudio.credentials import Credentials, find_credentials

LOCAL = Credentials("http://127.0.0.1:8081", "local key")


def found(url=None, *, local=None, **environment):
    return find_credentials(url, local=local, environment=environment)


def test_the_environment_comes_first():
    environment = {"LABEL_STUDIO_URL": "http://a.eu", "LABEL_STUDIO_API_KEY": " k "}
    assert found("http://b.eu", local=LOCAL, **environment) == Credentials("http://a.eu", "k")


def test_the_setting_names_the_server_and_the_environment_the_key():
    assert found("http://b.eu", LABEL_STUDIO_API_KEY="k") == Credentials("http://b.eu", "k")


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:8081/", "http://localhost:8081"])
def test_the_local_server_is_used_where_no_other_is_named(url):
    assert found(url, local=LOCAL) == LOCAL


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9999", "http://b.eu:8081", "http://127.0.0.1:8081/ls", "http://[x"]
)
def test_the_local_key_is_never_given_to_another_server(url):
    with pytest.raises(StudioError, match="no API key for"):
        found(url, local=LOCAL)


def test_without_anything_it_says_what_to_run():
    with pytest.raises(StudioError, match="annotate studio start"):
        found()
    with pytest.raises(StudioError, match="LABEL_STUDIO_URL is not"):
        found(LABEL_STUDIO_API_KEY="k")


def test_a_key_does_not_show():
    assert "local key" not in repr(LOCAL)
