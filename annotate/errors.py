"""Every error that annotate raises on purpose: a message says what, where, and what to do next."""

from pathlib import Path


class AnnotateError(Exception):
    """Base class: catch this to catch everything raised on purpose."""

    exit_code = 1


class RecordError(AnnotateError):
    """A line of a record file is not a valid record."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(
            f"{path}:{line}: {problem}. "
            "Fix that line; `annotate check` lists every problem of a file."
        )


class InputError(AnnotateError):
    """An input file or folder cannot be used."""

    def __init__(self, path: Path | str, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}. {remedy}")


class StoreError(AnnotateError):
    """A file in an object store cannot be reached, read or written."""

    exit_code = 3

    def __init__(self, address: object, problem: str, remedy: str) -> None:
        super().__init__(f"{address}: {problem}. {remedy}")


class ImportRefusedError(AnnotateError):
    """An import took nothing, or not everything under ``--strict``."""

    def __init__(self, first: str, *, skipped: int, strict: bool) -> None:
        more = f" (and {skipped - 1} more)" if skipped > 1 else ""
        problem = "Not everything" if strict else "Nothing"
        remedy = "Mend it, or leave out --strict." if strict else "Check the files."
        super().__init__(f"{problem} could be imported. {first}{more}. {remedy}")


class WorkspaceError(AnnotateError):
    """The workspace, its settings or one of its files is missing or unusable."""


class NoWorkspaceError(WorkspaceError):
    """There is no workspace here."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder.resolve()} is no workspace, nor is a folder above it. "
            "Run `annotate init` here, or name one with --workspace DIR."
        )


class BusyError(WorkspaceError):
    """Another command is writing in a workspace."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another command is writing in {folder}. Try again when it is done.")


class MissingFileError(WorkspaceError):
    """A stage's input has not been made yet."""

    def __init__(self, path: Path, command: str) -> None:
        super().__init__(f"{path} does not exist yet. Run `{command}` first.")


class SchemeError(AnnotateError):
    """The label scheme is not usable."""

    def __init__(self, where: Path | str, problem: str) -> None:
        super().__init__(f"{where}: {problem}. Correct the scheme file and run the command again.")


class UnknownLabelError(AnnotateError):
    """A label, flag, span or relation is not part of the scheme."""

    def __init__(self, name: str, where: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"{where}: {name!r} is not in the scheme (it has {', '.join(known)}). "
            "Correct the label, or add it to labels.yaml."
        )


class RulesError(AnnotateError):
    """A file of rules, or of what they are worth, is not usable."""

    def __init__(self, where: Path | str, problem: str) -> None:
        super().__init__(f"{where}: {problem}. Correct the file and run the command again.")


class FamilyError(AnnotateError):
    """Families of articles cannot be found as asked, or a file about them is not usable."""

    def __init__(self, where: Path | str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}")


class SegmenterError(AnnotateError):
    """The sentence segmenter named in the settings cannot be had."""


class AgreementError(AnnotateError):
    """Agreement cannot be computed from these annotations."""


class NoOverlapError(AgreementError):
    """No task has two annotations."""

    def __init__(self) -> None:
        super().__init__(
            "No task has labels from two annotators, so there is no agreement to measure. "
            "Have a second person label some of the tasks, then `annotate pull` again."
        )


class UndefinedAgreementError(AgreementError):
    """Every vote carries the same label: alpha is 0/0."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Every annotation says {label!r}, so agreement beyond chance is undefined (0/0). "
            "Label more tasks, some of which need another label."
        )


class GoldError(AnnotateError):
    """Gold labels cannot be decided from these annotations, or not by this method."""


class SplitError(AnnotateError):
    """The examples cannot be split, or the split that was asked for is not there."""


class SuggestionError(AnnotateError):
    """There is nothing to suggest, or not by this strategy."""


class HubError(AnnotateError):
    """A data set cannot be put on the Hugging Face Hub."""

    exit_code = 3

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"{name}: not put on the Hugging Face Hub ({problem}). "
            "Check the name, and log in with `hf auth login` or HF_TOKEN."
        )


class ModelError(AnnotateError):
    """A model cannot be trained, saved, loaded or used on these data."""


class LedgerError(AnnotateError):
    """What stands where a long run is to write is of another run."""


class ClusterError(AnnotateError):
    """A Ray cluster cannot be reached, or gave the work up."""

    exit_code = 3

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"Ray: {problem}. Check --cluster, the cluster's log and, if it asks for a token, "
            "RAY_AUTH_MODE and RAY_AUTH_TOKEN; then give the command again: what is done is kept."
        )


class LostProcessError(AnnotateError):
    """Processes died over one piece of the work."""

    def __init__(self, what: object, exit_code: int | None) -> None:
        super().__init__(
            f"{what}: every process that worked on it ended (exit code {exit_code}). If memory ran "
            "out, use fewer --processes; else take that file out. What is done is kept."
        )


class EvaluationError(AnnotateError):
    """An evaluation would not be honest, or has nothing to score."""


class ServeError(AnnotateError):
    """A model cannot be served as asked."""


class QueueError(ServeError):
    """The file of recorded events cannot be read or written."""

    def __init__(self, where: Path | str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}")


class PrevalenceError(AnnotateError):
    """Shares of labels cannot be corrected with what was audited."""


class CellFieldError(PrevalenceError):
    """What ``--prevalence`` names is no field that shares can be given by."""

    exit_code = 2

    def __init__(self, name: str, known: tuple[str, ...], *, twice: bool) -> None:
        problem = f"names {name!r} twice" if twice else f"there is no field {name!r}"
        super().__init__(
            f"--prevalence: {problem}. Write --prevalence outlet,month; the fields are "
            f"{', '.join(known)}."
        )


class StudioError(AnnotateError):
    """Label Studio refused a request or cannot be reached."""

    exit_code = 3


class UnansweredError(StudioError):
    """Nothing was changed and no good answer came: asking again may help."""


class UncertainError(StudioError):
    """A write was sent and no clear answer came: it may have been done or not."""


class LabelsGoneError(AnnotateError):
    """A pull would take away every label that is here."""

    def __init__(self, count: int, path: Path) -> None:
        super().__init__(
            f"The project holds no annotation any more, but {path} has {count} of its tasks. "
            "Nothing was changed. If the labels are to go, move that file away and pull again."
        )


class SyncError(AnnotateError):
    """The server's project and this workspace do not fit together."""


class MappingError(AnnotateError):
    """What ``--map`` says names no field."""

    exit_code = 2

    def __init__(self, part: str, known: tuple[str, ...], *, twice: bool) -> None:
        problem = "names a field that was named before" if twice else "is not NAME=THEIRS"
        super().__init__(
            f"--map: {part.strip()!r} {problem}. Write --map text=body,published=date; "
            f"the names are {', '.join(known)}."
        )


class ZoneError(AnnotateError):
    """There is no such time zone."""

    exit_code = 2

    def __init__(self, name: str) -> None:
        super().__init__(
            f"--timezone: there is no time zone {name!r}. Write it as Europe/Paris or UTC."
        )


class MissingExtraError(AnnotateError):
    """Something needs a package that is installed on demand only."""

    def __init__(self, *, extra: str, package: str) -> None:
        super().__init__(
            f"This needs {package}, which is not installed. Run this in the folder where annotate "
            f'was checked out: python -m pip install -e ".[{extra}]"'
        )
