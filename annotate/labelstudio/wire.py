"""Requests that go through the SDK's client, but not through its models.

The SDK copies what it sends and makes of each task that comes a model of every kind of edition,
value by value: for many tasks that takes longer than the server needs.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from annotate.labelstudio.failures import once

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

_DONE, _NOT_DONE = 200, 300


def ask(
    api: "LabelStudio",
    method: Literal["GET", "POST"],
    path: str,
    *,
    params: Mapping[str, Any],
    body: bytes | None = None,
    seconds: int,
) -> Any:  # noqa: ANN401  what JSON holds
    """Make a request once, with the SDK's key, and return the JSON of the answer.

    Args:
        api: the SDK's client.
        method: how.
        path: below the server's address, as ``api/tasks/``.
        params: what stands in the address; None is left out.
        body: JSON to send.
        seconds: how long to wait for the answer.

    Raises:
        ApiError: the server refuses, as the SDK says it.
        ValueError: the answer is no JSON.
        httpx.HTTPError: there is no answer.
    """
    from label_studio_sdk.core.api_error import ApiError

    answer = api._client_wrapper.httpx_client.request(  # noqa: SLF001  it has no public name
        path,
        method=method,
        content=body,
        params=dict(params),
        headers={"content-type": "application/json"} if body is not None else None,
        request_options=once(seconds),
    )
    if _DONE <= answer.status_code < _NOT_DONE:
        return answer.json()
    try:
        said = answer.json()
    except ValueError:
        said = answer.text
    raise ApiError(status_code=answer.status_code, headers=dict(answer.headers), body=said)


def as_json(value: object) -> bytes:
    """A value as it goes over the wire."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object; raises `ValueError` where it is something else."""
    if not isinstance(value, Mapping):
        msg = "an answer that is no JSON object"
        raise ValueError(msg)  # noqa: TRY004  what the server says, not what we are given
    return value


def mappings(value: object) -> list[Mapping[str, Any]]:
    """A list of JSON objects; raises `ValueError` where it is something else."""
    if not isinstance(value, list):
        msg = "an answer that is no list"
        raise ValueError(msg)  # noqa: TRY004  what the server says, not what we are given
    return [mapping(each) for each in value]
