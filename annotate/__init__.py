"""annotate: from news articles to labelled sentences, and a score that holds on new articles."""

TYPE_CHECKING = False  # as type checkers know it; typing itself takes longer than all else here

if TYPE_CHECKING:
    from pathlib import Path

    from annotate.workflows.classifier import Classifier

__version__ = "0.1.0"
__all__ = ["__version__", "load_model"]


def load_model(path: "Path | str", *, columns: dict[str, str] | None = None) -> "Classifier":
    """A model that `annotate train` wrote, ready to label texts and tables of articles.

    Args:
        path: its folder.
        columns: our names of columns to those of the tables to come, where they are not found by
            themselves: ``{"text": "body"}``.

    Raises:
        ModelError: no model there, or it was altered. Nothing of the folder is run.
    """
    from annotate.workflows.classifier import Classifier  # so that `import annotate` stays light

    return Classifier.load(path, columns=columns)
