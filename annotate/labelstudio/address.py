"""Addresses of servers and keys for them: what is usable, and whether a Label Studio is there."""

import ipaddress
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from annotate.errors import StudioError, UnansweredError
from annotate.labelstudio.failures import FIRST_PAUSES_SECONDS, read

if TYPE_CHECKING:
    import httpx


def normal_url(url: str) -> str:
    """An address with scheme, host and path prefix, ending in a slash.

    Raises:
        StudioError: it is no http(s) address, or carries a password, query or fragment.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        msg = (
            f"{text or 'The empty text'} is not the address of a server. "
            "Set LABEL_STUDIO_URL to something like http://127.0.0.1:8080."
        )
        raise StudioError(msg)
    if parts.username or parts.password or parts.query or parts.fragment:
        msg = "LABEL_STUDIO_URL may hold host, port and path only: no user, password, ? or #."
        raise StudioError(msg)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))


def plain_key(api_key: str) -> str:
    """An API key without the white space that copying adds.

    Raises:
        StudioError: it is empty, or no key could look like it.
    """
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        msg = "The API key is empty or holds characters that no key has. Copy it again."
        raise StudioError(msg)
    return key


def is_loopback(address: str) -> bool:
    """Whether an address is one of this very machine."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def release_at(http: "httpx.Client", address: str) -> str:
    """Release of the Label Studio at an address, such as "1.23.2"; needs no key.

    Raises:
        StudioError: nothing answers, or what answers is no Label Studio.
    """
    import httpx

    def ask() -> "httpx.Response":
        try:
            return http.get(f"{address}api/version")
        except (httpx.RemoteProtocolError, httpx.ReadError):
            if address.startswith("https:"):
                raise
            raise UnansweredError(_no_http(address)) from None

    answer = read(address, "asking for its version", ask, pauses=FIRST_PAUSES_SECONDS)
    if answer.is_redirect:
        raise StudioError(_elsewhere(address, answer.headers.get("location", "")))
    if "https port" in answer.text.lower():
        raise StudioError(_no_http(address))
    try:
        release = answer.json()["release"]
    except (ValueError, KeyError, TypeError):
        release = None
    if not isinstance(release, str):
        msg = (
            f"What answers at {address} (HTTP {answer.status_code}) is no Label Studio. "
            "LABEL_STUDIO_URL must be the address of its start page, without /projects."
        )
        raise StudioError(msg)
    return release


def _no_http(address: str) -> str:
    secure = address.replace("http://", "https://", 1)
    return f"{address} does not speak http. Set LABEL_STUDIO_URL to {secure} if that is right."


def _elsewhere(address: str, location: str) -> str:
    target = location.partition("?")[0].removesuffix("/").removesuffix("api/version")
    return f"{address} points to {target or 'another address'}. Set LABEL_STUDIO_URL to that."
