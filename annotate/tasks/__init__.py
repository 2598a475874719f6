"""Documents to labelling tasks: sentences with their context, or whole articles."""

from annotate.tasks.building import build_tasks, join_tasks

__all__ = ["build_tasks", "join_tasks"]
