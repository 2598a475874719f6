"""One contract for the server and for the stand-in that other tests use in its place."""

import uuid
from dataclasses import replace

import pytest
from fake_studio import FakeStudio

from annotate.labelstudio import Studio
from annotate.labelstudio.config import instructions_html, label_config
from annotate.labelstudio.exported import ExportedTask
from annotate.labelstudio.listing import EXPORTED_AT_ONCE, Where
from annotate.labelstudio.refresh import COUNTED_AT_ONCE
from annotate.labelstudio.results import make_result
from annotate.records import Marked
from annotate.resources import resource
from annotate.scheme import Scheme

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
CONFIG, INSTRUCTIONS = label_config(SCHEME), instructions_html(SCHEME)


def task(number):
    data = dict.fromkeys(("text", "before", "after", "headline", "outlet", "published"), "")
    return {"data": data | {"annotate_id": f"t{number}", "text": f"Text {number} 😀 é"}}


def prelabel(label, model):
    return {"model_version": model, "result": make_result(label, Marked()), "score": 0.5}


class Contract:
    """What push and pull rely on."""

    @pytest.fixture
    def title(self):
        return f"contract {uuid.uuid4().hex[:8]}"

    @pytest.fixture
    def project(self, studio, title):
        return studio.create_project(title, CONFIG, INSTRUCTIONS, description="key: abc", overlap=2)

    def test_a_project_is_found_by_number_and_by_its_whole_title(self, studio, project, title):
        found = studio.project(project)
        assert (found.id, found.title, found.description) == (project, title, "key: abc")
        assert (found.tasks, found.annotations, found.overlap) == (0, 0, 2)
        assert studio.find_project(title).id == project
        assert studio.find_project(title[:-1]) is None
        assert project in {listed.id for listed in studio.projects()}
        assert studio.project_url(project).endswith(f"/projects/{project}/data")

    def test_a_project_that_is_not_there_is_none(self, studio, project):
        assert studio.project(project + 1_000_000) is None

    def test_tasks_come_back_as_they_were_sent_in_order(self, studio, project):
        sent = [task(number) for number in range(7)]
        numbers = [*studio.import_tasks(project, sent[:5]), *studio.import_tasks(project, sent[5:])]
        there = list(studio.tasks(project))
        assert [number for number, _ in there] == numbers
        assert [data for _, data in there] == [one["data"] for one in sent]
        assert len({number for number, _ in there}) == 7
        assert studio.project(project).tasks == 7

    def test_the_same_task_sent_twice_is_there_twice(self, studio, project):
        for _ in range(2):
            studio.import_tasks(project, [task(1)])
        assert [data["annotate_id"] for _, data in studio.tasks(project)] == ["t1", "t1"]

    def test_the_page_can_be_replaced(self, studio, project):
        other = CONFIG.replace('hotkey="c"', 'hotkey="x"')
        studio.update_project(project, config=other, instructions=INSTRUCTIONS, overlap=3)
        assert 'hotkey="x"' in studio.project(project).config
        assert studio.project(project).overlap == 3

    def test_a_task_can_be_looked_at_changed_and_deleted_by_its_number(self, studio, project):
        studio.import_tasks(project, [task(0), task(1), task(2)])
        first, second, third = studio.rows(project)
        assert (first.data["annotate_id"], first.work, first.predictions) == ("t0", 0, 0)
        studio.change_task(first.number, {**first.data, "before": "New."})
        assert studio.row(first.number).data == {**first.data, "before": "New."}
        studio.delete_tasks(project, [second.number, second.number + 1_000_000])
        studio.delete_tasks(project, [])
        assert [row.number for row in studio.rows(project)] == [first.number, third.number]
        assert studio.row(second.number) is None

    def test_pre_labels_are_added_listed_and_deleted(self, studio, project):
        studio.import_tasks(
            project, [task(0) | {"predictions": [prelabel("claim", "m1")]}, task(1)]
        )
        first, second = (row.number for row in studio.rows(project))
        assert studio.project(project).model_version == "m1"
        assert studio.predictions(project) == {first: [prelabel("claim", "m1")]}
        studio.import_predictions(
            project, {first: prelabel("denial", "m2"), second: prelabel("neither", "m2")}
        )
        assert [row.predictions for row in studio.rows(project)] == [2, 1]
        assert studio.predictions(project, second) == {second: [prelabel("neither", "m2")]}
        studio.update_project(project, model_version="m2")
        assert studio.project(project).model_version == "m2"
        studio.delete_predictions(project, [first])
        assert list(studio.predictions(project)) == [second]

    def test_of_pre_labels_that_piled_up_all_but_the_oldest_are_surplus(self, studio, project):
        studio.import_tasks(project, [task(0) | {"predictions": [prelabel("claim", "m1")]}])
        (number,) = (row.number for row in studio.rows(project))
        assert studio.surplus_predictions(number) == []
        for label in ("denial", "neither"):
            studio.import_predictions(project, {number: prelabel(label, "m1")})
        for surplus in studio.surplus_predictions(number):
            studio.delete_prediction(surplus)
        assert studio.predictions(project) == {number: [prelabel("claim", "m1")]}

    def test_a_description_can_be_replaced(self, studio, project):
        studio.update_project(project, description="key: abc\nmore")
        assert studio.project(project).description == "key: abc\nmore"

    def test_who_asked_first_is_first_in_the_line(self, studio, project):
        assert studio.turns(project) == []
        for owner in ("a", "b"):
            studio.ask_turn(project, owner)
        first, second = studio.turns(project)
        assert [(turn.owner, turn.beat) for turn in (first, second)] == [("a", 0), ("b", 0)]
        studio.keep_turn(project, replace(first, beat=3))
        assert [turn.beat for turn in studio.turns(project)] == [3, 0]
        for _ in range(2):
            studio.end_turn(first)
        studio.ask_turn(project, "a")
        assert [turn.owner for turn in studio.turns(project)] == ["b", "a"]

    def test_an_export_holds_every_task_with_its_annotations(self, studio, project):
        result = make_result("denial", Marked(flags=("mixed",)))
        studio.import_tasks(project, [task(0), task(1) | {"annotations": [{"result": result}]}])
        exported = sorted(studio.export(project), key=lambda one: one["data"]["annotate_id"])
        assert [one["data"]["text"] for one in exported] == ["Text 0 😀 é", "Text 1 😀 é"]
        assert [len(one["annotations"]) for one in exported] == [0, 1]
        (annotation,) = exported[1]["annotations"]
        assert annotation["result"] == result

    def test_tasks_are_found_by_the_time_of_their_last_change(self, studio, project):
        studio.import_tasks(project, [task(number) for number in range(4)])
        everything = list(studio.stamps(project, Where()))
        numbers, times = zip(*everything, strict=True)
        assert list(numbers) == [row.number for row in studio.rows(project)]
        assert len(set(times)) == 4
        for where, wanted in (
            (Where(after=sorted(times)[1]), set(sorted(times)[2:])),
            (Where(until=sorted(times)[1]), set(sorted(times)[:2])),
            (Where(at=(times[0], times[2])), {times[0], times[2]}),
            (Where(at=times, until=min(times)), {min(times)}),
            (Where(after=max(times)), set()),
            (Where(drafts=True), set()),
        ):
            found = list(studio.stamps(project, where))
            assert found == [each for each in everything if each.updated in wanted]
            assert studio.count(project, where) == len(found)
        studio.change_task(numbers[0], task(0)["data"] | {"before": "New."})
        (changed,) = studio.stamps(project, Where(after=max(times)))
        assert changed.number == numbers[0]
        assert studio.count(project, Where(at=times)) == 3
        studio.delete_tasks(project, [numbers[1]])
        assert studio.count(project, Where(at=times)) == 2

    def test_tasks_are_counted_and_read_by_what_they_hold(self, studio, project):
        assert studio.newest(project) is None
        result = make_result("denial", Marked())
        said = [{"result": result}, {"result": result}]
        skip = [{"result": [], "was_cancelled": True}]
        piled = [prelabel("claim", "m1"), prelabel("denial", "m1")]
        sent = [
            task(0), task(1) | {"annotations": said}, task(2) | {"annotations": skip},
            task(3) | {"predictions": piled[:1]}, task(4) | {"predictions": piled},
        ]  # fmt: skip
        numbers = studio.import_tasks(project, sent)
        for counter, least, wanted in (
            ("total_annotations", 0, [1]), ("total_annotations", 1, [1]),
            ("total_annotations", 2, []), ("cancelled_annotations", 0, [2]),
            ("total_predictions", 0, [3, 4]), ("total_predictions", 1, [4]),
        ):  # fmt: skip
            where = Where(above=((counter, least),))
            found = [row.number for row in studio.rows(project, where)]
            assert found == [numbers[place] for place in wanted], (counter, least)
            assert studio.count(project, where) == len(wanted)
        newest = studio.newest(project)
        assert newest == max(each.updated for each in studio.stamps(project, Where()))
        studio.delete_predictions(project, [numbers[3]])
        studio.import_predictions(project, {numbers[0]: piled[0]})
        assert studio.newest(project) == newest, "a pre-label leaves no trace in the time"
        studio.change_task(numbers[2], task(2)["data"] | {"before": "New."})
        assert [row.number for row in studio.rows(project, Where(after=newest))] == [numbers[2]]

    def test_a_thousand_times_fit_into_one_question(self, studio, project):
        studio.import_tasks(project, [task(0)])
        (only,) = studio.stamps(project, Where())
        years = (f"{1000 + n}-01-01T00:00:00.123456Z" for n in range(COUNTED_AT_ONCE - 1))
        assert studio.count(project, Where(at=(*years, only.updated))) == 1

    def test_as_many_tasks_as_are_exported_at_once_fit_into_one_question(self, studio, project):
        studio.import_tasks(project, [task(0)])
        (only,) = studio.rows(project)
        strange = range(10**9, 10**9 + EXPORTED_AT_ONCE - 1)
        (exported,) = studio.export_tasks(project, [only.number, *strange])
        assert exported["id"] == only.number

    def test_single_tasks_are_exported_as_they_are_among_all(self, studio, project):
        result = make_result("denial", Marked())
        predictions = [prelabel("claim", "m1")]
        made = [{"result": result}, {"result": [], "was_cancelled": True, "lead_time": 1.5}]
        sent = [task(0), task(1) | {"annotations": made, "predictions": predictions}, task(2)]
        studio.import_tasks(project, sent)
        numbers = [row.number for row in studio.rows(project)]
        whole = {one["id"]: ExportedTask.of(one) for one in studio.export(project)}
        assert {number: each.updated for number, each in whole.items()} == dict(
            studio.stamps(project, Where())
        )
        single = studio.export_tasks(project, [numbers[1], numbers[0], numbers[2] + 1_000_000])
        found = {one["id"]: ExportedTask.of(one) for one in single}
        assert set(found) == set(numbers[:2])
        # An export of all names people by their address, too: the numbers are the same.
        names = {user.id: user.email.lower() for user in studio.users()}
        for number, alone in found.items():
            among = whole[number]
            assert all(made.person.email is None for made in alone.annotations)
            assert [made.person for made in among.annotations] == [
                replace(made.person, email=names[made.person.number]) for made in alone.annotations
            ]
            plain = [replace(made, person=None) for made in among.annotations]
            assert [replace(made, person=None) for made in alone.annotations] == plain
            assert replace(alone, annotations=()) == replace(among, annotations=())


class TestFake(Contract):
    @pytest.fixture
    def studio(self):
        return FakeStudio()


@pytest.mark.live
class TestReal(Contract):
    @pytest.fixture
    def studio(self, studio_server):
        with Studio.connect(studio_server.url, studio_server.api_key) as studio:
            yield studio
