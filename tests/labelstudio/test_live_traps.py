"""Traps of Label Studio and its SDK on a real server: writes repeated, numbers given out again,
titles that are not unique, defaults of an import, limits, addresses.
"""

import itertools
import json
import ssl
import uuid
from collections import Counter

import pytest
from command_processes import Commands
from fault_proxy import FaultProxy
from faults import Fault, Kind
from seen import plain_sdk

from annotate.labelstudio.convert import export_tasks
from annotate.labelstudio.results import make_result
from annotate.records import Annotation, Document, Marked, Task
from annotate.workspace import Workspace
from strategies import document, task

pytestmark = pytest.mark.live

CLAIM, DENIAL = (make_result(label, Marked()) for label in ("claim", "denial"))


def at_imports(*faults):
    """One fault for each import, then none."""
    rest = iter(faults)
    return lambda request: (
        next(rest, None) if request.path.partition("?")[0].endswith("/import") else None
    )


def annotated(line, at, result):
    """A task of the workspace as it is imported, with what its importer says of it."""
    workspace = line.desk.workspace
    sent = export_tasks(line.desk.tasks, workspace.read(Document), scheme=workspace.scheme)
    return sent[at] | {"annotations": [{"result": result}]}


def by_hand(line, project, tasks):
    """Import tasks as anybody can; returns their numbers."""
    return line.api.projects.import_tasks(project, request=tasks, return_task_ids=True).task_ids


def stranger(text):
    """A task that is none of ours."""
    names = ("before", "after", "headline", "outlet", "published")
    return {"data": dict.fromkeys(names, "") | {"text": text}}


def once_each(line):
    """Whether the server has each task of the workspace once."""
    found = Counter(task.task_id for task in line.there() if task.task_id)
    return found == Counter(task.id for task in line.desk.tasks)


def repeated_blindly(proxy):
    """Writes that were sent again although nobody had looked what became of the first."""
    asked = [request for request, _ in proxy.requests if "/token/" not in request.path]
    pairs = itertools.pairwise(asked)
    return [one.path for one, two in pairs if one == two and one.method != "GET"]


def labels(line):
    """What was pulled: label by task."""
    return {vote.task_id: vote.label for vote in line.desk.workspace.existing(Annotation)}


def pull(line):
    done = line.run("pull")
    assert done.code == 0, done.err
    return labels(line)


class TestWrites:
    def test_the_sdk_alone_sends_a_write_three_times(self, line, monkeypatch):
        from label_studio_sdk.core import http_client
        from label_studio_sdk.core.api_error import ApiError

        monkeypatch.setattr(http_client, "INITIAL_RETRY_DELAY_SECONDS", 0.01)
        project = line.push()
        line.proxy.decide = at_imports(*[Fault(Kind.GATEWAY, status=504)] * 3)
        with (
            plain_sdk(line.proxy.url, line.place.server.api_key) as api,
            pytest.raises(ApiError) as failed,
        ):
            api.projects.import_tasks(project, request=[stranger("x")])
        assert failed.value.status_code == 504
        assert len(line.there()) == len(line.desk.tasks) + 3

    @pytest.mark.parametrize("status", [502, 504])
    def test_what_was_done_though_the_gateway_says_otherwise_is_done_once(self, line, status):
        line.proxy.decide = at_imports(*[Fault(Kind.GATEWAY, status=status)] * 9)
        line.push()
        assert once_each(line)
        assert line.proxy.happened[Kind.GATEWAY] == 3  # 20 tasks in batches of 7
        assert repeated_blindly(line.proxy) == []

    @pytest.mark.parametrize("status", [500, 503])
    def test_what_was_not_done_is_sent_again_only_after_a_look(self, line, status):
        line.proxy.decide = at_imports(None, Fault(Kind.FAILED, status=status))
        done = line.run("push")
        assert done.code in {0, 3}
        assert done.code == 0 or f"HTTP {status}" in done.err.splitlines()[-1]
        line.push()
        assert once_each(line)
        assert repeated_blindly(line.proxy) == []

    def test_what_arrived_twice_is_there_once_after_the_next_push(self, line):
        line.proxy.decide = at_imports(None, Fault(Kind.TWICE))
        line.push()
        line.push()
        assert once_each(line)

    def test_a_key_refused_in_the_middle_is_said_and_the_next_push_goes_on(self, line):
        line.proxy.decide = at_imports(None, Fault(Kind.FAILED, status=401))
        done = line.run("push")
        assert done.code == 3
        assert "does not accept the API key" in done.err.splitlines()[-1]
        assert 7 <= len(line.there()) < 20
        line.push()
        assert once_each(line)

    def test_a_body_that_the_gateway_finds_too_large_is_said(self, line):
        line.proxy.decide = at_imports(Fault(Kind.FAILED, status=413))
        done = line.run("push")
        assert done.code == 3
        assert "wants less" in done.err.splitlines()[-1]

    def test_tasks_want_the_annotators_of_the_settings_for_none_is_created_alone(self, line):
        # A task made by `tasks.create` would want one annotator for ever.
        project = line.push()
        found = line.api.tasks.list(project=project, page_size=100).items
        assert {task.overlap for task in found} == {2}
        settings = line.desk.workspace.root / "annotate.toml"
        settings.write_text(settings.read_text().replace("overlap = 2", "overlap = 3"))
        line.push()
        found = line.api.tasks.list(project=project, page_size=100).items
        assert {task.overlap for task in found} == {3}


