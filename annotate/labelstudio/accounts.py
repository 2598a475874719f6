"""Logging in, signing up and API keys, as a browser does it: there is no API for these."""

import base64
import hashlib
import hmac
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from annotate.errors import StudioError
from annotate.labelstudio.failures import in_words

if TYPE_CHECKING:
    import httpx

_OK, _CREATED, _FOUND, _CONFLICT = 200, 201, 302, 409
_TIMEOUT_SECONDS = 60
_LOGIN_PAGE = "/user/login/"


@contextmanager
def session(url: str) -> Iterator["httpx.Client"]:
    """A browser-like connection to the local server: it keeps cookies and follows no redirects.

    Everything that goes wrong on the wire inside the block becomes a `StudioError`.
    """
    import httpx

    with (
        in_words(url, "signing in"),
        httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False) as client,
    ):
        yield client


def log_in(client: "httpx.Client", email: str, password: str) -> None:
    """Log a user in.

    Raises:
        StudioError: the server does not know this email and password.
    """
    answer = _send_form(client, _LOGIN_PAGE, email, password)
    if answer.status_code != _FOUND:
        msg = f"{_server(client)} does not let {email} log in{_reason(answer)}."
        raise StudioError(msg)


def sign_up(client: "httpx.Client", invitation: str, email: str, password: str) -> None:
    """Make a user by means of an invitation, and log them in.

    Args:
        client: a `session` in which nobody is logged in.
        invitation: path of the invitation, as `invitation_path` gives it.
        email: the new user's address; nothing is ever sent to it.
        password: 8 to 128 characters.

    Raises:
        StudioError: the server refuses, mostly because the email is taken.
    """
    answer = _send_form(client, invitation, email, password)
    if answer.status_code != _FOUND:
        msg = f"{_server(client)} does not make a user {email}{_reason(answer)}."
        raise StudioError(msg)


def personal_token(client: "httpx.Client", signing_key: str) -> str:
    """An API key (personal access token) of the user who is logged in.

    Label Studio shows a token once. One whose answer never arrived (a crash, Ctrl-C) cannot be
    read again, nor replaced without being known; but the server lists it without its signature,
    which the owner of the server's signing key can add.

    Args:
        client: a `session` in which the user is logged in.
        signing_key: the server's own.

    Raises:
        StudioError: the user has a token that nobody knows.
    """
    headers = {"X-CSRFToken": _form_token(client), "Referer": _server(client)}
    answer = client.post("/api/token/", headers=headers)
    if answer.status_code == _CREATED:
        return str(answer.json()["token"])
    listed = client.get("/api/token/").json() if answer.status_code == _CONFLICT else None
    if isinstance(listed, list) and listed:
        return _signed(str(listed[-1]["token"]), signing_key)
    msg = (
        f"{_server(client)} gives no API key (HTTP {answer.status_code}). Log in there with a "
        "browser, revoke the personal access token (Account & Settings), and try again."
    )
    raise StudioError(msg)


def access_token(client: "httpx.Client", api_key: str) -> str | None:
    """The token, good for five minutes, that a personal access token is exchanged for.

    Returns:
        None where the server does not accept the API key.
    """
    answer = client.post("/api/token/refresh/", json={"refresh": api_key})
    return str(answer.json()["access"]) if answer.status_code == _OK else None


def invitation_path(client: "httpx.Client", access: str) -> str:
    """Path and token of the page on which others can sign up."""
    answer = client.get("/api/invite", headers={"Authorization": f"Bearer {access}"})
    if answer.status_code != _OK:
        msg = f"{_server(client)} gives no invitation (HTTP {answer.status_code})."
        raise StudioError(msg)
    return str(answer.json()["invite_url"])


def _send_form(
    client: "httpx.Client", path: str, email: str, password: str
) -> "httpx.Response":  # fmt: skip
    client.get(path).raise_for_status()
    form = {
        "email": email,
        "password": password,
        "csrfmiddlewaretoken": _form_token(client),
    }
    return client.post(path, data=form, headers={"Referer": f"{_server(client)}{path}"})


def _form_token(client: "httpx.Client") -> str:
    return client.cookies.get("csrftoken") or ""


def _reason(answer: "httpx.Response") -> str:
    """Why a form was refused: the page says so in a list item or paragraph of the form."""
    found = re.search(r'class="[^"]*error[^"]*"[^>]*>(?:\s*<li>)?([^<]+)<', answer.text)
    found = found or re.search(r"<li>([^<]+)</li>", answer.text)
    words = " ".join(html.unescape(found[1]).split()).rstrip(".") if found else ""
    return f": {words}" if words else f" (HTTP {answer.status_code})"


def _server(client: "httpx.Client") -> str:
    return str(client.base_url).rstrip("/")


def _signed(token: str, key: str) -> str:
    """A JSON web token (header.payload) with its HS256 signature, RFC 7515 section 3.1."""
    digest = hmac.new(key.encode(), token.encode(), hashlib.sha256).digest()
    return f"{token}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
