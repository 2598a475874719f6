"""Where the local Label Studio lives on this machine: its program, its data, its secrets."""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotate.errors import StudioError
from annotate.files import read_text, write_text
from annotate.labelstudio.processes import Process
from annotate.resources import resource

HOME_VARIABLE = "ANNOTATE_STUDIO_HOME"
INSTALLATION_VARIABLE = "ANNOTATE_STUDIO_INSTALLATION"
LOCK_FILE = "requirements-studio.lock"

S = TypeVar("S", bound=BaseModel)


class _Stored(BaseModel):
    """What is kept in a file of the studio home; its values never show in a message."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Account(_Stored):
    """A user of the local server: how to log in, and the key for the API once there is one."""

    email: str
    password: str = Field(repr=False)
    api_key: str | None = Field(default=None, repr=False)


class Accounts(_Stored):
    """The users that annotate made, apart from the administrator."""

    accounts: tuple[Account, ...] = ()


class ServerState(_Stored):
    """The port the server was last given, and its process if it was not stopped since.

    ``asks_this_machine`` says whether it was started so that it may ask 127.0.0.1.
    """

    port: int
    process: Process | None = None
    asks_this_machine: bool = False

    @property
    def url(self) -> str:
        """Address of the server: loopback only."""
        return f"http://127.0.0.1:{self.port}"


class Served(_Stored):
    """A model's server that was started beside: its port, its process, and by which command."""

    port: int
    process: Process
    command: tuple[str, ...]
    name: str

    @property
    def url(self) -> str:
        """Address of the server: loopback only."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class StudioHome:
    """Two folders: the installed program, which several data folders may share, and the data."""

    installation: Path
    data: Path

    @classmethod
    def default(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The folder named by ``ANNOTATE_STUDIO_HOME``, else one in the user's data folder.

        The program lies in it too, unless ``ANNOTATE_STUDIO_INSTALLATION`` names another place.
        """
        from platformdirs import user_data_path

        data = _named(environment, HOME_VARIABLE) or user_data_path("annotate-news") / "studio"
        return cls(installation=_named(environment, INSTALLATION_VARIABLE) or data, data=data)

    @property
    def venv(self) -> Path:
        """Virtual environment of the Label Studio that this version of annotate pins."""
        digest = hashlib.sha256(resource(LOCK_FILE).read_bytes()).hexdigest()
        return self.installation / f"venv-{digest[:12]}"

    @property
    def database(self) -> Path:
        """Folder of Label Studio itself: SQLite file, uploads, its signing key."""
        return self.data / "data"

    @property
    def log(self) -> Path:
        """What the server printed since it was last started."""
        return self.data / "server.log"

    @property
    def serve_log(self) -> Path:
        """What the model's server beside printed since it was last started."""
        return self.data / "serve.log"

    @property
    def _served_file(self) -> Path:
        return self.data / "serve.json"

    @property
    def _admin_file(self) -> Path:
        return self.data / "credentials.json"

    @property
    def _users_file(self) -> Path:
        return self.data / "users.json"

    @property
    def _key_file(self) -> Path:
        return self.data / "signing.key"

    @property
    def _state_file(self) -> Path:
        return self.data / "server.json"

    def make(self) -> None:
        """Make the data folders, open to their owner alone.

        Raises:
            StudioError: the disk does not let us.
        """
        try:
            for folder in (self.data, self.database):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise StudioError(_no_folder(self.data, error)) from None

    def admin(self) -> Account | None:
        """The administrator's account, if a server was ever set up here."""
        return _load(self._admin_file, Account)

    def save_admin(self, account: Account) -> None:
        """Keep the administrator's account, mode 600."""
        write_text(self._admin_file, account.model_dump_json(indent=1), private=True)

    def users(self) -> dict[str, Account]:
        """The accounts that annotate made for annotators, by email."""
        found = _load(self._users_file, Accounts) or Accounts()
        return {account.email: account for account in found.accounts}

    def save_user(self, account: Account) -> None:
        """Keep an annotator's account, mode 600, in place of an earlier one of that email."""
        accounts = {**self.users(), account.email: account}
        stored = Accounts(accounts=tuple(accounts.values()))
        write_text(self._users_file, stored.model_dump_json(indent=1), private=True)

    def state(self) -> ServerState | None:
        """Port and process of the server, if one was ever started here."""
        return _load(self._state_file, ServerState)

    def save_state(self, state: ServerState) -> None:
        """Keep port and process of the server."""
        write_text(self._state_file, state.model_dump_json(), private=True)

    def running(self) -> ServerState | None:
        """The server's state if its very process is alive, not another with its number."""
        state = self.state()
        return state if state and state.process and state.process.alive else None

    def served(self) -> Served | None:
        """The model's server beside, if one was ever started."""
        return _load(self._served_file, Served)

    def save_served(self, served: Served) -> None:
        """Keep what is known of the model's server beside."""
        write_text(self._served_file, served.model_dump_json(), private=True)

    def serve_secret(self) -> str:
        """What Label Studio shows to the model's server beside; made and kept, mode 600."""
        return _kept_secret(self.data / "serve.key", length=24)

    def signing_key(self) -> str:
        """The key with which this Label Studio signs its tokens; made and kept, mode 600.

        It would make one itself, but reads it back wrongly where it begins with "$" (1 in 50):
        every API key is then void after a restart.
        """
        return _kept_secret(self._key_file, length=32)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``: a second process waits here until the first is done."""
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("w")
    except OSError as error:
        raise StudioError(_no_folder(path.parent, error)) from None
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _kept_secret(path: Path, *, length: int) -> str:
    """A secret of so many random bytes, in hex; made once and kept, mode 600."""
    if not path.is_file():
        write_text(path, secrets.token_hex(length), private=True)
    return read_text(path)


def _named(environment: Mapping[str, str], variable: str) -> Path | None:
    named = environment.get(variable, "").strip()
    return Path(named).expanduser().resolve() if named else None


def _no_folder(folder: Path, error: OSError) -> str:
    return (
        f"{folder} cannot be used: {(error.strerror or 'unknown reason').lower()}. "
        f"Make it writable, or set {HOME_VARIABLE} to a folder that is."
    )


def _load(path: Path, kind: type[S]) -> S | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        msg = (
            f"{path} cannot be read, or its content is damaged. Stop any Label Studio that still "
            f"runs and restore the file, or move the folder {path.parent} away and start afresh."
        )
        raise StudioError(msg) from None
