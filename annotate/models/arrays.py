"""Arrays of numbers in npz files, written and read without pickle."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from annotate.errors import ModelError
from annotate.files import atomic_path
from annotate.jsonl import explain

Array = NDArray[Any]
Kept = TypeVar("Kept", bound=BaseModel)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same arrays are the same bytes."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays, deflated; the same arrays give the same bytes."""
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as file:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with file.open(entry, "w", force_zip64=True) as stream:
                np.save(stream, np.ascontiguousarray(array), allow_pickle=False)


def read_arrays(path: Path) -> dict[str, Array]:
    """Read what `write_arrays` wrote.

    Raises:
        ModelError: the file is missing or damaged, or holds what is no plain array.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: np.asarray(file[name]) for name in file}
    except OSError:
        raise ModelError(damaged(path.parent, f"{path.name} is missing")) from None
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        raise ModelError(damaged(path.parent, f"{path.name} is damaged")) from None


def read_record(path: Path, kind: type[Kept]) -> Kept:
    """Read what a model keeps beside its arrays, from JSON.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError:
        raise ModelError(damaged(path.parent, f"{path.name} is missing")) from None
    except ValidationError as error:
        raise ModelError(damaged(path.parent, f"{path.name}: {explain(error)}")) from None


def damaged(folder: Path, problem: str) -> str:
    """What to say of weights that cannot be used."""
    return f"{folder}: the weights cannot be read ({problem}). Train the model again."
