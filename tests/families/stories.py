"""Short texts of our own for the tests of families."""

from datetime import UTC, datetime

from annotate.records import Document, Source

FERRY = (
    "The night ferry between Aldmoor and the island of Sule will stop running in October, its "
    "operator announced on Friday.\n\n"
    "Passenger numbers have fallen by a third since the road tunnel opened two winters ago, and "
    "the ship needs a new engine that would cost four million crowns.\n\n"
    "Forty people work on board. The seamen's union called the decision short-sighted and asked "
    "the county to step in before the last crossing.\n\n"
    "County councillors will discuss a subsidy next week. A similar request by a bus company was "
    "turned down in spring because the budget was exhausted.\n"
)
ORCHARD = (
    "A late frost has destroyed most of the cherry blossom in the Vell valley, growers said.\n\n"
    "Temperatures sank to minus six degrees in three nights. Fires were lit between the rows, but "
    "only the highest orchards were saved.\n\n"
    "The growers' association expects a harvest of barely eight hundred tonnes, after five "
    "thousand in an ordinary year, and prices twice as high at the summer markets.\n\n"
    "Insurance rarely covers frost. The ministry of agriculture said that it was looking into "
    "loans for those who lost everything.\n"
)
SPEECH = (
    "“We shall not sell the harbour, not this year and not while I sit in this chair, because a "
    "town that sells its harbour has sold the door of its own house and must ask a stranger for "
    "leave each time that it wants to go out or come in,”"
)
FIRST = (
    f"Mayor Ines Tolland ruled out any sale of the docks on Monday evening. {SPEECH} she told a "
    "packed town hall, to applause from the gallery. Three investors had written to the council "
    "in August. Their letters remain confidential, and none of them answered our questions."
)
SECOND = (
    f"To loud cheers, the head of Brackwater's government ended months of rumours. {SPEECH} were "
    "her words to the audience. Shares of the port company lost four per cent in early trading. "
    "Analysts at two banks now advise their clients to wait for the annual results in March."
)
REPORTS = (FIRST, SECOND)
"""Two reports of one speech by people who have not read each other."""


def document(text, key, *, title=None, published=None, **fields):
    moment = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    return Document(
        id=Document.id_of(text),
        key=key,
        text=text,
        title=title,
        sources=(Source(title=title, published=moment),),
        **fields,
    )
