"""A Label Studio in memory, for tests of what we do with its answers; it fails when told to."""

import itertools
from dataclasses import replace

from annotate.errors import StudioError
from annotate.labelstudio.client import StudioProject


class FakeStudio:
    """What `Studio` offers, without a server. ``faults`` maps a method to errors it will raise.

    A fault (error, done) raises the error; where ``done`` is true the work is done first, as when
    the answer is lost on its way back.
    """

    def __init__(self, url="http://studio.invalid/"):
        self.url = url
        self.on_server = {}
        self.faults = {}
        self.calls = []
        self._rows = {}
        self._numbers = itertools.count(1)

    def _begin(self, name, *details):
        self.calls.append((name, *details))
        faults = self.faults.get(name)
        return faults.pop(0) if faults else (None, True)

    def project_url(self, project):
        return f"{self.url}projects/{project}/data"

    def project(self, project):
        found = self.on_server.get(project)
        return found and replace(found, tasks=len(self._rows[project]))

    def projects(self):
        return tuple(replace(found, config="") for found in self.on_server.values())

    def find_project(self, title):
        return next((p for p in self.on_server.values() if p.title == title), None)

    def create_project(self, title, config, instructions, *, description, overlap=1):
        error, done = self._begin("create_project", title, overlap)
        number = next(self._numbers) if done else 0
        if done:
            made = StudioProject(number, title, description, config, overlap=overlap)
            self.on_server[number] = made
            self._rows[number] = []
        if error:
            raise error
        return number

    def update_project(self, project, config, instructions, *, overlap=1):
        self._begin("update_project", project)
        found = self.on_server[project]
        self.on_server[project] = replace(found, config=config, overlap=overlap)

    def tasks(self, project):
        return iter([(row["id"], row["data"]) for row in self._rows[project]])

    def import_tasks(self, project, tasks):
        error, done = self._begin("import_tasks", len(tasks))
        if done:
            for task in tasks:
                row = {"id": next(self._numbers), "annotations": [], **task}
                self._rows[project].append(row)
        if error:
            raise error

    def export(self, project):
        if project not in self._rows:
            message = "no such project"
            raise StudioError(message)
        return self._rows[project]

    def writes(self):
        """Names of the writes so far."""
        return [name for name, *_ in self.calls]

    def row(self, task_id):
        """The task on the server that carries an id of ours."""
        rows = itertools.chain.from_iterable(self._rows.values())
        return next(row for row in rows if row["data"].get("annotate_id") == task_id)
