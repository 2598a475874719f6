"""Cells of tables that people open in a spreadsheet."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_safe(value: object) -> object:
    """The value, with an apostrophe before a text that a spreadsheet would run as a formula.

    Source:
        OWASP, CSV Injection (article text is not to be trusted).
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
