"""What is broken, or made to do harm, costs one line; the rest is read."""

import csv
import gzip
import io
import os
import re
import struct
import tarfile
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta

import pyarrow
import pytest
from pyarrow import parquet

from annotate import jsonl
from annotate.documents import archives, html, json_files, limits, read_documents
from annotate.documents.dates import read_time
from article_files import read, read_path, tarred, zipped

BLANKS = b" " * (20 * 2**20)


def one_skipped(tmp_path, name, content, *words, documents=0):
    found, skipped, _ = read(tmp_path, name, content)
    assert len(found) == documents
    (line,) = skipped
    assert line.startswith(name)
    for word in words:
        assert word in line
    assert "\n" not in line


def test_a_zip_bomb_costs_one_line_and_the_rest_is_read(tmp_path):
    bomb = zipped({"a.txt": b"One.", "bomb.jsonl": BLANKS, "c.txt": b"Three."})
    one_skipped(tmp_path, "a.zip", bomb, "a.zip/bomb.jsonl", "200 times its size", documents=2)


def test_a_bomb_in_gzip(tmp_path):
    one_skipped(tmp_path, "a.txt.gz", gzip.compress(BLANKS), "200 times its size")
    one_skipped(tmp_path, "a.jsonl.gz", gzip.compress(BLANKS), "200 times its size")
    one_skipped(tmp_path, "a.tar.gz", tarred({"a.jsonl": BLANKS}), "200 times its size")


def test_a_bomb_in_a_bomb(tmp_path):
    inner = gzip.compress(gzip.compress(BLANKS))
    one_skipped(tmp_path, "a.zip", zipped({"b.jsonl.gz": inner}), "b.jsonl.gz")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_packed_files_in_an_archive_count_against_the_archive(tmp_path, monkeypatch, pack):
    # 20 files of 2,000 lines of 28 bytes: 1,120,000 bytes unpacked, a tenth of that packed.
    text = b"".join(b'{"text": "Article %06d."}\n' % n for n in range(2_000))
    assert len(gzip.compress(text)) * 5 < len(text) == 2_000 * 28
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 500_000)
    name = "a.zip" if pack is zipped else "a.tar.gz"
    members = {f"{n}.jsonl.gz": gzip.compress(text) for n in range(20)}
    found, skipped, _ = read(tmp_path, name, pack(members))
    assert len(found) < 20_000
    assert any("unpacked, and is read no further" in line for line in skipped)


def test_an_archive_that_holds_too_much_is_read_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    members = {f"{n}.txt": f"{n} {os.urandom(200).hex()}".encode() for n in range(5)}
    found, skipped, _ = read(tmp_path, "a.zip", zipped(members))
    assert len(found) == 2
    assert all("unpacked, and is read no further" in line for line in skipped)


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    members = {f"{n}.txt": f"Text {n}.".encode() for n in range(5)}
    one_skipped(tmp_path, "a.zip", zipped(members), "more than 3 files")
    one_skipped(tmp_path, "a.tar.gz", tarred(members), "more than 3 files", documents=3)


def test_files_that_overlap_in_a_zip_archive(tmp_path):
    content = bytearray(zipped({"a.txt": os.urandom(500).hex(), "b.txt": b"Two."}))
    second = content.rindex(b"PK\x01\x02")
    # Packed size of the second entry of the list: bytes 20 to 24 of its record.
    struct.pack_into("<I", content, second + 20, len(content))
    one_skipped(tmp_path, "a.zip", bytes(content), "overlap")


