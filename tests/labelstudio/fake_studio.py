"""A Label Studio in memory, for tests of what we do with its answers; it fails when told to."""

import copy
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from annotate.errors import StudioError
from annotate.labelstudio.exported import stamp
from annotate.labelstudio.listing import EVERY, Stamped
from annotate.labelstudio.people import StudioUser
from annotate.labelstudio.projects import StudioProject, Turn
from annotate.labelstudio.rows import Row

_FIELDS = {
    "config": "config",
    "description": "description",
    "overlap": "overlap",
    "model_version": "model_version",
}


PEOPLE = {1: "admin@x.invalid", 2: "ann@x.invalid", 3: "Ben@x.invalid"}


class FakeStudio:
    """What `Studio` offers, without a server. ``faults`` maps a method to errors it will raise.

    A fault (error, done) raises the error; where ``done`` is true the work is done first, as when
    the answer is lost on its way back. Beside that stands what annotators do on the page.
    """

    def __init__(self, url="http://studio.invalid/"):
        self.url = url
        self.on_server = {}
        self.faults = {}
        self.calls = []
        self.reads = []
        self.line = {}
        self.tabs_of = {}
        self._rows = {}
        self._numbers = itertools.count(1)
        self.people = dict(PEOPLE)
        self.joined = {number: f"2026-01-01T00:00:0{number}.000000Z" for number in PEOPLE}
        self.exports_single_tasks = True
        self.longest_question = 1000
        self.clock = datetime(2026, 1, 1, tzinfo=UTC)

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

    def rows(self, project, where=EVERY):
        found = self._those(project, where)
        self.reads += [("row", row["id"]) for row in found]
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

    def import_tasks(self, project, tasks, body=None):
        def work():
            numbers = []
            for task in copy.deepcopy(list(tasks)) if body is None else json.loads(body):
                made = [self._made(raw.pop("result"), **raw) for raw in task.pop("annotations", ())]
                row = {"id": self._free(), "annotations": made, "drafts": [], "predictions": []}
                self._rows[project].append(self.touched({**row, **task}))
                numbers.append(row["id"])
                found = self.on_server[project]
                if task.get("predictions") and not found.model_version:
                    version = task["predictions"][0]["model_version"]
                    self.on_server[project] = replace(found, model_version=version)
            return numbers

        return self._write(work, "import_tasks", len(tasks))

    def change_task(self, number, data):
        def work():
            for row in itertools.chain.from_iterable(self._rows.values()):
                if row["id"] == number:
                    self.touched(row)["data"] = copy.deepcopy(dict(data))

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

    def surplus_predictions(self, number):
        rows = itertools.chain.from_iterable(self._rows.values())
        row = next(row for row in rows if row["id"] == number)
        return [(number, place) for place in range(len(row["predictions"]) - 1, 0, -1)]

    def delete_prediction(self, prediction):
        number, place = prediction

        def work():
            for row in itertools.chain.from_iterable(self._rows.values()):
                if row["id"] == number:
                    del row["predictions"][place]

        self._write(work, "delete_prediction", number)

    def tabs(self, project):
        return frozenset(self.tabs_of.get(project, ()))

    def add_tab(self, project, tab):
        self._write(lambda: self.tabs_of.setdefault(project, []).append(tab), "add_tab", tab.title)

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

    def stamps(self, project, where):
        return iter([Stamped(row["id"], row["updated_at"]) for row in self._those(project, where)])

    def count(self, project, where):
        if len(where.at) > self.longest_question:
            message = "Request-URI Too Long"
            raise StudioError(message)
        return len(self._those(project, where))

    def newest(self, project):
        return max((row["updated_at"] for row in self._rows[project]), default=None)

    def users(self):
        return tuple(
            StudioUser(number, email, self.joined.get(number))
            for number, email in sorted(self.people.items())
        )

    def export_tasks(self, project, numbers):
        self.reads.append(("export_tasks", *numbers))
        if not self.exports_single_tasks:
            return None
        return [self._exported(row) for row in self._rows[project] if row["id"] in numbers]

    def export(self, project):
        if project not in self._rows:
            message = "no such project"
            raise StudioError(message)
        self.reads.append("export")
        exported = [self._exported(row) for row in self._rows[project]]
        for made in itertools.chain.from_iterable(task["annotations"] for task in exported):
            if (number := made.get("completed_by")) is not None:
                made["completed_by"] = {"id": number, "email": self.people.get(number, "")}
        return exported

    def annotate(self, number, result, *, by=2, **fields):
        """What the page does when somebody submits or skips; returns the annotation's number."""
        row = self._found(number)
        project = next(p for p, rows in self._rows.items() if row in rows)
        version = self.on_server[project].model_version
        seen = [each for each in row["predictions"] if each["model_version"] == version]
        made = self._made(result, by, prediction=seen[0] if seen else {}, **fields)
        self.touched(row)["annotations"].append(made)
        return made["id"]

    def edit(self, annotation, **fields):
        row, made = self._annotation(annotation)
        made |= {**fields, "updated_at": self.touched(row)["updated_at"]}

    def unmake(self, annotation):
        row, made = self._annotation(annotation)
        self.touched(row)["annotations"].remove(made)

    def begin(self, number, by=2):
        """A draft, which leaves no trace in the time of its task."""
        self._found(number)["drafts"].append({"id": next(self._numbers), "user": self.people[by]})

    def drop(self, number):
        self._found(number)["drafts"].clear()

    def forget_predictions(self, project):
        """As an action on the page does: from which one an annotation came is forgotten."""
        for row in self._rows[project]:
            row["predictions"] = []
            for made in row["annotations"]:
                made["parent_prediction"] = None

    def delete_user(self, number):
        del self.people[number]
        for row in itertools.chain.from_iterable(self._rows.values()):
            for made in row["annotations"]:
                if made["completed_by"] == number:
                    made["completed_by"] = None

    def annotations(self, project):
        """Numbers of all annotations."""
        return [made["id"] for row in self._rows[project] for made in row["annotations"]]

    def _those(self, project, where):
        return [
            row
            for row in sorted(self._rows[project], key=lambda row: row["id"])
            if (where.after is None or row["updated_at"] > where.after)
            and (where.until is None or row["updated_at"] <= where.until)
            and (not where.at or row["updated_at"] in where.at)
            and (not where.drafts or row["drafts"])
            and all(self._counted(row, counter) > least for counter, least in where.above)
        ]

    @staticmethod
    def _counted(row, counter):
        skipped = sum(made.get("was_cancelled", False) for made in row["annotations"])
        return {
            "total_annotations": len(row["annotations"]) - skipped,
            "cancelled_annotations": skipped,
            "total_predictions": len(row["predictions"]),
        }[counter]

    def _exported(self, row):
        found = copy.deepcopy(row)
        found["predictions"] = list(range(len(row["predictions"])))
        return found | {"total_predictions": len(row["predictions"])}

    def _made(self, result, completed_by=1, **fields):
        number, now = next(self._numbers), self._now()
        return {
            "id": number, "unique_id": f"unique-{number}", "completed_by": completed_by,
            "result": result, "was_cancelled": False, "ground_truth": True, "lead_time": None,
            "created_at": now, "updated_at": now, "prediction": {}, "parent_prediction": None,
        } | fields  # fmt: skip

    def put(self, row, annotation):
        """An annotation as it came from elsewhere."""
        self.touched(row)["annotations"].append(annotation)

    def touched(self, row):
        """The task, which is given a new time: whoever changes it does that."""
        row["updated_at"] = self._now()
        return row

    def _now(self):
        self.clock += timedelta(minutes=1)
        return stamp(self.clock)

    def _free(self):
        """The number of a new task; SQLite gives those of deleted ones out again."""
        return 1 + max((row["id"] for rows in self._rows.values() for row in rows), default=0)

    def _found(self, number):
        return next(r for rows in self._rows.values() for r in rows if r["id"] == number)

    def _annotation(self, number):
        rows = itertools.chain.from_iterable(self._rows.values())
        return next((r, a) for r in rows for a in r["annotations"] if a["id"] == number)

    def writes(self):
        """Names of the writes so far, without those of the line."""
        return [name for name, *_ in self.calls if name != "ask_turn"]

    def at(self, task_id):
        """The task on the server that carries an id of ours."""
        rows = itertools.chain.from_iterable(self._rows.values())
        return next(row for row in rows if row["data"].get("annotate_id") == task_id)
