"""A model's server beside the Label Studio of this machine: started, found again, stopped."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from annotate.errors import StudioError
from annotate.labelstudio.home import Served, StudioHome, exclusive
from annotate.labelstudio.ports import free_port
from annotate.labelstudio.processes import last_lines, launch, says_up, wait_until_up

PREFERRED_PORT: Final = 9090
_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 20


def start_beside(
    home: StudioHome,
    command: Sequence[str],
    *,
    name: str,
    environment: Mapping[str, str],
    login: tuple[str, str],
) -> Served:
    """Start a server that goes on when this process ends; one that does just this is kept.

    Args:
        home: the studio's folders.
        command: the program; ``--port N`` is added.
        name: of the model, for messages.
        environment: of the program, with its secrets.
        login: user and password with which it says how it is.

    Raises:
        StudioError: it does not come up.
    """
    home.make()
    with exclusive(home.data / "serve.lock"):
        before = home.served()
        if before and before.command == tuple(command) and before.process.alive:
            _wait_until_up(home, before, login)
            return before
        stop_beside(home)
        port = free_port([before.port if before else PREFERRED_PORT, PREFERRED_PORT])
        try:
            process = launch(
                [*command, "--port", str(port)],
                environment=environment,
                folder=home.data,
                log=home.serve_log,
            )
        except OSError as error:
            msg = f"The model {name} could not be served: {error}."
            raise StudioError(msg) from None
        served = Served(port=port, process=process, command=tuple(command), name=name)
        try:
            home.save_served(served)
            _wait_until_up(home, served, login)
        except BaseException:  # Ctrl-C too: no half-started server is left behind
            process.end(patience_seconds=_STOP_SECONDS)
            raise
        return served


def stop_beside(home: StudioHome) -> bool:
    """Stop the server; returns whether it ran.

    Raises:
        StudioError: it does not end.
    """
    served = home.served()
    if served is None or not served.process.alive:
        return False
    served.process.end(patience_seconds=_STOP_SECONDS)
    if served.process.alive:
        what = f"The server of {served.name} (process {served.process.pid})"
        msg = f"{what} does not end. Stop it by hand."
        raise StudioError(msg)
    return True


def _wait_until_up(home: StudioHome, served: Served, login: tuple[str, str]) -> None:
    log = home.serve_log
    wait_until_up(
        served.process,
        partial(says_up, served.url, login=login),
        seconds=_START_SECONDS,
        ended=lambda: f"The model {served.name} is not served. {log} ends with:\n{last_lines(log)}",
        late=(
            f"The server of {served.name} did not answer at {served.url} within "
            f"{_START_SECONDS} seconds. {log} may say why."
        ),
    )