@pytest.mark.parametrize("name", ["in.zip", "in.tar.gz", "in.tar", "in.tgz", "in.zip.gz"])
def test_archives_in_archives_are_not_opened(tmp_path, name):
    members = {"a.txt": b"One.", name: zipped({"b.txt": b"Two."})}
    line = f"a.zip/{name}: is an archive inside an archive; unpack it first"
    one_skipped(tmp_path, "a.zip", zipped(members), line, documents=1)


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.txt", "leads out"),
        ("/etc/a.txt", "leads out"),
        ("in/../../a.txt", "leads out"),
        ("..\\a.txt", "leads out"),
        ("C:\\a.txt", "leads out"),
    ],
)
def test_paths_that_lead_out_are_refused(tmp_path, name, reason):
    one_skipped(tmp_path, "a.zip", zipped({name: b"One.", "b.txt": b"Two."}), reason, documents=1)
    one_skipped(
        tmp_path,
        "a.tar",
        tarred({name: b"One.", "b.txt": b"Two."}, pack=False),
        reason,
        documents=1,
    )


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (link("a.txt", "/etc/hostname"), "is a link"),
        (link("a.txt", "../../etc/hostname"), "is a link"),
        (link("a.txt", "b.txt", tarfile.LNKTYPE), "is a link"),
        (link("a.txt", "", tarfile.CHRTYPE), "no ordinary file"),
        (link("a.txt", "", tarfile.FIFOTYPE), "no ordinary file"),
    ],
)
def test_links_and_devices_in_archives_are_refused(tmp_path, member, reason):
    one_skipped(
        tmp_path, "a.tar.gz", tarred({"a.txt": member, "b.txt": b"Two."}), reason, documents=1
    )


def test_a_link_in_a_zip_archive_is_refused(tmp_path):
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, "/etc/hostname")
        archive.writestr("b.txt", "Two.")
    one_skipped(tmp_path, "a.zip", buffer.getvalue(), "is a link", documents=1)


def test_links_out_of_a_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("Secret.")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text("Elsewhere.")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").symlink_to("../secret.txt")
    (folder / "b").symlink_to("../elsewhere")
    (folder / "c.txt").write_text("Here.")
    (folder / "d.txt").symlink_to("c.txt")
    (folder / "e.txt").symlink_to("nowhere.txt")
    (folder / "round").symlink_to(".")
    os.mkfifo(folder / "f.txt")
    found, skipped, _ = read_path(tmp_path, folder)
    assert [document.text for document in found] == ["Here.", "Here."]
    assert skipped == [
        "in/a.txt: is a link that leads out of the folder; not followed",
        "in/b: is a link that leads out of the folder; not followed",
        "in/e.txt: is no ordinary file",
        "in/f.txt: is no ordinary file",
        "in/round: is a link to a folder, which is not followed",
    ]


