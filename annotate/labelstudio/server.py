"""The Label Studio of this machine: started, found again, stopped."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from annotate.errors import StudioError
from annotate.labelstudio.accounts import access_token, log_in, personal_token, session
from annotate.labelstudio.credentials import Credentials
from annotate.labelstudio.guards import allowing_this_machine
from annotate.labelstudio.home import Account, ServerState, StudioHome, exclusive
from annotate.labelstudio.installation import Progress, install, is_installed, pinned_version
from annotate.labelstudio.ports import free_port
from annotate.labelstudio.processes import last_lines, launch, says_up, wait_until_up

PREFERRED_PORT = 8080
START_SECONDS = 300
_STOP_SECONDS = 15
_SQLITE = "label_studio.sqlite3"
_ADMIN = "admin@annotate.local"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class LocalStudio:
    """The running server of this machine and its administrator's login."""

    url: str
    email: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)

    @property
    def credentials(self) -> Credentials:
        """Address and API key."""
        return Credentials(self.url, self.api_key)


@dataclass(frozen=True, slots=True)
class StudioStatus:
    """How things stand with the server of this machine.

    ``healthy`` says that it answers; ``url`` and ``pid`` are None unless it runs. ``data_bytes``
    is the size of its database and uploads; ``model`` is served beside it.
    """

    installed: bool
    running: bool
    healthy: bool
    url: str | None
    pid: int | None
    version: str
    data_bytes: int
    folder: Path
    model: str | None = None


def start(
    home: StudioHome | None = None,
    *,
    progress: Progress = lambda _: None,
    preferred_port: int = PREFERRED_PORT,
    asks_this_machine: bool = False,
) -> LocalStudio:
    """Start the server, installing it first where needed; one that runs already is returned.

    It listens on loopback only, makes no outbound calls, and goes on when this process ends.

    Args:
        home: the studio's folders, by default those of this user.
        progress: is told what takes time.
        preferred_port: taken if it is free and the server had none before; 0 for any free one.
        asks_this_machine: whether it may ask 127.0.0.1, as for a model that is served there. If it
            runs without that, it is started anew.

    Raises:
        StudioError: it cannot be installed, does not come up, or is not the one we started.
    """
    home = home or StudioHome.default()
    home.make()
    with exclusive(home.data / "start.lock"):
        running = home.running()
        if running and asks_this_machine and not running.asks_this_machine:
            progress("Starting Label Studio anew, so that it may ask a model on this machine.")
            stop(home)
            running = None
        if running:
            _wait_until_up(home, running)
            return _with_key(home, running)
        admin = home.admin() or _new_admin(home)
        install(home, progress)
        return _start(home, admin, progress, _port(home, preferred_port), asks_this_machine)


def stop(home: StudioHome | None = None) -> bool:
    """Stop the server; returns whether it ran. Only the process that we started is touched.

    Raises:
        StudioError: it does not end.
    """
    home = home or StudioHome.default()
    running = home.running()
    if running is None or running.process is None:
        return False
    running.process.end(patience_seconds=_STOP_SECONDS)
    if running.process.alive:
        msg = f"Label Studio (process {running.process.pid}) does not end. Stop it by hand."
        raise StudioError(msg)
    home.save_state(ServerState(port=running.port))
    return True


def status(home: StudioHome | None = None) -> StudioStatus:
    """How things stand; changes nothing."""
    home = home or StudioHome.default()
    running, served = home.running(), home.served()
    return StudioStatus(
        installed=is_installed(home),
        running=running is not None,
        healthy=running is not None and says_up(running.url),
        url=running.url if running else None,
        pid=running.process.pid if running and running.process else None,
        version=pinned_version(),
        data_bytes=_size(home.database),
        folder=home.data,
        model=served.name if served and served.process.alive else None,
    )


def local_studio(home: StudioHome | None = None) -> LocalStudio | None:
    """The running server of this machine with its login; None where it does not run.

    While it is stopped its port may be another program's, which must not get the key.
    """
    home = home or StudioHome.default()
    running, admin = home.running(), home.admin()
    if running is None or admin is None or admin.api_key is None:
        return None
    return LocalStudio(running.url, admin.email, admin.password, admin.api_key)


def _port(home: StudioHome, preferred: int) -> int:
    """The port of before, the one preferred, or any that is free."""
    before = home.state()
    wanted = before.port if before else preferred
    return free_port([wanted, PREFERRED_PORT] if wanted else [])


