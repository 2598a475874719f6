"""How the labelling page and its instructions look: style sheets for Label Studio's own markup."""

from collections.abc import Iterable

from annotate.settings import UnitSettings

_PAGE = """
.annotate-page { max-width: 860px; margin: 8px auto 0; }
.annotate-page .lsf-richtext__container { padding: 0; }
.annotate-page h4 { margin: 0 !important; font-size: 14px; line-height: 22px; font-weight: 400;
  opacity: .75; }
.annotate-head { display: flex; flex-wrap: wrap; column-gap: 8px; padding-bottom: 10px;
  margin-bottom: 18px; border-bottom: 1px solid rgba(128,128,128,.35); }
.annotate-head h4 { font-size: 15px; }
.annotate-head h4:first-of-type { font-weight: 600; opacity: 1; }
.annotate-head h4:empty { display: none; }
.annotate-head h4:not(:empty) ~ h4:not(:empty)::before { content: "\\00b7"; margin-right: 8px; }
.annotate-head:not(:has(h4:not(:empty))) { display: none; }
.annotate-context { opacity: .68; margin-left: -8px; }
.annotate-context .lsf-richtext__line { font-size: 15px; line-height: 23px; }
.annotate-context .lsf-richtext__line:empty { display: none; }
.annotate-context:not(:has(.lsf-richtext__line:not(:empty))) { display: none; }
.annotate-text { margin: 14px 0; padding: 12px 18px; border-left: 5px solid #4c5fa9;
  background: rgba(76,95,169,.10); border-radius: 0 6px 6px 0; }
.annotate-text .lsf-richtext__line { font-size: 23px; line-height: 33px; font-weight: 500; }
.annotate-label { margin-top: 26px; }
.annotate-label h4 { margin-bottom: 10px !important; }
.annotate-flags { margin-top: 18px; display: flex; align-items: baseline; gap: 12px; }
.annotate-page .lsf-choices { display: flex; flex-wrap: wrap; gap: 10px; margin: 0; }
.annotate-page .lsf-choice { margin: 0; padding: 0; }
.annotate-page .lsf-choice__checkbox { margin: 0; cursor: pointer; border-radius: 6px;
  border: 2px solid rgba(128,128,128,.45); }
.annotate-page .lsf-hint { font-size: 13px; top: 0; vertical-align: baseline; margin-left: 7px;
  opacity: .8; font-family: monospace; }
.annotate-label .lsf-choice__checkbox { padding: 4px 10px; font-size: 18px; font-weight: 600; }
.annotate-label .ant-checkbox { display: none; }
.annotate-flags .lsf-choices { gap: 6px; }
.annotate-flags .lsf-choice__checkbox { padding: 0 3px; font-size: 14px; border-width: 1px; }
.annotate-flags .lsf-choice__checkbox:has(input:checked) { border-color: #4c5fa9;
  background: rgba(76,95,169,.16); }
"""

_ARTICLE = """
.annotate-page { max-width: 760px; }
.annotate-text { padding: 4px 0 4px 20px; border-left-width: 3px; background: none; }
.annotate-text .lsf-richtext__line { font-size: 18px; line-height: 31px; font-weight: 400; }
"""

_SPANS = """
.annotate-page .lsf-choices_hidden { display: none; }
.annotate-spans { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap;
  align-items: center; gap: 4px 18px; min-height: 44px;
  margin-bottom: 10px; background: var(--color-neutral-background); }
.annotate-spans .lsf-labels { display: flex; flex-wrap: wrap; gap: 6px 8px; margin: 0; }
.annotate-spans .lsf-label { margin: 0; font-size: 15px; }
.annotate-unresolved { display: flex; align-items: center; gap: 8px; }
.annotate-unresolved:has(.lsf-choices_hidden) { display: none; }
.annotate-unresolved .lsf-choice__checkbox { padding: 0 0 0 8px; font-size: 14px; line-height: 26px;
  border-width: 1px; }
.annotate-nothing { margin-top: 22px; }
.annotate-page:has(.htx-highlight) .annotate-nothing:not(:has(input:checked)) { display: none; }
.annotate-page:has(.htx-highlight) .annotate-nothing .lsf-choice__checkbox {
  border-color: #c0392b; }
.annotate-nothing .lsf-choice__checkbox { padding: 0 2px 0 10px; font-size: 15px; }
.lsf-sidepanels_collapsed:has(.annotate-spans) { display: flex; flex-direction: column; }
.lsf-sidepanels_collapsed:has(.annotate-spans) .lsf-sidepanels__content { flex: 1; min-height: 0;
  height: auto; }
.lsf-sidepanels_collapsed:has(.annotate-spans) .lsf-sidepanels__wrapper { height: 230px; }
"""

_WITHOUT_PANEL = """
.lsf-sidepanels:has(.annotate-page) { padding-right: 0 !important; }
.lsf-sidepanels:has(.annotate-page) .lsf-sidepanels__wrapper_align_right { display: none; }
"""

_NOTE = """
.annotate-note { margin-top: 18px; white-space: pre-line; }
.annotate-note h4:empty { display: none; }
"""

_CHOICE = """
.annotate-label .lsf-choice:nth-child({place}) .lsf-choice__checkbox {{ border-color: {colour}; }}
.annotate-label .lsf-choice:nth-child({place}) .lsf-choice__checkbox:has(input:checked),
.annotate-label .lsf-choice:nth-child({place}) .lsf-choice__checkbox:has(input:checked) span,
.annotate-label .lsf-choice:nth-child({place}) .lsf-choice__checkbox:has(input:checked) .lsf-hint {{
  background: {colour}; color: {ink}; }}
"""

INSTRUCTIONS_STYLE = (
    ".annotate-guideline { line-height: 1.5; } "
    ".annotate-guideline h1 { font-size: 20px; font-weight: 600; } "
    ".annotate-guideline h2, .annotate-guideline h3 { font-size: 16px; font-weight: 600; "
    "margin: 14px 0 4px; } "
    ".annotate-guideline p { margin: 0 0 8px; } "
    ".annotate-guideline ul { list-style: disc; padding-left: 22px; margin: 0 0 8px; } "
    ".annotate-guideline th, .annotate-guideline td { border: 1px solid rgba(128,128,128,.4); "
    "padding: 3px 7px; text-align: left; vertical-align: top; }"
)


def page_style(colours: Iterable[str], *, units: UnitSettings, notes: bool = False) -> str:
    """The style sheet of a labelling page.

    Args:
        colours: ``#RRGGBB`` of each label, in the order of the page.
        units: an article is set to be read, a sentence to stand out; without spans, the panel at
            the right that lists them and their relations goes.
        notes: whether tasks have a note.
    """
    choices = (
        _CHOICE.format(place=place, colour=colour, ink=_ink(colour))
        for place, colour in enumerate(colours, start=1)
    )
    article = _ARTICLE if units.of == "article" else ""
    spans = _SPANS if units.spans else _WITHOUT_PANEL
    note = _NOTE if notes else ""
    return _PAGE + article + spans + note + "".join(choices)


def _ink(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour.

    Source:
        WCAG 2.2, definitions of relative luminance and contrast ratio. The two contrasts are
        equal at a luminance of sqrt(1.05 * 0.05) - 0.05 = 0.179.
    """
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]  # noqa: PLR2004
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"  # noqa: PLR2004