def test_a_text_of_a_gigabyte_is_refused_without_being_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(2**30)
    tracemalloc.start()
    found, skipped, _ = read_path(tmp_path, tmp_path / "a.txt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == []
    assert skipped == ["a.txt: 1024 MB, more than any article (limit 16 MB); divide it"]
    assert peak < 2**20


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_a_row_of_any_length_is_refused_without_being_kept(tmp_path, name, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2**22)
    monkeypatch.setattr(json_files, "MAX_FILE_BYTES", 2**22)
    beginning = b"text,title\n" if name == "a.csv" else b'{"text": "'
    with (tmp_path / name).open("wb") as file:
        file.write(beginning)
        for _ in range(8):
            file.write(b"x" * 2**24)
    tracemalloc.start()
    found, skipped, _ = read_path(tmp_path, tmp_path / name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, len(skipped)) == ([], 1)
    assert peak < 64 * 2**20


def test_a_page_of_20_mb(tmp_path):
    page = "<html><body>" + "<div>" * 100_000 + "x" * (20 * 2**20)
    one_skipped(tmp_path, "a.html", page, "20 MB, more than any article (limit 8 MB)")


def test_a_page_of_100_000_nested_tags(tmp_path):
    page = "<html><body>" + "<div>" * 100_000 + "x" + "</div>" * 100_000
    one_skipped(tmp_path, "a.html", page, "nested more than 250 deep")


def test_a_page_of_endless_tags(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "MAX_TAGS", 1000)
    one_skipped(tmp_path, "a.html", "<html><body>" + "<p>x" * 2000, "more than 1,000 tags")


def test_a_tag_of_a_million_letters_takes_no_long(tmp_path):
    one_skipped(tmp_path, "a.html", "<" + "a" * 2**20, "holds no HTML")
    one_skipped(tmp_path, "b.html", ("<" + "a" * 2**10) * 2**10, "holds no HTML")


def test_comments_that_never_end_take_no_long(tmp_path):
    found, skipped, _ = read(tmp_path, "a.md", "Said.\n\n" + "<!--x " * 300_000)
    assert ([document.text for document in found], skipped) == (["Said."], [])


PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.json", "a.csv", "a.tsv"])
@pytest.mark.parametrize("content", [PNG, b"%PDF-1.7 ...", zipped({"a": b"x"}), b"a\x00b"])
def test_files_that_are_no_text(tmp_path, name, content):
    one_skipped(tmp_path, name, content, "is a binary file, not text")


@pytest.mark.parametrize("name", ["a.parquet", "a.zip", "a.tar", "a.tar.gz", "a.txt.gz", "a.tgz"])
@pytest.mark.parametrize("content", [PNG, b"Only text.", b""])
def test_files_that_are_not_what_their_ending_says(tmp_path, name, content):
    one_skipped(tmp_path, name, content)


def test_a_page_that_is_called_text_and_a_text_that_is_called_page(tmp_path):
    one_skipped(tmp_path, "a.txt", "<!DOCTYPE html><p>x", "is HTML")
    one_skipped(tmp_path, "a.html", "Only text.", "holds no HTML")


def test_a_file_in_two_encodings(tmp_path):
    mixed = "Zoë said “no”.\n".encode() + "Élysée\n".encode("latin-1")
    # Byte 20 is the É: "Zoë said “no”.\n" has 15 characters, ë takes one byte more, the two
    # quotation marks two more each: 15 + 1 + 4 = 20 bytes before it.
    one_skipped(tmp_path, "a.txt", mixed, "mixes UTF-8 with another encoding (byte 21)")


def test_rows_in_another_encoding_than_the_rest(tmp_path):
    table = "text,title\nZoë said no.,A\n".encode() + "Le café est fermé.,B\n".encode("latin-1")
    filler = b"".join(b"Article %d.%s,C\n" % (n, b" x" * 500) for n in range(300))
    found, skipped, _ = read(tmp_path, "a.csv", table.partition(b"\n")[0] + b"\n" + filler
                             + table.partition(b"\n")[2])  # fmt: skip
    assert len(found) == 301
    assert skipped == ["a.csv:303: holds bytes of another encoding than the rest of the file"]


def test_a_table_in_an_old_encoding_is_guessed_and_said(tmp_path):
    table = "texte;titre\nLe président a démenti l'appel à l'Élysée.;Démenti\n"
    (found,), _, remarks = read(
        tmp_path, "a.csv", table.encode("cp1252"), mapping=["text=texte", "title=titre"]
    )
    assert (found.text, found.title) == ("Le président a démenti l'appel à l'Élysée.", "Démenti")
    assert any("read as cp1252, which is a guess" in remark for remark in remarks)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "text,title\nZoë said no.,A\n"), ("a.json", '[{"text": "Zoë said no."}]'),
     ("a.jsonl", '{"text": "Zoë said no."}\n'), ("a.txt", "Zoë said no."),
     ("a.md", "Zoë said no.\n")],
)  # fmt: skip
def test_marks_of_encodings_are_heeded(tmp_path, encoding, name, content):
    (found,), skipped, _ = read(tmp_path, name, content.encode(encoding))
    assert (found.text, skipped) == ("Zoë said no.", [])


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "0999-12-31", "2101-01-01"])
def test_dates_of_no_year_of_news_are_left_out_and_said(tmp_path, date):
    rows = f'{{"text": "One.", "date": "{date}"}}\n{{"text": "Two.", "date": "2026-02-03"}}'
    (one, two), skipped, remarks = read(tmp_path, "a.jsonl", rows)
    assert (one.published, one.metadata) == (None, {"published_unread": date})
    assert (two.published.year, skipped) == (2026, [])
    wanted = f"a.jsonl:1: the date {date} lies outside the years 1000 to 2100; kept as metadata"
    assert wanted in remarks
    with pytest.raises(ValueError, match="outside the years"):
        read_time(date)


