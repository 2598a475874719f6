"""What `annotate status` says comes next, where tasks went to Label Studio."""

from annotate.labelstudio.results import make_result
from annotate.records import Document, Marked, Task
from annotate.workflows.forgetting import forget, traces_of
from annotate.workflows.label import pull_annotations, push_tasks
from annotate.workflows.review import plan_review, pull_decisions, push_review
from annotate.workflows.standing import standing


def label_all(desk, server):
    done = push_tasks(desk, server)
    for row in server.rows(done.project):
        server.annotate(row.number, make_result("claim", Marked()), by=3)
    pull_annotations(desk, server)


def test_after_new_tasks_comes_a_push_and_only_then_a_pull(desk, server):
    assert "push" not in standing(desk).following  # of what was pushed before nothing is known
    label_all(desk, server)
    assert standing(desk).following.startswith("annotate gold")
    fewer = list(desk.read(Task))[:-1]
    desk.write(Task, fewer, command="tasks", inputs=[desk.path(Document)])
    assert "annotations.jsonl" in standing(desk).stale
    following = standing(desk).following
    assert following == "annotate push (tasks.jsonl has changed since the last push)"
    push_tasks(desk, server)
    assert standing(desk).following.startswith("annotate pull (annotations.jsonl is older")


def test_new_pre_labels_are_pushed_and_nothing_else_asks_for_it(desk, server):
    label_all(desk, server)
    desk.prelabels.write_text("")
    assert standing(desk).following.startswith("annotate push (prelabels.jsonl")
    push_tasks(desk, server)
    assert "push" not in standing(desk).following


def test_what_was_forgotten_everywhere_asks_for_no_push(desk, server):
    push_tasks(desk, server)
    name = next(desk.read(Document)).id
    forget(desk, traces_of(desk, name), server)
    assert "push" not in standing(desk).following


def test_a_broken_note_of_the_last_push_is_none(desk, server):
    push_tasks(desk, server)
    for text in ("", "[3]", "3"):
        (desk.state / "pushed.json").write_text(text)
        assert "push" not in standing(desk).following


def test_what_waits_for_a_referee_is_counted(desk, ids, server):
    assert (standing(desk).referred, standing(desk).undecided) == (0, 0)
    done = push_review(desk, server, plan_review(desk, below=0.7))
    assert (standing(desk).referred, standing(desk).undecided) == (2, 2)
    (row,) = [row for row in server.rows(done.project) if row.data["annotate_id"] == ids[0]]
    server.annotate(row.number, make_result("neither", Marked()), by=3)
    pull_decisions(desk, server)
    assert (standing(desk).referred, standing(desk).undecided) == (2, 1)
