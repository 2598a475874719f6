"""The data files that travel with the package: schemas, seed corpus, a lock file."""

from pathlib import Path

from annotate.errors import WorkspaceError

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent)  # a wheel; a checkout


def resource(name: str) -> Path:
    """Path of a shipped file or folder such as ``schemas/labels.yaml``.

    Raises:
        WorkspaceError: the installation is incomplete.
    """
    for root in _ROOTS:
        if (root / name).exists():
            return root / name
    msg = f"The installation of annotate lacks {name}. Install the package again."
    raise WorkspaceError(msg)