TABLE = """id,text
1,"One said, ""no"".
And more."
2,"Two, with a stray quote
3,"Three said so."
4,Four's 5" pipe.
5,"Five "is" odd"
6,Six.
7,Seven,too many
8,"Eight never ends.
9,Nine.
"""


def test_a_stray_quote_costs_its_row(tmp_path):
    found, skipped, _ = read(tmp_path, "a.csv", TABLE)
    texts = [document.text for document in found]
    assert texts == [
        'One said, "no".\nAnd more.', "Three said so.", "Four's 5\" pipe.", "Six.", "Nine.",
    ]  # fmt: skip
    assert skipped == [
        "a.csv:4: has a stray quote",
        "a.csv:7: has a stray quote",
        "a.csv:9: 3 cells under 2 column names",
        "a.csv:10: has a quote that is never closed",
    ]


def test_what_follows_a_stray_quote_and_fits_nowhere_is_one_line(tmp_path):
    broken = 'id,text\n1,"One ""said"" so\nand more\nand more" still\n2,Two.\n'
    found, skipped, _ = read(tmp_path, "a.csv", broken)
    assert [document.text for document in found] == ["Two."]
    assert skipped == ["a.csv:2-4: has a stray quote"]


def test_a_cell_of_many_quoted_lines_is_parsed_twice_at_most(tmp_path, monkeypatch):
    text = "".join(f'Line {n} said ""no"".\n' for n in range(300))
    content = f'id,text,note\n1,"{text}",5" wide\n2,Two.,\n'
    parsed = []
    reader = csv.reader

    def counting(lines, **options):
        parsed.append(sum(map(len, lines)))
        return reader(lines, **options)

    monkeypatch.setattr(csv, "reader", counting)
    found, skipped, _ = read(tmp_path, "a.csv", content)
    assert [document.text for document in found] == [text.replace('""', '"').strip(), "Two."]
    assert skipped == []
    # Each line once, with one quotation mark before it, and the row once more when it is complete.
    assert sum(parsed) <= 2 * len(content) + 300


def test_nul_bytes_in_a_later_row_of_a_table(tmp_path):
    rows = "".join(f"{n},Article {n}.{' x' * 500}\n" for n in range(300))
    found, skipped, _ = read(tmp_path, "a.csv", f"id,text\n{rows}x,a\x00b\ny,Last.\n")
    assert (len(found), skipped) == (301, ["a.csv:302: holds NUL bytes"])


@pytest.mark.parametrize(
    ("name", "content", "words", "documents"),
    [
        ("a.json", '[{"text": "One."}, {"text": "Two', "is not JSON after article 1", 1),
        ("a.json", '[{"text": "One."}, 7]', "a.json:2: is not a JSON object", 1),
        ("a.json", "7", "not a JSON object", 0),
        ("a.json", "[]", "holds no articles", 0),
        ("a.json", "{}", "has no text", 0),
        ("a.json", "", "is not JSON", 0),
        ("a.json", "[" * 100_000, "is not JSON", 0),
        ("a.json", '[{"text": ' + "[" * 100_000, "is not JSON", 0),
        ("a.json", '{"a": ' * 100_000, "is not JSON", 0),
        ("a.csv", "", "holds no rows", 0),
        ("a.csv", "text,title\n", "holds no articles", 0),
        ("a.zip", zipped({}), "holds no articles", 0),
        ("a.zip", zipped({".hidden": b"x"}), "holds no articles", 0),
        ("a.tar", tarred({}, pack=False), "holds no articles", 0),
        ("a.csv", "a,b\n1,2\n", "has no text; looked for text, body", 0),
        ("a.parquet", b"PAR1" + bytes(200) + b"PAR1", "is damaged", 0),
        ("a.md", "> " * 50_000 + "x", "", 0),
    ],
)
def test_broken_files(tmp_path, name, content, words, documents):
    if name == "a.md":
        found, skipped, _ = read(tmp_path, name, content)
        assert len(found) + len(skipped) == 1
    else:
        one_skipped(tmp_path, name, content, words, documents=documents)


