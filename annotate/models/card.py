"""The model card: what a reader must know before using the model, with real numbers."""

from annotate.models.manifest import Manifest


def model_card(manifest: Manifest, *, name: str) -> str:
    """The card as Markdown.

    Args:
        manifest: of the model.
        name: what the model is called.
    """
    return f"""# {_cell(name)}

A sentence classifier made with annotate {manifest.annotate} (recipe `{manifest.recipe}`) on \
{manifest.created:%d %B %Y}. It gives each sentence a score for each label.

## Labels

{_scheme(manifest)}

| label | examples it learnt from |
|---|---|
{_label_rows(manifest)}

## Training data

- {manifest.examples:,} examples from {_articles(manifest)}
- Chosen: {manifest.split}.
- SHA-256 of ids, texts and labels: `{manifest.data_sha256}`

{_details(manifest)}
## How good it is

{_metrics(manifest)}A model is scored on articles that it has never seen: run `annotate
evaluate`, which refuses the articles named in `manifest.json`.

## Limits

- It was made for sentences of news like those it learnt from. On other outlets, topics or
  languages expect less, and measure it.
- It judges what a sentence reports, never whether it is true.
{_calibration(manifest)}
{_thin_labels(manifest)}
## Made with

{", ".join(f"{name} {found}" for name, found in manifest.libraries.items())}; seed {manifest.seed}.
The files of weights hold numbers and words, no code.
"""


_FEW = 50


def _scheme(manifest: Manifest) -> str:
    if manifest.scheme is None:
        return "The labels come from a file of examples, without a scheme that defines them."
    scheme = manifest.scheme
    return (
        f"Defined by the scheme {_cell(scheme.name)}, version {_cell(scheme.version)} "
        f"(digest `{scheme.digest}`)."
    )


def _label_rows(manifest: Manifest) -> str:
    counts = manifest.label_counts
    return "\n".join(f"| {_cell(label)} | {counts[label]:,} |" for label in manifest.labels)


def _articles(manifest: Manifest) -> str:
    groups = f"{len(manifest.groups):,} groups of articles"
    if not manifest.documents:
        return f"{groups} (which articles is not known)."
    return f"{len(manifest.documents):,} articles in {groups}."


def _details(manifest: Manifest) -> str:
    if not manifest.details:
        return ""
    found = "\n".join(f"- {_cell(name)}: {value}" for name, value in manifest.details.items())
    return f"Settled while learning:\n\n{found}\n"


def _metrics(manifest: Manifest) -> str:
    """What cross-validation inside the training part found, if there was one."""
    if not manifest.metrics:
        return "No score stands here. "
    found = manifest.metrics
    rows = "\n".join(
        f"| {_cell(label)} | {_share(found.get(f'precision of {label}'))} "
        f"| {_share(found.get(f'recall of {label}'))} |"
        for label in manifest.labels
    )
    reached = _share(found["macro-F1"])
    return f"""Articles of the training part, left out of the training in turn: macro-F1 {reached}.

| label | precision | recall |
|---|---|---|
{rows}

That is a little too good: C and the thresholds were chosen by these figures.

"""


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _calibration(manifest: Manifest) -> str:
    if {"calibration", "temperature"} & manifest.details.keys():
        return (
            "- Its scores sum to 1 and were calibrated on sentences left out of the training: on\n"
            "  articles like those, 0.8 means right in about 8 of 10 cases. Elsewhere it may not."
        )
    return "- Its scores sum to 1 but are not calibrated: 0.8 does not mean right in 8 of 10 cases."


def _thin_labels(manifest: Manifest) -> str:
    thin = [
        f"{_cell(label)} ({manifest.label_counts[label]})"
        for label in manifest.labels
        if manifest.label_counts[label] < _FEW
    ]
    return f"- Labels with fewer than {_FEW} examples: {', '.join(thin)}.\n" if thin else ""


def _cell(text: str) -> str:
    """A name that cannot break the table or the page."""
    return " ".join(text.replace("|", r"\|").replace("<", "&lt;").split())
