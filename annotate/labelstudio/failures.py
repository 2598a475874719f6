"""What can go wrong between here and a Label Studio, each said in one line without secrets."""

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from annotate.errors import StudioError, UnansweredError, UncertainError

if TYPE_CHECKING:
    from label_studio_sdk.core.request_options import RequestOptions

READ_SECONDS, LONG_SECONDS = 60, 900
"""How long an answer may take: of a look, and of a request that moves much."""

UNAUTHORISED, FORBIDDEN, MISSING, TOO_LARGE = 401, 403, 404, 413
_REDIRECT, _REFUSED, _FAILED = 300, 400, 500
_LONGEST = 240

T = TypeVar("T")

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""How long a read waits before it is repeated: a server that restarts is back by then."""
FIRST_PAUSES_SECONDS = (0.3, 0.6)
"""The same for the first questions to a server: one that is down is said at once."""

_KEY_PROBLEMS = (
    ("legacy token authentication has been disabled", "this server takes no legacy tokens"),
    ("wrong type", "it is a short-lived access token, not a personal access token"),
    ("expired", "it has expired"),
    ("blacklisted", "it has been revoked"),
    ("Invalid token", "this server does not know it (mistyped, revoked, or of another server)"),
    ("Token is invalid", "this server did not issue it (mistyped, or of another server)"),
)


@contextmanager
def in_words(url: str, doing: str, *, writes: bool = False) -> Iterator[None]:
    """Turn every error of the HTTP and SDK libraries into a `StudioError` of one line.

    Where nothing was done and another attempt may help it is an `UnansweredError`.

    Args:
        url: the server's address, for the message.
        doing: what was tried, to follow "while", such as "listing projects".
        writes: whether the request changes something. An answer that leaves open whether the
            change was made becomes an `UncertainError`.
    """
    import httpx
    from label_studio_sdk.core.api_error import ApiError
    from label_studio_sdk.core.parse_error import ParsingError
    from pydantic import ValidationError

    try:
        yield
    except ApiError as error:
        raise _refusal(error.status_code, error.body, url, doing, writes=writes) from None
    except httpx.HTTPError as error:
        raise _transport_failure(error, url, doing, writes=writes) from None
    except (httpx.InvalidURL, UnicodeError):
        msg = f"{url} is not an address that can be asked. Correct LABEL_STUDIO_URL."
        raise StudioError(msg) from None
    except (ValidationError, ValueError, ParsingError):
        raise _nonsense(url, doing, writes=writes) from None


def read(
    url: str, doing: str, ask: Callable[[], T], *, pauses: tuple[float, ...] = PAUSES_SECONDS
) -> T:
    """The answer to a request that changes nothing; repeated while there is none.

    Args:
        url: the server's address, for the message.
        doing: what is tried, to follow "while".
        ask: makes the request, once.
        pauses: seconds to wait before each repetition.

    Raises:
        UnansweredError: no answer came at the last attempt either.
        StudioError: the server refuses.
    """
    for pause in pauses:
        try:
            with in_words(url, doing):
                return ask()
        except UnansweredError:
            time.sleep(pause)
    with in_words(url, doing):
        return ask()


def again(write: Callable[[], None], *, pauses: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)) -> None:
    """Make a change that may be made twice without harm, until the server says that it is made.

    Args:
        write: makes the change, once.
        pauses: seconds to wait before each repetition.

    Raises:
        UncertainError: no clear answer came at the last attempt either.
        StudioError: the server refuses.
    """
    for pause in pauses:
        try:
            return write()
        except (UncertainError, UnansweredError):
            time.sleep(pause)
    return write()


def once(seconds: int) -> "RequestOptions":
    """Options of a request that is sent one time only: the SDK's retries would do writes twice.

    Args:
        seconds: how long to wait for the answer.
    """
    return {"timeout_in_seconds": seconds, "max_retries": 0}


def _refusal(
    status: int | None, body: object, url: str, doing: str, *, writes: bool
) -> StudioError:  # fmt: skip
    """What an answer with an error status means; without a status it is the SDK's own refusal."""
    detail = _detail(body)
    if status is not None and status < _REDIRECT:
        return _nonsense(url, doing, writes=writes)
    if status is not None and status < _REFUSED:
        msg = f"{url} points to another address (HTTP {status}), while {doing}. Use that address."
        return StudioError(msg)
    if status is not None and status >= _FAILED:
        msg = f"{url} failed (HTTP {status}) while {doing}: {detail}"
        return (UncertainError if writes else UnansweredError)(msg)
    if status == UNAUTHORISED:
        return StudioError(_key_refused(detail, url))
    says = {FORBIDDEN: "does not allow it", MISSING: "does not have it", TOO_LARGE: "wants less"}
    return StudioError(
        f"{url} {says.get(status or 0, f'refused (HTTP {status})')}, while {doing}: {detail}"
    )


def _nonsense(url: str, doing: str, *, writes: bool) -> StudioError:
    msg = f"{url} gave an answer that Label Studio would not give, while {doing}."
    return (UncertainError if writes else UnansweredError)(msg)


def _key_refused(detail: str, url: str) -> str:
    why = next((words for mark, words in _KEY_PROBLEMS if mark in detail), "it was refused")
    return (
        f"{url} does not accept the API key: {why}. Make a personal access token in Label Studio "
        "(Account & Settings) and set LABEL_STUDIO_API_KEY to it."
    )


def _transport_failure(error: Exception, url: str, doing: str, *, writes: bool) -> StudioError:
    import httpx

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return UnansweredError(_unreachable(str(error), url))
    if isinstance(error, httpx.LocalProtocolError):
        msg = "The API key holds characters that no key has. Copy it again from Label Studio."
        return StudioError(msg)
    if isinstance(error, httpx.UnsupportedProtocol):
        return StudioError(f"{url} is not an http:// or https:// address.")
    if isinstance(error, httpx.TimeoutException):
        msg = f"{url} took too long to answer, while {doing}."
    else:
        msg = f"The connection to {url} broke, while {doing}."
    return (UncertainError if writes else UnansweredError)(msg)


def _unreachable(reason: str, url: str) -> str:
    if "WRONG_VERSION_NUMBER" in reason or "record layer failure" in reason:
        plain = url.replace("https://", "http://", 1)
        return f"{url} does not speak https. Set LABEL_STUDIO_URL to {plain}."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return f"The certificate of {url} is not trusted. Check the address, or set SSL_CERT_FILE."
    if "Name or service" in reason or "nodename" in reason or "name resolution" in reason:
        return f"There is no such host as in {url}. Correct LABEL_STUDIO_URL."
    return (
        f"Nothing answers at {url}. Start the server (`annotate studio start` for the local one), "
        "or correct LABEL_STUDIO_URL."
    )


def _detail(body: object) -> str:
    """The part of an answer that says what is wrong, on one line of bounded length."""
    if isinstance(body, dict):
        found = _first_problem(body.get("validation_errors")) or body.get("detail") or ""
        text = str(found).split(" :: ")[0]  # what follows repeats the task
    else:
        text = html.unescape(re.sub(r"<[^>]*>", " ", str(body or "")))
    text = " ".join(text.split())
    return text[:_LONGEST] or "no reason given"


def _first_problem(problems: object) -> str:
    """The first text in Label Studio's nest of lists and mappings of problems."""
    if isinstance(problems, dict):
        for field, value in problems.items():
            if found := _first_problem(value):
                return found if field == "non_field_errors" else f"{field}: {found}"
        return ""
    if isinstance(problems, list):
        return next((found for problem in problems if (found := _first_problem(problem))), "")
    return str(problems) if problems else ""