def _start(
    home: StudioHome, admin: Account, progress: Progress, port: int, asks_this_machine: bool
) -> LocalStudio:
    first = not (home.database / _SQLITE).exists()
    state = ServerState(port=port, asks_this_machine=asks_this_machine)
    progress("Starting Label Studio" + (" (the first time takes half a minute)." if first else "."))
    try:
        process = launch(
            _command(home, state.port),
            environment=_environment(home, admin)
            | (allowing_this_machine() if asks_this_machine else {}),
            folder=home.database,
            log=home.log,
        )
    except OSError as error:
        msg = f"Label Studio could not be started: {error}. Its folder is {home.data}."
        raise StudioError(msg) from None
    try:
        state = state.model_copy(update={"process": process})
        home.save_state(state)
        _wait_until_up(home, state)
        return _with_key(home, state)
    except BaseException:  # Ctrl-C too: no half-started server is left behind
        process.end(patience_seconds=_STOP_SECONDS)
        raise


def _new_admin(home: StudioHome) -> Account:
    """Credentials are saved before the server learns them, so that none are ever lost."""
    if (home.database / _SQLITE).exists():
        msg = (
            f"{home.database} holds a Label Studio whose login is unknown: credentials.json beside "
            "it is missing. Restore that file, or move the folder away to start afresh."
        )
        raise StudioError(msg)
    admin = Account(email=_ADMIN, password=secrets.token_urlsafe(15))
    home.save_admin(admin)
    return admin


def _command(home: StudioHome, port: int) -> list[str]:
    program = home.venv / "bin"
    return [
        *(str(program / "python"), str(program / "label-studio"), "start", "--no-browser"),
        *("--internal-host", "127.0.0.1", "--port", str(port), "--log-level", "WARNING"),
    ]


def _environment(
    home: StudioHome, admin: Account, ours: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """A small environment: Label Studio reads any setting from a variable of its name.

    The switches that guard against requests to private addresses keep their safe defaults.
    """
    return {
        **{name: ours[name] for name in _PASSED_ON if name in ours},
        "HOME": str(home.database),
        "LABEL_STUDIO_BASE_DATA_DIR": str(home.database),
        "LABEL_STUDIO_USERNAME": admin.email,
        "LABEL_STUDIO_PASSWORD": admin.password,
        "SECRET_KEY": home.signing_key(),
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "False",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "False",
    }


def _wait_until_up(home: StudioHome, state: ServerState) -> None:
    wait_until_up(
        state.process,
        partial(says_up, state.url),
        seconds=START_SECONDS,
        ended=lambda: (
            f"Label Studio ended while it started. {home.log} ends with:\n{_last_lines(home)}"
        ),
        late=(
            f"Label Studio did not answer at {state.url} within {START_SECONDS} seconds. Run "
            f"`annotate studio stop` and start it again; {home.log} may say why."
        ),
    )


def _with_key(home: StudioHome, state: ServerState) -> LocalStudio:
    """The server with an API key that works: only the one we started accepts our login.

    Raises:
        StudioError: what answers is not our server.
    """
    admin = home.admin()
    if admin is None or state.process is None or not state.process.alive:
        msg = f"Another program answers at {state.url}. Run `annotate studio start` again."
        raise StudioError(msg)
    with session(state.url) as client:
        if admin.api_key is None or access_token(client, admin.api_key) is None:
            log_in(client, admin.email, admin.password)
            token = personal_token(client, home.signing_key())
            admin = Account(email=admin.email, password=admin.password, api_key=token)
            home.save_admin(admin)
    return LocalStudio(state.url, admin.email, admin.password, admin.api_key or "")


def _last_lines(home: StudioHome) -> str:
    """The end of the log, without what opens the server."""
    admin, text = home.admin(), last_lines(home.log)
    for secret in (admin.password, admin.api_key) if admin else ():
        text = text.replace(secret, "…") if secret else text
    return re.sub(r"(?<=token=)\w+", "…", text)  # of an invitation


def _size(folder: Path) -> int:
    size = 0
    for entry in folder.rglob("*"):
        with suppress(FileNotFoundError):  # the database's journal comes and goes
            size += entry.stat().st_size if entry.is_file() else 0
    return size
