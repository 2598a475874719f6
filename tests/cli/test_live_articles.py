"""Articles marked with spans: pushed, marked, shown a pre-label, and pulled back exactly."""

import json
from contextlib import contextmanager

import pytest

from annotate.labelstudio import Studio
from annotate.labelstudio.results import make_result
from annotate.records import Annotation, Marked, Prediction, Relation, Span, Task

pytestmark = pytest.mark.live

# An emoji of several characters, an accent that NFC keeps apart, right-to-left text, a tab, blanks
# in a row and several paragraphs; line ends and a composed accent change on import.
TEXT = (
    "The board 👩‍👩‍👧 said in\tMay that no home had been dry.\r\n\r\n"
    "“Cafe\u0301 q\u0323uotes are  invented,” its director told the שלום עולם agency.\r\n"
    "He denied it 😀."
)
QUOTES = (
    ("source", "The board 👩‍👩‍👧"),
    ("content", "no home had been dry.\n\n“Café"),
    ("content", "q\u0323uotes are  invented"),
    ("target", "שלום"),
    ("cue", "denied it 😀"),
)
RELATIONS = (
    Relation(label="said_by", head=1, tail=0),
    Relation(label="confirms", head=2, tail=1),
    Relation(label="repeats", head=2, tail=1),
    Relation(label="denies", head=2, tail=3),
    Relation(label="denies", head=4, tail=None),
)


@pytest.fixture
def desk(run, tmp_path, monkeypatch, studio_environment):
    for name, value in studio_environment.items():
        monkeypatch.setenv(name, value)
    run("init", ".")
    settings = (tmp_path / "annotate.toml").read_text("utf-8").replace('"sentence"', '"article"', 1)
    settings = settings.replace("spans = false", "spans = true")
    (tmp_path / "annotate.toml").write_text(settings, "utf-8")
    rows = [{"title": "Board: no leak", "text": TEXT}, {"text": "It rains."}, {"text": "It snows."}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    run("import", "a.jsonl")
    run("tasks")
    return tmp_path


def records(path, kind):
    return [kind.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def marked_in(task):
    """What an annotator marks in the text as it was imported."""
    at = [task.text.index(quote) for _, quote in QUOTES]
    spans = tuple(
        Span(start=start, end=start + len(quote), label=label)
        for start, (label, quote) in zip(at, QUOTES, strict=True)
    )
    return Marked(spans=spans, relations=RELATIONS)


@contextmanager
def client(server):
    """The server's own interface: what annotators do is not done with our code."""
    import httpx

    with httpx.Client(base_url=server.url, trust_env=False) as found:
        access = found.post("/api/token/refresh/", json={"refresh": server.api_key}).json()
        found.headers["Authorization"] = f"Bearer {access['access']}"
        yield found


def test_marks_of_articles_come_back_to_the_character(run, desk, studio_server):
    tasks = records(desk / "tasks.jsonl", Task)
    openings = ("Board: no leak", "The board", "It rains", "It snows")
    headline, article, rain, snow = (
        next(task for task in tasks if task.text.startswith(opening)) for opening in openings
    )
    wanted = marked_in(article)
    prediction = Prediction(
        **article.model_dump(include={"id", "document_id", "part", "start", "end", "text"}),
        **dict(wanted), label="denial", model="rules-1",
    )  # fmt: skip
    (desk / "prelabels.jsonl").write_text(prediction.model_dump_json() + "\n", "utf-8")
    pushed = json.loads(run("push", "--json").out)
    assert pushed["created"] == 4
    assert "Nothing to do" in run("push", "--dry-run").out

    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        numbers = {data["annotate_id"]: n for n, data in studio.tasks(pushed["project"])}
    with client(studio_server) as server:

        def annotate(task, result, **fields):
            address = f"/api/tasks/{numbers[task.id]}/annotations/"
            server.post(address, json={"result": result, **fields}).raise_for_status()

        shown = server.get(f"/api/predictions/?task={numbers[article.id]}").json()[0]
        annotate(article, shown["result"], parent_prediction=shown["id"], lead_time=61.5)
        span = Span(start=0, end=5, label="source")
        annotate(headline, make_result(None, Marked(spans=(span,))))
        annotate(rain, make_result(None, Marked(flags=("unsure",))))  # nothing to mark
        annotate(snow, [], was_cancelled=True)

    pulled = json.loads(run("pull", "--json").out)
    assert (pulled["labels"], pulled["skipped"], pulled["rejected"]) == (3, 1, 0)
    found = {a.task_id: a for a in records(desk / "annotations.jsonl", Annotation)}
    made = found[article.id]
    assert [article.text[s.start : s.end] for s in made.spans] == [quote for _, quote in QUOTES]
    assert (made.spans, made.relations, made.label) == (wanted.spans, wanted.relations, None)
    assert (made.seconds, made.from_prediction) == (61.5, True)
    assert found[headline.id].spans == (span,)
    nothing = found[rain.id]
    assert (nothing.label, nothing.spans, nothing.skipped) == (None, (), False)
    assert nothing.flags == ("unsure",)
    assert found[snow.id].skipped

    # Of the article's sentences the first and the second are claims where they hold content; the
    # denial starts in the second ("uotes are invented" denies) and in the third ("denied it").
    gold = json.loads(run("gold", "--json").out)
    assert gold["per_label"] == {"claim": 1, "denial": 2, "neither": 2}
