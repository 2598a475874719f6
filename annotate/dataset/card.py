"""The data card: README.md of a data set, every number of it counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from annotate.dataset.certificate import Certificate, certificate_lines
from annotate.dataset.summary import DatasetSummary, SplitSummary
from annotate.scheme import Scheme

_OUTLETS_SHOWN: Final = 15


@dataclass(frozen=True, slots=True)
class Making:
    """How a data set came about.

    Attributes:
        scheme: what the labels mean.
        seed: of the split.
        grouped_by: in words, what keeps sentences in one split.
        how: in a sentence, what decided which group went where.
        undecided: tasks left out since their annotators disagree.
        without_gold: tasks left out since nobody has labelled them.
        notes: what the makers say of these data.
        remarks: what a reader must know of the splits, a sentence each.
        agreement: how much the annotators agree, in a sentence.
        annotators: how many tasks each annotator labelled, by pseudonym.
        licence: what others may do with the labels; None where none was chosen.
        certificate: what the splits share; None where it was not made.
    """

    scheme: Scheme
    seed: int
    grouped_by: str
    how: str = "Groups went to the splits at random."
    undecided: int = 0
    without_gold: int = 0
    notes: Sequence[str] = ()
    remarks: Sequence[str] = ()
    agreement: str | None = None
    annotators: Mapping[str, int] = field(default_factory=dict)
    licence: str | None = None
    certificate: Certificate | None = None


def data_card(summary: DatasetSummary, making: Making, *, header: str) -> str:
    """The card as Markdown with a YAML header.

    Args:
        summary: the numbers.
        making: how the data set came about.
        header: YAML that the Hugging Face tools read.
    """
    scheme = making.scheme
    return f"""---
{header.strip()}
---

# {_plain(scheme.title)}

{summary.whole.examples:,} sentences of news, each with one label of the scheme \
{_plain(scheme.name)}, version {_plain(scheme.version)} (digest `{scheme.digest}`).
{_notes(making)}
{_label_rows(scheme)}

## Splits

{_split_rows(summary, scheme)}

No group stands in two splits (grouped by {_plain(making.grouped_by)}). {_plain(making.how)} \
Seed of the split: {making.seed}.
{_remarks(making)}
{_certificate(making)}

## Where the sentences come from

{_origin(summary)}

{_labelling(summary, making)}
## Known limits

- A label says what a sentence reports, never whether it is true.
- Articles with text in common are kept together as families. Of two articles that tell one story
  in other words each may stand in another split.
- The texts belong to their publishers; this card gives no right to publish them.

## Licence

{_licence(making)}
"""


def _labelling(summary: DatasetSummary, making: Making) -> str:
    return f"""## How they were labelled

