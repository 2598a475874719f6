"""What the tests against a real server with a proxy before it share."""

import json
import uuid
from dataclasses import dataclass

import pytest
from desk import Desk
from fault_place import Place
from fault_proxy import FaultProxy


@pytest.fixture(scope="session")
def place(studio_home, studio_server):
    with Place(studio_home, studio_server, restarts=False) as place:
        yield place


@dataclass(frozen=True, slots=True)
class Line:
    """A workspace, its way to the server through a proxy, and what is really there."""

    place: Place
    desk: Desk
    proxy: FaultProxy

    def run(self, command, *arguments, url=None):
        """Run a command of the workspace with the proxy's address, or another."""
        environment = self.place.environment(url or self.proxy.url)
        where = ("--workspace", self.desk.workspace.root)
        done = self.place.patient_commands.run(command, *arguments, *where, environment=environment)
        assert "Traceback" not in done.err
        assert self.place.server.api_key not in done.out + done.err
        return done

    def push(self):
        """Push, which must succeed; returns the number of the project."""
        done = self.run("push", "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)["project"]

    def there(self):
        """Tasks of the workspace's project, as `SeenTask`."""
        return self.place.seen.tasks(self.desk.title)

    @property
    def api(self):
        """The plain SDK for the administrator, straight to the server."""
        return self.place.api


@pytest.fixture
def line(place, studio_server, tmp_path):
    """A workspace of 20 tasks that nothing was pushed from; batches are of 7."""
    desk = Desk(tmp_path / f"desk-{uuid.uuid4().hex[:8]}", count=20, first=20, seed=5)
    with FaultProxy(studio_server.url) as proxy:
        yield Line(place, desk, proxy)
        proxy.wait_until_idle(60)
    place.seen.delete(desk.title)
