"""One contract for the server and for the stand-in that other tests use in its place."""

import uuid

import pytest
from fake_studio import FakeStudio

from annotate.labelstudio import Studio
from annotate.labelstudio.config import instructions_html, label_config
from annotate.labelstudio.results import make_result
from annotate.records import Marked
from annotate.resources import resource
from annotate.scheme import Scheme

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
CONFIG, INSTRUCTIONS = label_config(SCHEME), instructions_html(SCHEME)


def task(number):
    data = dict.fromkeys(("text", "before", "after", "headline", "outlet", "published"), "")
    return {"data": data | {"annotate_id": f"t{number}", "text": f"Text {number} 😀 é"}}


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
        studio.import_tasks(project, sent[:5])
        studio.import_tasks(project, sent[5:])
        there = list(studio.tasks(project))
        assert [data for _, data in there] == [one["data"] for one in sent]
        assert len({number for number, _ in there}) == 7
        assert studio.project(project).tasks == 7

    def test_the_same_task_sent_twice_is_there_twice(self, studio, project):
        for _ in range(2):
            studio.import_tasks(project, [task(1)])
        assert [data["annotate_id"] for _, data in studio.tasks(project)] == ["t1", "t1"]

    def test_the_page_can_be_replaced(self, studio, project):
        other = CONFIG.replace('hotkey="c"', 'hotkey="x"')
        studio.update_project(project, other, INSTRUCTIONS, overlap=3)
        assert 'hotkey="x"' in studio.project(project).config
        assert studio.project(project).overlap == 3

    def test_an_export_holds_every_task_with_its_annotations(self, studio, project):
        result = make_result("denial", Marked(flags=("mixed",)))
        studio.import_tasks(project, [task(0), task(1) | {"annotations": [{"result": result}]}])
        exported = sorted(studio.export(project), key=lambda one: one["data"]["annotate_id"])
        assert [one["data"]["text"] for one in exported] == ["Text 0 😀 é", "Text 1 😀 é"]
        assert [len(one["annotations"]) for one in exported] == [0, 1]
        (annotation,) = exported[1]["annotations"]
        assert annotation["result"] == result


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
