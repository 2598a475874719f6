"""A workspace's data set without text, and text put back into one."""

from dataclasses import dataclass, replace
from pathlib import Path

from annotate.dataset import DatasetSummary, write_dataset
from annotate.dataset.hub import push_to_hub
from annotate.dataset.rehydrating import Coverage, rehydrate
from annotate.dataset.releasing import read_release, write_release
from annotate.errors import InputError, SplitError
from annotate.files import read_text
from annotate.records import Document
from annotate.sidecar import write_sidecar
from annotate.workflows.datasets import DatasetMade
from annotate.workspace import RELEASE, Workspace


@dataclass(frozen=True, slots=True)
class TextPutBack:
    """The data set that a release became, and how much of it has its text."""

    summary: DatasetSummary
    coverage: Coverage
    folder: Path


def release(workspace: Workspace, made: DatasetMade) -> Path:
    """Write the data set of a workspace without text; returns the folder.

    Raises:
        InputError: it was not made from documents.
    """
    write_release(
        workspace.release,
        made.examples,
        documents=workspace.existing(Document),
        making=made.making,
        scheme_text=read_text(workspace.scheme_file),
        excluded=made.excluded,
    )
    return workspace.release


def publish(made: DatasetMade, name: str, *, no_text: bool) -> str:
    """Put a data set on the Hugging Face Hub; returns its address.

    Args:
        made: the data set; its card names a licence.
        name: of the repository there.
        no_text: whether to upload the release without text in place of it.

    Raises:
        HubError: the Hub refuses or cannot be reached.
    """
    return push_to_hub(made.folder.with_name(RELEASE) if no_text else made.folder, name)


def put_text_back(workspace: Workspace, folder: Path) -> TextPutBack:
    """Make the data set of a workspace from a release and the workspace's own documents.

    Args:
        workspace: with the documents.
        folder: of the release.

    Raises:
        InputError: no release there, or it was made with other labels.
        SplitError: no sentence of it was found in the documents.
    """
    found = read_release(folder)
    scheme = found.making.scheme
    if scheme.digest != workspace.scheme.digest:
        problem = f"its labels are those of {scheme.name} {scheme.version}, not of this workspace"
        remedy = f"Make a workspace with them: annotate init FOLDER --scheme {folder}/labels.yaml."
        raise InputError(folder, problem, remedy)
    with workspace.locked():
        done = rehydrate(found, workspace.read(Document))
        if not done.examples:
            msg = (
                f"{folder}: no sentence of it was found in {workspace.path(Document)}. Import the "
                "articles that it names in documents.jsonl."
            )
            raise SplitError(msg)
        making = found.making
        if done.coverage.found < done.coverage.examples:
            said = f"{in_words(done.coverage)} The certificate is of the whole."
            making = replace(making, remarks=(said, *making.remarks))
        summary = write_dataset(
            workspace.dataset, done.examples, making=making, excluded=found.excluded
        )
        inputs = [folder, workspace.path(Document)]
        write_sidecar(
            workspace.dataset, command="dataset --rehydrate", inputs=inputs, seed=making.seed
        )
    return TextPutBack(summary, done.coverage, workspace.dataset)


def in_words(coverage: Coverage) -> str:
    """How much has its text again, in a sentence or two."""
    share = f"{coverage.found:,} of {coverage.examples:,} sentences ({coverage.share:.1%})"
    missing = len(coverage.missing)
    return (
        f"{share} have their text again: {coverage.same:,} in articles that are the same, "
        f"{coverage.moved:,} found in changed ones. {coverage.lost:,} were not found in their "
        f"articles, {coverage.without_article:,} are of {missing:,} articles that are not there."
    )
