"""A segmenter by its name in the settings."""

from annotate.errors import SegmenterError
from annotate.segments.interface import Segmenter


def load_segmenter(name: str, *, language: str) -> Segmenter:
    """A segmenter by its name in the settings.

    Args:
        name: ``news`` (the default, English news), ``spacy:blank`` (rules of spaCy for the
            language) or ``spacy:PIPELINE`` (any installed spaCy pipeline).
        language: ISO 639-1 code of the texts; used by ``spacy:blank``.

    Raises:
        SegmenterError: no such segmenter, or its spaCy pipeline is not installed.
    """
    if name == "news":
        from annotate.segments.news import segment_news

        return segment_news
    if name.startswith("spacy:"):
        from annotate.segments.spacy_pipeline import load_spacy_segmenter

        return load_spacy_segmenter(name.removeprefix("spacy:"), language=language)
    msg = (
        f"There is no segmenter {name!r}. "
        'Set segmenter = "news", "spacy:blank" or "spacy:PIPELINE" in annotate.toml.'
    )
    raise SegmenterError(msg)
