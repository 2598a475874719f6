"""Documents to labelling tasks, sentences or whole articles, and the pre-labels of these."""

from annotate.tasks.batches import assign
from annotate.tasks.building import Holdout, build_tasks, join_tasks
from annotate.tasks.from_spans import annotations_from_spans, sentences_in
from annotate.tasks.label_files import FileLabels, read_labels
from annotate.tasks.ordering import in_reading_order
from annotate.tasks.prelabels import prelabelled, rule_prelabels
from annotate.tasks.sampling import draw_sample

__all__ = [
    "FileLabels",
    "Holdout",
    "annotations_from_spans",
    "assign",
    "build_tasks",
    "draw_sample",
    "in_reading_order",
    "join_tasks",
    "prelabelled",
    "read_labels",
    "rule_prelabels",
    "sentences_in",
]
