"""A Label Studio in memory, for tests of what we do with its answers; it fails when told to."""

import copy
import itertools
from dataclasses import replace

from annotate.errors import StudioError
from annotate.labelstudio.projects import StudioProject, Turn
from annotate.labelstudio.rows import Row

_FIELDS = {
    "config": "config",
    "description": "description",
    "overlap": "overlap",
    "model_version": "model_version",
}


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
        self.line = {}
        self._rows = {}
        self._numbers = itertools.count(1)

    def _write(self, work, name, *details):
        self.calls.append((name, *details))
        faults = self.faults.get(name)
        error, done = faults.pop(0) if faults else (None, True)
        found = work() if done else None
        if error:
            raise error
        return found

    def project_url(self, project):
        return f"{self.url}projects/{project}/data"

    def project(self, project):
        found = self.on_server.get(project)
        if found is None:
            return None
        rows = self._rows[project]
        return replace(found, tasks=len(rows), annotations=sum(len(r["annotations"]) for r in rows))

    def projects(self):
        return tuple(replace(found, config="") for found in self.on_server.values())

    def find_project(self, title):
        return next((p for p in self.on_server.values() if p.title == title), None)

    def create_project(self, title, config, instructions, *, description, overlap=1):
        def work():
            number = next(self._numbers)
            made = StudioProject(number, title, description, config, overlap=overlap)
            self.on_server[number] = made
            self._rows[number] = []
            return number

        return self._write(work, "create_project", title, overlap)

    def update_project(self, project, *, instructions=None, **fields):
        def work():
            named = {_FIELDS[name]: value for name, value in fields.items() if value is not None}
            self.on_server[project] = replace(self.on_server[project], **named)

        self._write(work, "update_project", project, *sorted(fields))

    def delete_project(self, project):
        self._write(
            lambda: (self.on_server.pop(project), self._rows.pop(project)), "delete_project"
        )

    def rows(self, project):
        found = list(self._rows[project])
        return iter([self._row(row, len(row["annotations"])) for row in found])

    def row(self, number):
        for row in itertools.chain.from_iterable(self._rows.values()):
            if row["id"] == number:
                return self._row(row, len(row["annotations"]) + len(row["drafts"]))
        return None

    @staticmethod
    def _row(row, work):
        return Row(row["id"], copy.deepcopy(row["data"]), work, len(row["predictions"]))

    def tasks(self, project):
        return iter([(row.number, dict(row.data)) for row in self.rows(project)])

    def import_tasks(self, project, tasks):
        def work():
            for task in copy.deepcopy(list(tasks)):
                self._rows[project].append(
                    {"id": next(self._numbers), "annotations": [], "drafts": [],
                     "predictions": [], **task}
                )  # fmt: skip
                found = self.on_server[project]
                if task.get("predictions") and not found.model_version:
                    version = task["predictions"][0]["model_version"]
                    self.on_server[project] = replace(found, model_version=version)

        self._write(work, "import_tasks", len(tasks))

    def change_task(self, number, data):
        def work():
            for row in itertools.chain.from_iterable(self._rows.values()):
                if row["id"] == number:
                    row["data"] = copy.deepcopy(dict(data))

        self._write(work, "change_task", number)

    def delete_tasks(self, project, numbers):
        def work():
            self._rows[project] = [r for r in self._rows[project] if r["id"] not in numbers]

        self._write(work, "delete_tasks", *numbers)

    def predictions(self, project, number=None):
        return {
            row["id"]: copy.deepcopy(row["predictions"])
            for row in self._rows[project]
            if row["predictions"] and number in (None, row["id"])
        }

    def import_predictions(self, project, prelabels):
        def work():
            for row in self._rows[project]:
                if row["id"] in prelabels:
                    row["predictions"].append(copy.deepcopy(dict(prelabels[row["id"]])))

        self._write(work, "import_predictions", len(prelabels))

    def delete_predictions(self, project, numbers):
        def work():
            for row in self._rows[project]:
                if row["id"] in numbers:
                    row["predictions"] = []

        self._write(work, "delete_predictions", len(numbers))

    def turns(self, project):
        return sorted(self.line.values(), key=lambda turn: turn.number)

    def ask_turn(self, project, owner):
        def work():
            number = next(self._numbers)
            self.line[number] = Turn(number, owner, 0)

        self._write(work, "ask_turn")

    def keep_turn(self, project, turn):
        self.line[turn.number] = turn

    def end_turn(self, turn):
        self.line.pop(turn.number, None)

    def export(self, project):
        if project not in self._rows:
            message = "no such project"
            raise StudioError(message)
        return self._rows[project]

    def writes(self):
        """Names of the writes so far, without those of the line."""
        return [name for name, *_ in self.calls if name != "ask_turn"]

    def at(self, task_id):
        """The task on the server that carries an id of ours."""
        rows = itertools.chain.from_iterable(self._rows.values())
        return next(row for row in rows if row["data"].get("annotate_id") == task_id)
