"""What is known of a model: how it was made, from which examples, and the digests of its files."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from annotate import __version__
from annotate.fields import Name, Share, Time
from annotate.models.protocol import Model
from annotate.records import Example
from annotate.scheme import Scheme
from annotate.splits import TrainingPart

_LIBRARIES: Final = ("numpy", "scipy", "scikit-learn")
_NEURAL: Final = ("torch", "transformers", "tokenizers", "safetensors")

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SchemeReference(_Closed):
    """Which label scheme the training labels were given by."""

    name: Name
    version: Name
    digest: Name


class Threshold(_Closed):
    """When a label is given: its score times its weight is highest, and its score high enough."""

    weight: float
    least_score: Share


class Manifest(_Closed):
    """The content of ``manifest.json``.

    Attributes:
        format: version of the folder's layout.
        annotate: version of annotate that trained the model.
        recipe: how it was trained.
        labels: the labels, in the order of the model's scores.
        scheme: the scheme they come from; None for a file of examples without one.
        options: what was asked of the recipe, by name.
        seed: of the training, and of the split if there was one to make.
        split: in words, which of the examples were trained on.
        examples: how many were trained on.
        label_counts: how many of them carry each label.
        groups: their groups; a score on any of these would be too good.
        documents: ids of the documents they come from, as far as known.
        data_sha256: digest of their ids, texts and labels.
        details: what the recipe settled while learning.
        metrics: figures of training sentences that were left out fold by fold, by name; a little
            too good, since what was settled was chosen by them.
        thresholds: how scores become labels: each label's weight and the least score it needs.
        libraries: versions of Python and of what the weights depend on.
        created: when.
        files: SHA-256 of each file of weights, and of each folder of them as `sha256_of` takes it;
            empty before the model is saved.
        manifest_sha256: `digest` as it was when the model was saved; None before that, and in
            models that were made before it was kept.
    """

    format: Literal[1] = 1
    annotate: Name
    recipe: Name
    labels: tuple[Name, ...]
    scheme: SchemeReference | None
    options: dict[str, Any] = {}
    seed: NonNegativeInt
    split: Name
    examples: NonNegativeInt
    label_counts: dict[str, NonNegativeInt]
    groups: tuple[str, ...]
    documents: tuple[str, ...]
    data_sha256: Sha256
    details: dict[str, str | int | float | bool]
    metrics: dict[str, float] = {}
    thresholds: dict[str, Threshold] = {}
    libraries: dict[str, str]
    created: Time
    files: dict[Name, Sha256] = {}
    manifest_sha256: Sha256 | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the fields that it was made or read with, save ``manifest_sha256``; in hex."""
        content = self.model_dump(mode="json", exclude={"manifest_sha256"}, exclude_unset=True)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        """First 8 hex digits of the SHA-256 of its files' digests: another for other weights."""
        listed = "".join(f"{name} {digest}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(listed.encode()).hexdigest()[:8]


def manifest_of(
    part: TrainingPart,
    *,
    recipe: str,
    labels: Sequence[str],
    scheme: Scheme | None,
    seed: int,
    model: Model,
    options: Mapping[str, Any] | None = None,
) -> Manifest:
    """Write down what a model was trained on, and how."""
    counts = Counter(example.label for example in part.examples)
    return Manifest(
        annotate=__version__,
        recipe=recipe,
        labels=tuple(labels),
        scheme=_reference(scheme),
        options=dict(options or {}),
        seed=seed,
        split=part.how,
        examples=len(part.examples),
        label_counts={label: counts[label] for label in labels},
        groups=tuple(sorted({example.group for example in part.examples})),
        documents=tuple(sorted({e.document_id for e in part.examples if e.document_id})),
        data_sha256=data_digest(part.examples),
        details=dict(model.details),
        metrics=dict(model.metrics),
        thresholds=_thresholds(model),
        libraries=_libraries(neural="encoder" in model.details),
        created=datetime.now(UTC).replace(microsecond=0),
    )


def data_digest(examples: Sequence[Example]) -> str:
    """SHA-256 of the ids, texts and labels, in hex; the order of the examples plays no part."""
    content = sorted([example.id, example.text, example.label] for example in examples)
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def _thresholds(model: Model) -> dict[str, Threshold]:
    decision = model.decision
    found = zip(model.labels, decision.weights, decision.floors, strict=True)
    return {label: Threshold(weight=weight, least_score=floor) for label, weight, floor in found}


def _reference(scheme: Scheme | None) -> SchemeReference | None:
    if scheme is None:
        return None
    return SchemeReference(name=scheme.name, version=scheme.version, digest=scheme.digest)


def _libraries(*, neural: bool) -> Mapping[str, str]:
    found = {"python": python_version()}
    for name in _LIBRARIES + (_NEURAL if neural else ()):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
