"""Models as folders: weights, manifest and card; verified when loaded, and never run as code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import ValidationError

from annotate import __version__
from annotate.errors import ModelError, UnknownLabelError
from annotate.files import atomic_folder, check_replaceable, sha256_of, write_text
from annotate.jsonl import explain
from annotate.models.arrays import read_arrays, write_arrays
from annotate.models.card import model_card
from annotate.models.manifest import Manifest, manifest_of
from annotate.models.options import RecipeOptions
from annotate.models.protocol import Model
from annotate.models.recipes import recipe as recipe_of
from annotate.records import Example
from annotate.scheme import Scheme
from annotate.splits import training_part
from annotate.splits.sentences import NO_SENTENCES, Digests, sentence_digests

_MANIFEST: Final = "manifest.json"
_CARD: Final = "README.md"
_SENTENCES: Final = "sentences.npz"


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model and what is known of it.

    Attributes:
        model: the model.
        manifest: how it was made, and on which articles.
        sentences: gives the sorted digests of the sentences that it was trained on; of a model that
            was loaded it reads them, and there are none where it was made before they were kept.
    """

    model: Model
    manifest: Manifest
    sentences: Callable[[], Digests] = lambda: NO_SENTENCES

    def caution(self, scheme: Scheme | None, *, name: str) -> str | None:
        """That a scheme was changed since the training, in a sentence; None if it was not.

        Args:
            scheme: of the name and version that the model was trained with; None says nothing.
            name: of the model.
        """
        made = self.manifest.scheme
        if scheme is None or made is None or made.digest == scheme.digest:
            return None
        return (
            f"The scheme {scheme.name} {scheme.version} was changed, without a new version, since "
            f"the model {name} was trained. If a label means something else now, give it a new "
            "version and train again."
        )


def train_model(
    examples: Sequence[Example],
    *,
    recipe: str,
    labels: Sequence[str],
    scheme: Scheme | None,
    seed: int,
    options: RecipeOptions | None = None,
) -> TrainedModel:
    """Train a model on the training part of these examples, and on no others.

    Args:
        examples: all labelled examples; with splits those of "train" are used, without splits the
            train groups of a seeded 80/20 split by group (`annotate.splits.training_part`).
        recipe: name of the recipe.
        labels: every label that the model shall give a score to, in that order.
        scheme: the scheme that the labels come from, if there is one.
        seed: of the split and of the training.
        options: what is asked of the recipe.

    Returns:
        The model, and the groups and documents that it must not be scored on.

    Raises:
        SplitError: there is no training part.
        ModelError: no such recipe, an option that it does not take, or nothing can be learnt from
            these examples.
        UnknownLabelError: a label is not among ``labels``, or one of these not in the scheme.
    """
    maker = recipe_of(recipe, options)
    for label in labels:
        if scheme:
            scheme.check_label(label, "The labels to train on")
    for example in examples:
        if example.label not in labels:
            raise UnknownLabelError(example.label, f"Example {example.id}", tuple(labels))
    part = training_part(examples, seed=seed)
    model = maker.fit(part.examples, labels=labels, seed=seed)
    manifest = manifest_of(
        part,
        recipe=recipe,
        labels=labels,
        scheme=scheme,
        seed=seed,
        model=model,
        options=options.asked if options else None,
    )
    sentences = np.unique(sentence_digests(part.examples))
    return TrainedModel(model, manifest, lambda: sentences)


def save_model(trained: TrainedModel, folder: Path) -> TrainedModel:
    """Write a model as a folder, in place of what stood there, whole or not at all.

    Returns:
        The same model; its manifest now holds the digests of the files.
    """
    with atomic_folder(folder, ours=_replaceable(folder)) as content:
        trained.model.save(content)
        if len(sentences := trained.sentences()):
            write_arrays(content / _SENTENCES, {"digests": sentences})
        files = {path.name: sha256_of(path) for path in sorted(content.iterdir())}
        manifest = _signed(trained.manifest.model_copy(update={"files": files}))
        write_text(content / _MANIFEST, manifest.model_dump_json(indent=2) + "\n")
        write_text(content / _CARD, model_card(manifest, name=folder.name))
    return replace(trained, manifest=manifest)