class TestNumbersGivenOutAgain:
    def test_deleted_tasks_are_made_again_though_others_have_their_numbers(self, line):
        project = line.push()
        newest = sorted(task.number for task in line.there())[-5:]
        for number in newest:
            line.api.tasks.delete(str(number))
        others = by_hand(line, project, [stranger(f"Other {n}.") for n in range(5)])
        assert others == newest
        line.api.annotations.create(others[0], result=CLAIM)
        line.push()
        assert once_each(line)
        assert [t.text for t in line.there() if not t.task_id] == [f"Other {n}." for n in range(5)]
        ours = next(task for task in line.there() if task.number > newest[-1])
        line.api.annotations.create(ours.number, result=DENIAL)
        assert pull(line) == {ours.task_id: "denial"}

    def test_a_new_task_with_an_old_number_does_not_inherit_its_annotations(self, line):
        line.push()
        first, *_, last = line.there()
        for each in (first, last):
            line.api.annotations.create(each.number, result=CLAIM)
        assert pull(line) == {first.task_id: "claim", last.task_id: "claim"}
        line.api.tasks.delete(str(last.number))
        line.push()
        (again,) = [task for task in line.there() if task.number == last.number]
        assert again.task_id == last.task_id
        assert pull(line) == {first.task_id: "claim"}
        line.api.annotations.create(again.number, result=DENIAL)
        assert pull(line) == {first.task_id: "claim", last.task_id: "denial"}

    def test_an_annotation_with_the_number_of_a_deleted_one_is_another(self, line):
        line.desk.workspace.write(Task, line.desk.tasks[:2], command="tasks")
        project = line.push()
        first, second = line.there()
        line.api.annotations.create(first.number, result=CLAIM)
        gone = line.api.annotations.create(second.number, result=CLAIM)
        assert pull(line) == {first.task_id: "claim", second.task_id: "claim"}
        line.api.annotations.delete(gone.id)
        imported = by_hand(line, project, [annotated(line, 2, DENIAL)])
        assert [found.id for found in line.api.annotations.list(imported[0])] == [gone.id]
        line.desk.grow()
        assert pull(line) == {first.task_id: "claim", line.desk.tasks[2].id: "denial"}


class TestTitles:
    def test_two_projects_of_our_title_are_refused_with_their_numbers(self, line):
        page = "<View><Text name='t' value='$text'/></View>"
        made = [
            line.api.projects.create(title=line.desk.title, label_config=page).id for _ in range(2)
        ]
        done = line.run("push")
        assert done.code == 1
        assert f"numbers {made[0]}, {made[1]}" in done.err.splitlines()[-1]
        assert line.there() == []

    def test_a_project_whose_creation_arrives_twice_is_one(self, line):
        creation = Fault(Kind.TWICE)

        def decide(request):
            return (
                creation if request.method == "POST" and request.path == "/api/projects/" else None
            )

        line.proxy.decide = decide
        line.run("push")
        project = line.push()
        assert line.proxy.happened[Kind.TWICE] == 1
        assert [found.number for found in line.place.seen.projects(line.desk.title)] == [project]
        assert once_each(line)

    def test_a_title_that_contains_ours_is_another(self, line):
        # The server searches for parts of titles.
        page = "<View><Text name='t' value='$text'/></View>"
        longer = line.api.projects.create(title=f"{line.desk.title} 2", label_config=page).id
        try:
            assert line.push() != longer
        finally:
            line.api.projects.delete(longer)

    @pytest.mark.parametrize("title", ["abc", "Ж" * 25 + "😀" * 25])
    def test_the_shortest_and_the_longest_title_are_taken(self, line, title):
        retitle(line, title)
        project = line.push()
        try:
            assert line.api.projects.get(project).title == title
        finally:
            line.api.projects.delete(project)

    @pytest.mark.parametrize("title", ["ab", "x" * 51])
    def test_a_title_that_the_server_would_refuse_is_refused_here(self, line, title):
        retitle(line, title)
        done = line.run("push")
        assert done.code == 1
        assert "label_studio.project" in done.err
        assert line.proxy.requests == []