def test_a_damaged_header_in_a_tar_archive_is_not_passed_over(tmp_path):
    content = bytearray(tarred({f"{n}.txt": f"Text {n}.".encode() for n in range(5)}, pack=False))
    # Each file takes 1024 bytes: a header of 512 and a content of 512. The third header goes.
    content[2 * 1024 : 2 * 1024 + 512] = b"x" * 512
    one_skipped(tmp_path, "a.tar", bytes(content), "is damaged", documents=2)


def test_an_endless_header_in_a_tar_archive(tmp_path):
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"comment": os.urandom(2**20).hex()}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    one_skipped(tmp_path, "a.tar", buffer.getvalue(), "says more of one file")


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_file_in_a_zip_archive_costs_itself_alone(tmp_path, method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, f"{name} {os.urandom(500).hex()}")
    content = bytearray(buffer.getvalue())
    # 100 bytes in the middle of the second of the three files, beyond its name and its first bytes.
    middle = content.index(b"b.txt") + 200
    content[middle : middle + 100] = bytes(b ^ 0xFF for b in content[middle : middle + 100])
    found, (line,), _ = read(tmp_path, "a.zip", bytes(content))
    assert [document.text[:5] for document in found] == ["a.txt", "c.txt"]
    assert line.startswith("a.zip/b.txt: ")
    assert "None" not in line


def parquet_of(table, **options):
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def test_a_zone_that_is_not_there_in_parquet_is_only_a_way_to_write_utc(tmp_path):
    moments = pyarrow.array([0], pyarrow.timestamp("s", tz="Foo/Bar"))
    table = pyarrow.table({"text": ["One."], "date": moments})
    (found,), skipped, _ = read(tmp_path, "a.parquet", parquet_of(table))
    assert (found.sources[0].published, skipped) == (datetime(1970, 1, 1, tzinfo=UTC), [])


@pytest.mark.parametrize(
    ("kind", "impossible"),
    [
        (pyarrow.timestamp("s"), 1_700_000_000_000),
        (pyarrow.timestamp("us", "Europe/Paris"), -(2**62)),
        (pyarrow.date32(), 4_000_000),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_an_impossible_date_in_parquet_costs_no_row_and_no_other_date(
    tmp_path, kind, impossible, nested
):
    table = pyarrow.table({"text": list("abc"), "date": pyarrow.array([0, impossible, None], kind)})
    if nested:
        table = pyarrow.table({"data": table.to_struct_array()})
    found, skipped, remarks = read(tmp_path, "a.parquet", parquet_of(table))
    dates = [document.sources[0].published for document in found]
    assert (dates, skipped) == ([datetime(1970, 1, 1, tzinfo=UTC), None, None], [])
    assert re.fullmatch(r"-?\d+ \((timestamp|date32).*\)", found[1].metadata["published_unread"])
    assert any("has a date that cannot be read, kept as metadata" in line for line in remarks)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "+05:30", "Europe/Paris"])
def test_a_date_beside_an_impossible_one_is_read_as_it_would_be_without(tmp_path, unit, zone):
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    moment = 1_720_000_000 * per_second + (per_second > 1000) * per_second // 10**6
    dates = pyarrow.array([moment, moment], pyarrow.timestamp(unit, zone))
    wrong = pyarrow.array([0, 2**31 - 1], pyarrow.date32())
    alone = pyarrow.table({"text": ["a", "b"], "date": dates})
    found, _, _ = read(tmp_path, "a.parquet", parquet_of(alone))
    beside, _, _ = read(tmp_path, "b.parquet", parquet_of(alone.append_column("seen", wrong)))
    published = [document.sources[0].published for document in beside]
    assert published == [document.sources[0].published for document in found]
    assert published[0] == datetime.fromtimestamp(1_720_000_000, UTC) + timedelta(
        microseconds=unit in {"us", "ns"}
    )


