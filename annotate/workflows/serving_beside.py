"""A model wired to the Label Studio of this machine."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from annotate.errors import SyncError
from annotate.labelstudio import Studio, server
from annotate.labelstudio.backends import Backend
from annotate.labelstudio.beside import start_beside
from annotate.labelstudio.home import StudioHome
from annotate.labelstudio.processes import says_up
from annotate.labelstudio.server import LocalStudio
from annotate.labelstudio.state import SyncState, known_project
from annotate.serving.access import SECRET_VARIABLE, USER, WEBHOOK_HEADER, Access
from annotate.workflows.retraining import check_retraining
from annotate.workflows.training import find_model
from annotate.workspace import Workspace

_HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Wired:
    """A Label Studio whose project a model answers for.

    Attributes:
        studio: the server.
        url: where the model answers.
        project: the project's page in the browser.
        name: of the model.
    """

    studio: LocalStudio = field(repr=False)
    url: str
    project: str
    name: str


def start_with(
    workspace: Workspace,
    name: str,
    *,
    retrain_every: int | None = None,
    home: StudioHome | None = None,
    environment: Mapping[str, str] = os.environ,
    progress: Callable[[str], None] = lambda _: None,
) -> Wired:
    """Start Label Studio and beside it a server for a model, and connect the two.

    Safe to repeat: what runs already is kept. Label Studio is allowed to ask 127.0.0.1, and no
    other address of this machine or its network; one that was started without that is restarted.

    Args:
        workspace: whose project and model.
        name: of the model.
        retrain_every: train anew when so many gold labels are new; None for never.
        home: the studio's folders, by default those of this user.
        environment: for the model's server, as the variables of this process are.
        progress: is told what takes time.

    Raises:
        SyncError: nothing was pushed from the workspace yet.
        ModelError: there is no such model.
        ServeError: there is no audit stream to judge a new model by.
        StudioError: one of the servers does not come up, or refuses.
    """
    home = home or StudioHome.default()
    state = SyncState.load(workspace.studio_state)
    if state is None:
        msg = (
            "Nothing was pushed from this workspace yet, so there is no project for a model to "
            "answer in. Run `annotate studio start` and `annotate push` first."
        )
        raise SyncError(msg)
    find_model(workspace, name)
    if retrain_every is not None:
        check_retraining(workspace, retrain_every)
    studio = server.start(home, progress=progress, asks_this_machine=True)
    progress(f"Serving the model {name}.")
    secret = home.serve_secret()
    where = ("--workspace", str(workspace.root.resolve()), "--host", _HOST)
    every = ("--retrain-every", str(retrain_every)) if retrain_every is not None else ()
    served = start_beside(
        home,
        [sys.executable, "-m", "annotate", "serve", name, *where, *every],
        name=name,
        environment={**environment, SECRET_VARIABLE: secret},
        login=(USER, secret),
    )
    token = Access(_HOST, secret).webhook_token or ""
    backend = Backend(served.url, name, USER, secret, WEBHOOK_HEADER, token)
    with Studio.connect(studio.url, studio.api_key) as connection:
        project = known_project(connection, state, workspace.studio_state)
        if project is None:
            msg = "The push that made the project was cut off. Run `annotate push` again."
            raise SyncError(msg)
        connection.connect_backend(project.id, backend)
        page = connection.project_url(project.id)
    return Wired(studio, served.url, page, name)


def answers(home: StudioHome | None = None) -> bool:
    """Whether a model that was started beside Label Studio answers."""
    home = home or StudioHome.default()
    served = home.served()
    return (
        served is not None
        and served.process.alive
        and says_up(served.url, login=(USER, home.serve_secret()))
    )
