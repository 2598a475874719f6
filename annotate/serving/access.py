"""Who may ask: the shared secret, and what a web page in a browser must not reach."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from annotate.errors import ServeError

SECRET_VARIABLE: Final = "ANNOTATE_SERVE_SECRET"  # noqa: S105  a name, not a secret
USER: Final = "annotate"
"""The user name that goes with the secret."""
WEBHOOK_HEADER: Final = "X-Annotate-Webhook"
FEWEST_CHARACTERS: Final = 16

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Access:
    """What a request must show.

    Attributes:
        host: address that is listened on.
        secret: the shared secret; None lets everybody of this machine in.
    """

    host: str
    secret: str | None = field(default=None, repr=False)

    @classmethod
    def settled(cls, host: str, environment: Mapping[str, str]) -> "Access":
        """What is asked for on an address.

        Raises:
            ServeError: other machines can reach it and there is no secret, or it is too short.
        """
        secret = environment.get(SECRET_VARIABLE, "").strip() or None
        if secret is None and host not in _LOOPBACK:
            msg = (
                f"Other machines can reach {host}, so a secret is needed. Set {SECRET_VARIABLE} to "
                f"at least {FEWEST_CHARACTERS} random characters, or listen on 127.0.0.1."
            )
            raise ServeError(msg)
        if secret is not None and len(secret) < FEWEST_CHARACTERS:
            msg = (
                f"{SECRET_VARIABLE} has {len(secret)} characters and can be guessed. Take at least "
                f"{FEWEST_CHARACTERS} random ones, such as: openssl rand -hex 24"
            )
            raise ServeError(msg)
        return cls(host, secret)

    @property
    def webhook_token(self) -> str | None:
        """What the webhook shows in place of the secret.

        Every user of Label Studio can read the headers of a webhook: with it one can tell of
        events, and ask for nothing: neither predictions nor training.
        """
        if self.secret is None:
            return None
        return hmac.new(self.secret.encode(), b"webhook", hashlib.sha256).hexdigest()

    def allows(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether a request shows what it must.

        Args:
            path: what is asked for.
            headers: of the request, by names in lower case.
        """
        if self.may_ask(headers):
            return True
        shown = headers.get(WEBHOOK_HEADER.lower(), "")
        return path == "/webhook" and _same(shown, self.webhook_token or "")

    def may_ask(self, headers: Mapping[str, str]) -> bool:
        """Whether a request shows the secret itself, where there is one."""
        shown = _password(headers.get("authorization", ""))
        return self.secret is None or _same(shown, self.secret)

    def is_for_us(self, headers: Mapping[str, str]) -> bool:
        """Whether the request names this machine, where nobody needs to show a secret.

        A web page that somebody looks at here could else reach us under a name of its own
        (DNS rebinding).
        """
        if self.secret is not None:
            return True
        name = headers.get("host", "").rsplit("@")[-1]
        name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
        return name.lower() in {*_LOOPBACK, self.host.lower()}


def _same(shown: str, wanted: str) -> bool:
    """Compared in a time that does not tell how much of it is right."""
    return hmac.compare_digest(shown.encode(), wanted.encode())


def _password(header: str) -> str:
    """The password of an Authorization header (RFC 7617); empty where it has none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password if user == USER else ""
