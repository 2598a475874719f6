"""What holds for any text, any table and any order of arrival."""

import csv
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from test_formats import parquet_of

from annotate.documents import DiskShelf, merge_documents, merge_into
from annotate.documents.dates import read_time
from annotate.documents.encodings import decode
from annotate.documents.remarks import Remarks
from annotate.records import Source
from annotate.text import normalise
from article_files import read, zipped
from strategies import NEWS, document

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
STORIES = CELLS.filter(lambda text: normalise(text).strip().text)
ARTICLES = st.lists(st.fixed_dictionaries({"text": STORIES, "title": CELLS, "section": CELLS}),
                    min_size=1, max_size=6)  # fmt: skip


def in_folder(name, content):
    with tempfile.TemporaryDirectory() as folder:
        return read(Path(folder), name, content)


def one_line(text):
    return " ".join(normalise(text).text.split()) or None


def table(rows, delimiter):
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


@given(rows=ARTICLES, delimiter=st.sampled_from(",;\t|"))
def test_the_same_rows_in_any_kind_of_file_give_the_same_articles(rows, delimiter):
    lines = "\n".join(map(json.dumps, rows)).encode()
    found = {
        "a.jsonl": lines,
        "a.json": json.dumps(rows).encode(),
        "a.parquet": parquet_of(rows),
        "a.csv": table(rows, delimiter),
        "a.zip": zipped({"a.jsonl": lines}),
    }
    wanted = [(normalise(row["text"]).strip().text, one_line(row["title"])) for row in rows]
    for name, content in found.items():
        documents, skipped, _ = in_folder(name, content)
        assert [(each.text, each.title) for each in documents] == wanted, name
        assert skipped == []


@given(
    text=NEWS.map(lambda text: text.replace("\x00", "")), ends=st.sampled_from(["\n", "\r\n", "\r"])
)
def test_every_letter_of_a_text_leads_back_to_the_original(text, ends):
    original = f" date 2026-02-03 x{text}".replace("\n", ends)
    (found,), _, _ = in_folder("a.txt", original.encode("utf-8", "replace"))
    original = decode(original.encode("utf-8", "replace"), "a.txt", Remarks())
    places = dict(found.offset_map)
    shift = 0
    for offset, letter in enumerate(found.text):
        shift = places[offset] - offset if offset in places else shift
        if letter.isascii() and letter.isalpha():
            assert original[offset + shift] == letter


@given(
    text=st.text(min_size=1), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])
)
def test_encodings_with_a_mark_or_of_utf8_are_never_guessed(text, encoding):
    text = text.encode("utf-8", "replace").decode().replace("\x00", "").removeprefix("\ufeff")
    if text and not text.startswith(("%PDF-", "PK", "BZh", "PAR1", "GIF8", "{\\rtf")):
        remarks = Remarks()
        assert decode(text.encode(encoding), "a.txt", remarks) == text
        assert not remarks.found


MOMENTS = st.datetimes(datetime(1001, 1, 1), datetime(2100, 1, 1))


@given(moment=MOMENTS, minutes=st.integers(-14 * 60, 14 * 60))
def test_dates_are_the_same_moment_in_utc(moment, minutes):
    zone = timezone(timedelta(minutes=minutes))
    aware = moment.replace(tzinfo=zone)
    assert read_time(aware.isoformat()) == aware
    assert read_time(moment.isoformat(), zone=zone) == aware
    assert read_time(moment.isoformat()) == moment.replace(tzinfo=UTC)


WORDS = st.sampled_from(
    ["the mayor said", "it was shut", "on monday", "on tuesday", "a whale swam"]
)
ARRIVALS = st.lists(
    st.builds(
        lambda words, key, outlet: document(
            " ".join(words), key=key, sources=(Source(outlet=outlet, url=f"https://{key}"),)
        ),
        st.lists(WORDS, min_size=1, max_size=4),
        st.sampled_from("abc"),
        st.sampled_from(["Post", "Mail"]),
    ),
    max_size=12,
)


@given(existing=ARRIVALS, incoming=ARRIVALS)
def test_merging_on_the_disk_is_merging_in_memory(existing, incoming):
    there = merge_documents([], existing).documents
    wanted = merge_documents(there, incoming)
    with tempfile.TemporaryDirectory() as folder, DiskShelf.in_folder(Path(folder)) as shelf:
        for each in there:
            shelf.put(each, at_end=False)
        outcomes = [merge_into(shelf, each) for each in incoming]
        assert list(shelf.lines()) == [each.model_dump_json() for each in wanted.documents]
        assert list(Path(folder).iterdir()) == []
    assert outcomes.count("unchanged") == wanted.unchanged
    assert merge_documents(wanted.documents, wanted.documents).added == 0


@given(rows=ARTICLES, broken=st.lists(st.integers(0, 5), max_size=3))
def test_broken_lines_cost_themselves_alone(rows, broken):
    lines = [json.dumps(row) for row in rows]
    for place in broken:
        lines.insert(min(place, len(lines)), '{"text": ')
    documents, skipped, _ = in_folder("a.jsonl", "\n".join(lines))
    assert (len(documents), len(skipped)) == (len(rows), len(broken))
