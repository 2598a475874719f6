"""What several parts of the tests share: one Label Studio for the whole run."""

import signal
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from annotate.labelstudio import Studio
from annotate.labelstudio.home import StudioHome
from annotate.labelstudio.server import start, stop

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where tests run in several processes, all files that need the server are for one of them."""
    from xdist.scheduler import LoadFileScheduling

    class OneServer(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "studio" if _needs_server(config.rootpath / file) else file

    return OneServer(config, log)


@cache
def _needs_server(file):
    return any(word in file.read_text("utf-8") for word in ("mark.live", "studio_pages"))


@pytest.fixture(scope="session")
def studio_home(tmp_path_factory):
    """The user's own installation, so that there is one only; but data of this run alone."""
    return StudioHome(StudioHome.default().installation, tmp_path_factory.mktemp("studio"))


_START = """
import sys
from pathlib import Path
from annotate.labelstudio.home import StudioHome
from annotate.labelstudio.server import start
start(StudioHome(*map(Path, sys.argv[1:])), preferred_port=0)
"""


@pytest.fixture(scope="session", autouse=True)
def _studio_ahead(request):
    """Begin to start the server with the first test, if any wants it: others run meanwhile.

    In a process of its own, since tests put other things in the place of time and processes.
    """
    # One process of several has all items too, but which of them it will run is not known yet.
    one_of_several = hasattr(request.config, "workerinput")
    if one_of_several or not any("studio_server" in i.fixturenames for i in request.session.items):
        yield
        return
    home = request.getfixturevalue("studio_home")
    places = (str(home.installation), str(home.data))
    begun = subprocess.Popen(
        [sys.executable, "-c", _START, *places],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    if begun.poll() is None:
        begun.send_signal(signal.SIGINT)
    begun.wait()
    stop(home)


@pytest.fixture(scope="session")
def studio_server(studio_home):
    """A running server: ``url``, ``email``, ``password``, ``api_key``. Mark its tests ``live``."""
    yield start(studio_home, preferred_port=0)
    stop(studio_home)


@pytest.fixture(scope="module")
def studio(studio_server):
    with Studio.connect(studio_server.url, studio_server.api_key) as connection:
        yield connection


@pytest.fixture
def studio_environment(studio_home, studio_server):
    """Variables that lead a command to the server of this run."""
    return {
        "ANNOTATE_STUDIO_HOME": str(studio_home.data),
        "ANNOTATE_STUDIO_INSTALLATION": str(studio_home.installation),
        "LABEL_STUDIO_URL": "",
        "LABEL_STUDIO_API_KEY": "",
    }