def retitle(line, title):
    settings = line.desk.workspace.root / "annotate.toml"
    settings.write_text(settings.read_text("utf-8").replace(line.desk.title, title), "utf-8")


class TestImportsByHand:
    def test_ground_truth_which_imports_set_by_themselves_changes_nothing(self, line):
        line.desk.workspace.write(Task, line.desk.tasks[:1], command="tasks")
        project = line.push()
        first, second, third = (task.id for task in line.desk.tasks[:3])
        numbers = by_hand(line, project, [annotated(line, at, DENIAL) for at in (1, 2)])
        imported = line.api.annotations.list(numbers[0])
        assert [found.ground_truth for found in imported] == [True]
        line.api.annotations.create(line.there()[0].number, result=CLAIM, ground_truth=False)
        line.desk.grow()
        wanted = {first: "claim", second: "denial", third: "denial"}
        assert pull(line) == wanted
        line.api.annotations.update(imported[0].id, ground_truth=False)
        assert pull(line) == wanted


class TestAddresses:
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_a_server_under_a_path(self, line, slash):
        upstream = line.place.server.url
        with FaultProxy(upstream, prefix="/ls") as proxy:
            done = line.run("push", "--json", url=proxy.url + slash)
            assert done.code == 0, done.err
            assert json.loads(done.out)["url"].startswith(f"{proxy.url}/projects/")
            line.api.annotations.create(line.there()[0].number, result=CLAIM)
            assert line.run("pull", url=proxy.url + slash).code == 0
            assert once_each(line)
            refused = line.run("push", url=f"http://127.0.0.1:{proxy.port}/other/")
        assert list(labels(line).values()) == ["claim"]
        assert refused.code == 3
        assert "is no Label Studio" in refused.err.splitlines()[-1]

    def test_https_to_a_server_that_speaks_http(self, line):
        url = line.place.server.url
        done = line.run("push", url=url.replace("http:", "https:"))
        assert done.code == 3
        assert f"does not speak https. Set LABEL_STUDIO_URL to {url}" in done.err

    def test_http_to_a_server_that_speaks_https(self, line):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with FaultProxy(line.place.server.url, tls=context) as proxy:
            done = line.run("push", url=proxy.url.replace("https:", "http:"))
        assert done.code == 3
        assert f"does not speak http. Set LABEL_STUDIO_URL to {proxy.url}" in done.err

    def test_a_server_that_comes_back_under_another_address_is_known_again(self, line):
        project = line.push()
        assert line.run("push", url=line.place.server.url).code == 0
        assert line.push() == project
        assert once_each(line)


def test_long_articles_go_in_requests_far_below_what_the_server_takes(place, tmp_path):
    # It takes 250 MiB, and answers more with an error 500 that names another reason; a gateway
    # before it may take less. 250 articles of 40,000 letters are 10 MB.
    texts = [f"Article {number}. " + "It was said. " * 3075 for number in range(250)]
    documents = [document(text, key=f"k{number}") for number, text in enumerate(texts)]
    workspace = Workspace.create(tmp_path / f"long-{uuid.uuid4().hex[:8]}")
    workspace.write(Document, documents, command="import")
    workspace.write(Task, [task(d.text, d.id) for d in documents], command="tasks")
    with FaultProxy(place.server.url) as proxy:
        environment = place.environment(proxy.url)
        done = Commands().run("push", "--workspace", workspace.root, environment=environment)
    there = place.seen.tasks(workspace.project_title)
    place.seen.delete(workspace.project_title)
    assert done.code == 0, done.err
    assert sorted(seen.text for seen in there) == sorted(texts)
    assert max(len(request.body) for request, _ in proxy.requests) <= 8 * 2**20