def test_parquet_with_two_columns_of_text_is_refused(tmp_path):
    table = pyarrow.Table.from_arrays([["One."], ["Two."]], ["text", "text"])
    one_skipped(tmp_path, "a.parquet", parquet_of(table), "has more than one column 'text'")


def test_one_long_text_for_all_rows_of_a_parquet_file_is_not_unpacked_at_once(tmp_path):
    # 256 times 1 MB of the same text; a group of 1 MB fits 32 MB 31 times: it is 16 rows at once.
    texts = pyarrow.DictionaryArray.from_arrays([0] * 256, ["x" * 2**20])
    table = pyarrow.table({"text": texts})
    content = parquet_of(table, compression="zstd", store_schema=False)
    assert len(content) < 2**12
    pool = pyarrow.default_memory_pool()
    before = pool.bytes_allocated()
    (tmp_path / "a.parquet").write_bytes(content)
    found = read_documents([tmp_path / "a.parquet"])
    peaks = [pool.bytes_allocated() - before for _ in found]
    assert len(peaks) == 256
    assert max(peaks) < 64 * 2**20


def test_a_parquet_file_that_unpacks_to_far_more_than_it_is(tmp_path):
    texts = pyarrow.array([str(n) + "x" * 2**20 for n in range(20)])
    content = parquet_of(pyarrow.table({"text": texts}), compression="zstd", use_dictionary=False)
    assert len(content) * 200 < 20 * 2**20
    one_skipped(tmp_path, "a.parquet", content, "200 times its size")


def test_a_locked_archive(tmp_path):
    content = bytearray(zipped({"a.txt": b"One."}))
    # The first bit of the flags: bytes 6 of the file's header and 8 of its record in the list.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    one_skipped(tmp_path, "a.zip", bytes(content), "locked with a password")


def test_names_that_steer_a_terminal_stay_in_their_line(tmp_path):
    one_skipped(tmp_path, "a.csv", '"x\ny","\x1b[2J"\n1,2\n', "it has x\ufffdy, \ufffd[2J")
    found, (line,), _ = read(tmp_path, "b\n\x1b[2J.pdf", b"%PDF")
    assert line.startswith("b\ufffd\ufffd[2J.pdf: is of a kind that is not read")
    assert found == []


def test_a_name_in_a_zip_archive_that_is_not_in_its_encoding(tmp_path):
    content = zipped({"é.txt": b"One."}).replace("é".encode(), b"\xf1\xf1")
    one_skipped(tmp_path, "a.zip", content, "is damaged")


@pytest.mark.parametrize("rows", [2, 2000])
def test_of_records_in_two_encodings_those_in_the_old_one_are_refused_alone(tmp_path, rows):
    """One row of many, and one of two, of a table and of JSON Lines."""
    new = [f"Käse „gut“ {n}.".encode() for n in range(rows - 1)]
    old = "Größe über alles, schön.".encode("latin-1")
    table = b"\n".join([b"id,text", *(b"%d,%s" % (n, row) for n, row in enumerate([*new, old]))])
    found, skipped, _ = read(tmp_path, "a.csv", table + b"\n")
    assert [each.text for each in found] == [row.decode() for row in new]
    assert [f":{rows + 1}:" in line for line in skipped] == [True]
    lines = b"\n".join(b'{"text": "%s"}' % row for row in [*new, old])
    found, skipped, _ = read(tmp_path, "a.jsonl", lines)
    assert [each.text for each in found] == [row.decode() for row in new]
    assert [f":{rows}:" in line for line in skipped] == [True]


def test_an_old_encoding_in_which_a_few_pairs_look_like_utf_8_is_still_one(tmp_path):
    text = "Ein „Spaß“ für Zoë, Käthe, Jürgen, Björn, Åse und François über Gänse."
    (found,), _, _ = read(tmp_path, "a.csv", f'id,text\n1,"{text}"\n'.encode("cp1252"))
    assert found.text == text