{_votes(summary)}
{_annotators(making)}{_left_out(making)}"""


def yaml_header(
    summary: DatasetSummary,
    features: Any,  # noqa: ANN401  datasets has no types
    *,
    sizes: Mapping[str, int],
    making: Making,
) -> str:
    """What `datasets.load_dataset` and the Hugging Face Hub read, as YAML.

    Args:
        summary: the numbers.
        features: the columns (a `datasets.Features`).
        sizes: bytes in memory of each split.
        making: how it came about.
    """
    from datasets import DatasetInfo, SplitDict, SplitInfo
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    splits = SplitDict()
    for name, found in summary.splits.items():
        splits.add(SplitInfo(name=name, num_bytes=sizes[name], num_examples=found.examples))
    files = [{"split": name, "path": f"data/{name}-*"} for name in summary.splits]
    card = DatasetCardData(
        pretty_name=making.scheme.title,
        license=making.licence,
        task_categories=["text-classification"],
        configs=[{"config_name": "default", "data_files": files}],
    )
    info = DatasetInfo(features=features, splits=splits)
    DatasetInfosDict({"default": info}).to_dataset_card_data(card)
    return str(card.to_yaml())


def _plain(text: str) -> str:
    """A text that cannot break a table or the page."""
    return " ".join(text.replace("|", r"\|").replace("<", "&lt;").split())


def _notes(making: Making) -> str:
    return "".join(f"\n{_plain(note)}\n" for note in making.notes)


def _remarks(making: Making) -> str:
    lines = "".join(f"- {_plain(remark)}\n" for remark in making.remarks)
    return f"\n{lines}" if lines else ""


def _certificate(making: Making) -> str:
    if making.certificate is None:
        return "## Leakage certificate\n\nNone was made."
    return "## Leakage certificate\n\n" + "\n".join(certificate_lines(making.certificate))


def _annotators(making: Making) -> str:
    if not making.annotators:
        return f"\n{making.agreement}\n" if making.agreement else ""
    rows = [f"| {_plain(name)} | {count:,} |" for name, count in making.annotators.items()]
    table = "\n".join(["| annotator (pseudonym) | labels |", "|---|---|", *rows])
    return f"\n{table}\n" + (f"\n{making.agreement}\n" if making.agreement else "")


def _licence(making: Making) -> str:
    if making.licence is None:
        return "None was chosen, so nobody may republish the labels without asking."
    return f"The labels: {_plain(making.licence)}. The texts: see above."


def _label_rows(scheme: Scheme) -> str:
    rows = [f"| {_plain(one.name)} | {_plain(one.definition)} |" for one in scheme.labels]
    return "\n".join(["## Labels", "", "| label | meaning |", "|---|---|", *rows])


def _split_rows(summary: DatasetSummary, scheme: Scheme) -> str:
    labels = [_plain(label) for label in scheme.label_names]
    head = ["split", "sentences", "share", "groups", "articles", *labels]
    found = [*summary.splits.items(), ("all", summary.whole)]
    rows = [_row(name, counts, summary.whole.examples) for name, counts in found]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows])


def _row(name: str, counts: SplitSummary, total: int) -> str:
    articles = f"{counts.documents:,}" if counts.documents else "not known"
    cells = [name, f"{counts.examples:,}", f"{counts.examples / total:.1%}", f"{counts.groups:,}"]
    cells += [articles, *(f"{count:,}" for count in counts.labels.values())]
    return f"| {' | '.join(cells)} |"


def _origin(summary: DatasetSummary) -> str:
    dates = "Dates of publication are not known."
    if summary.first and summary.last:
        dates = f"Published from {summary.first:%Y-%m-%d} to {summary.last:%Y-%m-%d} (UTC)."
    if not summary.outlets:
        return f"{dates} Outlets are not known."
    entries = list(summary.outlets.items())
    shown, rest = entries[:_OUTLETS_SHOWN], entries[_OUTLETS_SHOWN:]
    rows = [f"| {_plain(outlet)} | {count:,} |" for outlet, count in shown]
    if rest:
        rows.append(f"| {len(rest)} more | {sum(count for _, count in rest):,} |")
    unnamed = summary.whole.examples - sum(summary.outlets.values())
    if unnamed:
        rows.append(f"| not known | {unnamed:,} |")
    return "\n".join([dates, "", "| outlet | sentences |", "|---|---|", *rows])


def _votes(summary: DatasetSummary) -> str:
    if not summary.votes:
        return "How many annotators labelled each sentence is not known."
    rows = [f"| {votes} | {count:,} |" for votes, count in summary.votes.items()]
    table = "\n".join(["| annotators | sentences |", "|---|---|", *rows])
    double = summary.double_labelled
    if not double:
        return f"{table}\n\nNo sentence was labelled by two annotators, so no label was checked."
    return (
        f"{table}\n\nOf the {double:,} sentences that several annotators labelled, "
        f"{summary.unanimous:,} ({summary.unanimous / double:.1%}) have one label from all."
    )


def _left_out(making: Making) -> str:
    lines = []
    if making.undecided:
        lines.append(f"- {making.undecided:,} tasks are left out: their annotators disagree.")
    if making.without_gold:
        lines.append(f"- {making.without_gold:,} tasks are left out: nobody has labelled them.")
    return "\n" + "\n".join(lines) + "\n" if lines else ""
