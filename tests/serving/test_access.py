"""Who may ask."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import ServeError
from annotate.serving.access import SECRET_VARIABLE, Access

SECRET = "0123456789abcdef-ü"
EVERYWHERE = "0.0.0.0"  # noqa: S104  nothing is bound here


def basic(user, password):
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_off_loopback_a_secret_is_needed_and_a_long_one():
    with pytest.raises(ServeError, match=r"Other machines can reach 0\.0\.0\.0.*ANNOTATE_SERVE"):
        Access.settled(EVERYWHERE, {})
    with pytest.raises(ServeError, match="has 5 characters"):
        Access.settled("127.0.0.1", {SECRET_VARIABLE: "short"})
    assert Access.settled("127.0.0.1", {SECRET_VARIABLE: " "}).secret is None
    assert "0123" not in repr(Access.settled("::", {SECRET_VARIABLE: SECRET}))


def test_the_secret_opens_everything_and_the_webhooks_token_the_webhook_alone():
    access = Access(EVERYWHERE, SECRET)
    for path in ("/predict", "/webhook", "/metrics", "/health"):
        assert access.allows(path, basic("annotate", SECRET))
        assert not access.allows(path, {})
        assert not access.allows(path, basic("annotate", SECRET + "x"))
        assert not access.allows(path, basic("admin", SECRET))
        assert not access.allows(path, {"authorization": "Bearer " + SECRET})
    token = {"x-annotate-webhook": access.webhook_token}
    assert access.allows("/webhook", token)
    assert not access.allows("/predict", token)
    assert not access.allows("/predict", basic("annotate", access.webhook_token))
    assert SECRET not in access.webhook_token


@given(st.text() | st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
def test_no_header_breaks_it_or_opens_it(header):
    access = Access(EVERYWHERE, SECRET)
    assert not access.allows("/predict", {"authorization": header})
    assert not access.allows("/webhook", {"x-annotate-webhook": header})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9090", "localhost:1", "[::1]:9090", "LOCALHOST"]
)
def test_without_a_secret_this_machine_must_be_named(host):
    assert Access("127.0.0.1").is_for_us({"host": host})


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example:9090", "[::2]", "localhost@evil.example"]
)
def test_a_web_page_under_a_name_of_its_own_is_not_let_in(host):
    assert not Access("127.0.0.1").is_for_us({"host": host})
    assert Access("127.0.0.1", SECRET).is_for_us({"host": host})  # the secret says it
