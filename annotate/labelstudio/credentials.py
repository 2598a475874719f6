"""Which Label Studio to talk to, and with which key."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from annotate.errors import StudioError

URL_VARIABLE = "LABEL_STUDIO_URL"
KEY_VARIABLE = "LABEL_STUDIO_API_KEY"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An address and the API key for it; the key is kept out of every printed form."""

    url: str
    api_key: str = field(repr=False)


def find_credentials(
    url: str | None = None,
    *,
    local: Credentials | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Credentials:
    """The address and key to use: from the environment, else those of the local server.

    ``LABEL_STUDIO_URL`` wins over ``url`` (the workspace's setting), and ``LABEL_STUDIO_API_KEY``
    over the local server's key. A key is only ever sent to the server that it belongs to: the
    local server's key never goes to another address.

    Args:
        url: the address in the workspace's settings.
        local: the server that `annotate studio start` made, if there is one.
        environment: where the variables are looked up.

    Raises:
        StudioError: there is no server to talk to, or no key for it.
    """
    address = environment.get(URL_VARIABLE, "").strip() or url
    key = environment.get(KEY_VARIABLE, "").strip()
    if key:
        return Credentials(address or _local_address(local), key)
    if local and (address is None or _same_server(address, local.url)):
        return local
    if address is None:
        msg = "There is no Label Studio to talk to. " + _HOW
        raise StudioError(msg)
    msg = (
        f"There is no API key for {address}. Set {KEY_VARIABLE} to a personal access token "
        "(Label Studio, Account & Settings, Personal Access Token)."
    )
    raise StudioError(msg)


_HOW = (
    "Run `annotate studio start` for one on this machine, "
    f"or set {URL_VARIABLE} and {KEY_VARIABLE} for one elsewhere."
)


def _local_address(local: Credentials | None) -> str:
    if local is None:
        msg = f"{KEY_VARIABLE} is set but {URL_VARIABLE} is not. " + _HOW
        raise StudioError(msg)
    return local.url


def _same_server(one: str, other: str) -> bool:
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str | None, str]:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = {"localhost": "127.0.0.1"}.get(parts.hostname or "", parts.hostname)
        return host, f"{parts.port}{parts.path.rstrip('/')}"
    except ValueError:
        return None, url