def _signed(manifest: Manifest) -> Manifest:
    """The manifest with the digest that it has when it is read."""
    read = Manifest.model_validate_json(manifest.model_dump_json())
    return read.model_copy(update={"manifest_sha256": read.digest})


def check_folder(folder: Path) -> None:
    """Refuse a folder that a model may not replace, before the work of training.

    Raises:
        InputError: it is a file, or holds what no model of ours does.
    """
    check_replaceable(folder, ours=_replaceable(folder))


def _replaceable(folder: Path) -> frozenset[str]:
    """Names of the files of the model that stands in a folder; none where no model does."""
    try:
        files = read_manifest(folder).files
    except ModelError:
        return frozenset()
    return frozenset({*files, _MANIFEST, _CARD})


def load_model(
    folder: Path, *, labels: Sequence[str] | None = None, scheme: Scheme | None = None
) -> TrainedModel:
    """Read a model that `save_model` wrote, after checking every file against the manifest.

    The manifest is checked against its own digest. That finds accidents and careless edits, not
    forgers: whoever changes the digest as well is not found out.

    Args:
        folder: of the model. Its README.md may have been edited, nothing else.
        labels: refuse a model for other labels; their order plays no part.
        scheme: refuse a model trained with another scheme or another version of it.

    Raises:
        ModelError: no model there, a file is missing, altered or one too many, or the model is
            for other labels or another scheme. Nothing of the folder is run.
    """
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    if manifest.manifest_sha256 not in {None, manifest.digest}:
        raise ModelError(_damaged(folder, f"{_MANIFEST} is not what the training wrote"))
    if labels is not None and set(labels) != set(manifest.labels):
        msg = (
            f"{folder}: this model is for the labels {', '.join(manifest.labels)}, not for "
            f"{', '.join(labels)}. Train one with `annotate train`."
        )
        raise ModelError(msg)
    _check_scheme(folder, manifest, scheme)
    model = recipe_of(manifest.recipe).load(folder)
    if model.labels != manifest.labels:
        raise ModelError(_damaged(folder, "its weights are for other labels than its manifest"))
    return TrainedModel(model, manifest, partial(_sentences, folder, manifest))


def _sentences(folder: Path, manifest: Manifest) -> Digests:
    if _SENTENCES not in manifest.files:
        return NO_SENTENCES
    found = read_arrays(folder / _SENTENCES).get("digests", np.empty(0))
    if found.dtype != np.uint64 or found.ndim != 1:
        raise ModelError(_damaged(folder, f"{_SENTENCES} holds no digests"))
    return found


def read_manifest(folder: Path) -> Manifest:
    """What is known of a model, without loading it.

    Raises:
        ModelError: no model there, or its manifest is damaged.
    """
    try:
        content = (folder / _MANIFEST).read_bytes()
    except OSError:
        msg = f"{folder}: no model there ({_MANIFEST} is missing). Run `annotate train` first."
        raise ModelError(msg) from None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        if any(problem["loc"] == ("format",) for problem in error.errors()):
            msg = (
                f"{folder}: a model of another format than annotate {__version__} reads. "
                "Use the version named in its README.md, or train it again."
            )
            raise ModelError(msg) from None
        raise ModelError(_damaged(folder, f"{_MANIFEST}: {explain(error)}")) from None


def _check_files(folder: Path, manifest: Manifest) -> None:
    found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    found -= {_MANIFEST, _CARD}
    if missing := sorted(manifest.files.keys() - found):
        raise ModelError(_damaged(folder, f"{missing[0]} is missing"))
    if added := sorted(found - manifest.files.keys()):
        raise ModelError(_damaged(folder, f"{added[0]} does not belong to it"))
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.exists() or sha256_of(path) != digest:
            raise ModelError(_damaged(folder, f"{name} is not what the training wrote"))


def _check_scheme(folder: Path, manifest: Manifest, scheme: Scheme | None) -> None:
    made = manifest.scheme
    if scheme and made and (made.name, made.version) != (scheme.name, scheme.version):
        msg = (
            f"{folder}: this model was trained with the scheme {made.name} {made.version}, not "
            f"with {scheme.name} {scheme.version}. Train one with `annotate train`."
        )
        raise ModelError(msg)


def _damaged(folder: Path, problem: str) -> str:
    return f"{folder}: {problem}. Copy the model anew, or train it again."
