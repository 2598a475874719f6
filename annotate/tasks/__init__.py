"""Documents to labelling tasks: sentences with their context, or whole articles."""

from annotate.tasks.building import build_tasks, join_tasks
from annotate.tasks.from_spans import annotations_from_spans, sentences_in

__all__ = ["annotations_from_spans", "build_tasks", "join_tasks", "sentences_in"]
