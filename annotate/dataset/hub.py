"""A data set on the Hugging Face Hub, for those who ask for it."""

from pathlib import Path
from typing import Any

from annotate.errors import HubError


def push_to_hub(folder: Path, name: str) -> str:
    """Upload the folder of a data set as a private repository; returns its address.

    The token is the one of `hf auth login` or the variable HF_TOKEN.

    Args:
        folder: with the tables, the card, the certificate and the metadata.
        name: of the repository, such as ``newsroom/denials``; it is made if it is not there.

    Raises:
        HubError: the name or the token is no good, or the Hub refuses or cannot be reached.
    """
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError

    api = hub_api()
    try:
        address = api.create_repo(name, repo_type="dataset", private=True, exist_ok=True)
        api.upload_folder(
            folder_path=folder,
            repo_id=name,
            repo_type="dataset",
            commit_message="Data set made with annotate",
        )
    except (HfHubHTTPError, HFValidationError, LocalTokenNotFoundError, OSError) as error:
        raise HubError(name, str(error).strip().splitlines()[0]) from None
    return str(address)


def hub_api() -> Any:  # noqa: ANN401  the one place that talks to the Hub; tests put a stand-in here
    """What talks to the Hub."""
    from huggingface_hub import HfApi

    return HfApi()
