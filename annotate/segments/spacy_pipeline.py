"""Sentences by spaCy: the rules of ``spacy.blank(language)``, or any installed pipeline."""

from functools import cache
from typing import TYPE_CHECKING

from annotate.errors import SegmenterError
from annotate.segments.blocks import WHOLE, blocks
from annotate.segments.interface import Segment, Segmenter

if TYPE_CHECKING:
    from spacy.language import Language


def load_spacy_segmenter(pipeline: str, *, language: str) -> Segmenter:
    """A segmenter that divides each line by a spaCy pipeline.

    Args:
        pipeline: ``blank``, or the name or path of an installed pipeline.
        language: ISO 639-1 code; used by ``blank``.

    Raises:
        SegmenterError: spaCy does not know the language, or the pipeline cannot be loaded.
    """
    nlp = load_pipeline(pipeline, language)

    def segment(text: str) -> list[Segment]:
        found: list[Segment] = []
        for block in blocks(text):
            if block.kind in WHOLE:
                found.append(block)
                continue
            for sentence in nlp(text[block.start : block.end]).sents:
                trimmed = sentence.text.strip()
                if trimmed:
                    lead = len(sentence.text) - len(sentence.text.lstrip())
                    start = block.start + sentence.start_char + lead
                    found.append(Segment(start, start + len(trimmed), block.kind))
        return found

    return segment


@cache
def load_pipeline(pipeline: str, language: str) -> "Language":
    """A spaCy pipeline that finds sentences.

    Raises:
        SegmenterError: spaCy does not know the language, or the pipeline cannot be loaded.
    """
    import spacy

    try:
        nlp = spacy.blank(language) if pipeline == "blank" else spacy.load(pipeline)
    except (ImportError, OSError, ValueError):
        wanted = f"language {language!r}" if pipeline == "blank" else f"pipeline {pipeline!r}"
        msg = (
            f"spaCy has no {wanted} here. Install it (python -m spacy download NAME), "
            'or set segmenter = "spacy:blank" and a language that spaCy knows in annotate.toml.'
        )
        raise SegmenterError(msg) from None
    if pipeline == "blank" or not {"parser", "senter", "sentencizer"} & set(nlp.pipe_names):
        nlp.add_pipe("sentencizer")
    return nlp
