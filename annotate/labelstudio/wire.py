"""Requests whose body we encode ourselves.

The SDK looks at every value of what it sends and copies it, which takes longer than to encode it.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.failures import LONG_SECONDS, once

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

_DONE, _NOT_DONE = 200, 300


def post(api: "LabelStudio", path: str, body: bytes, **params: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Send JSON once, through the SDK's own client with its key, and return the answer.

    Args:
        api: the SDK's client.
        path: below the server's address, as ``api/projects/1/import``.
        body: the JSON.
        params: what stands in the address.

    Raises:
        ApiError: the server refuses, as the SDK says it.
        ValueError: the answer is no JSON object.
        httpx.HTTPError: there is no answer.
    """
    from label_studio_sdk.core.api_error import ApiError

    answer = api._client_wrapper.httpx_client.request(  # noqa: SLF001  it has no public name
        path,
        method="POST",
        content=body,
        params=params,
        headers={"content-type": "application/json"},
        request_options=once(LONG_SECONDS),
    )
    try:
        said = answer.json()
    except ValueError:
        said = answer.text
    if not _DONE <= answer.status_code < _NOT_DONE:
        raise ApiError(status_code=answer.status_code, headers=dict(answer.headers), body=said)
    if not isinstance(said, Mapping):
        msg = "an answer that is no JSON object"
        raise ValueError(msg)  # noqa: TRY004  what the server says, not what we are given
    return said


def as_json(value: object) -> bytes:
    """A value as it goes over the wire."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()
