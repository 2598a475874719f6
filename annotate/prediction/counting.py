"""How often each label was given, by outlet, part and day, counted from what was written.

The output is read, not the run that made it: so the counts are those of the rows that are there,
each once, also where a run was cut off and went on.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Final, cast

from annotate.errors import InputError
from annotate.prediction.parts import Form
from annotate.records import Part
from annotate.stores import Place, opened
from annotate.tables import spreadsheet_unsafe

if TYPE_CHECKING:
    import pyarrow as pa

_DAY: Final = len("2024-05-31")
_READ: Final = ("outlet", "part", "published", "label")
_ROWS_AT_ONCE: Final = 65_536
_BLOCK_BYTES: Final = 2**24
"""Of a table; no row of it is longer."""


@dataclass(frozen=True, slots=True)
class Given:
    """A label, and where it was given.

    Attributes:
        outlet: of the article.
        part: of the article.
        day: of its publication in UTC, as ``2024-05-31``.
        label: the label.
    """

    outlet: str | None
    part: Part
    day: str | None
    label: str


def given_labels(files: Iterable[Place], form: Form) -> Iterator[tuple[Given, int]]:
    """What was given and how often, from predictions; the same may come several times.

    Args:
        files: as `annotate predict` writes them, each read once, in memory that does not grow
            with them.
        form: what kind of files they are.

    Raises:
        InputError: a file is not of that kind.
    """
    read = _READERS[form.removesuffix(".gz")]
    for place in files:
        try:
            with opened(place) as raw:
                if form.endswith(".gz"):
                    with gzip.GzipFile(fileobj=raw) as stream:
                        yield from read(cast("IO[bytes]", stream))
                else:
                    yield from read(raw)
        except (LookupError, ValueError, OSError) as error:
            problem = f"cannot be read as predictions ({error})"
            raise InputError(str(place), problem, "Let `annotate predict` write it anew.") from None


def _parquet(stream: IO[bytes]) -> Iterator[tuple[Given, int]]:
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(stream) as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(_READ)):
            place = batch.schema.get_field_index("published")
            moment = batch["published"].cast(pa.string())
            yield from _grouped(batch.set_column(place, "published", moment))


def _csv(stream: IO[bytes]) -> Iterator[tuple[Given, int]]:
    import pyarrow as pa
    from pyarrow import csv

    with csv.open_csv(
        stream,
        read_options=csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=list(_READ), column_types=dict.fromkeys(_READ, pa.string())
        ),
    ) as batches:
        for batch in batches:
            for given, count in _grouped(batch):
                outlet = spreadsheet_unsafe(given.outlet or "") or None
                yield replace(given, outlet=outlet, label=spreadsheet_unsafe(given.label)), count


def _grouped(batch: "pa.RecordBatch") -> Iterator[tuple[Given, int]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    place = batch.schema.get_field_index("published")
    day = pc.utf8_slice_codeunits(batch["published"], 0, _DAY)
    table = pa.Table.from_batches([batch.set_column(place, "published", day)])
    for row in table.group_by(_READ).aggregate([([], "count_all")]).to_pylist():
        yield _given(*(row[name] for name in _READ)), row["count_all"]


def _json_lines(stream: IO[bytes]) -> Iterator[tuple[Given, int]]:
    rows = map(json.loads, stream)
    found = Counter(_given(*(row[name] for name in _READ)) for row in rows)
    yield from found.items()


def _given(outlet: str | None, part: str, published: str | None, label: str) -> Given:
    where: Part = "title" if part == "title" else "body"
    return Given(outlet or None, where, published[:_DAY] if published else None, label)


_READERS: Final[dict[str, Callable[[IO[bytes]], Iterator[tuple[Given, int]]]]] = {
    "parquet": _parquet, "jsonl": _json_lines, "csv": _csv,
}  # fmt: skip
