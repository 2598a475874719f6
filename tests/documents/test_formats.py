"""Every kind of file gives the same article."""

import codecs
import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from annotate.documents import html, json_files, read_documents, zip_parts
from annotate.documents.fieldnames import KNOWN_NAMES
from annotate.errors import MappingError, MissingExtraError, ZoneError
from article_files import read, read_path, tarred, zipped

TEXT = "The mayor said the bridge is shut.\nShe denied a “cover-up”."
ROW = {"headline": "Bridge shut", "body": TEXT, "source": "Post", "date": "2026-02-03",
       "link": "https://p.example/1", "section": "local"}  # fmt: skip
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Bridge shut | Post</title>
<link rel="canonical" href="https://p.example/1"><meta property="og:site_name" content="Post">
<meta property="og:title" content="Bridge shut"><meta name="author" content="Ada Reed">
<meta property="article:published_time" content="2026-02-03T10:00:00Z"></head>
<body><nav><a href="/">Home</a><a href="/sport">Sport</a></nav><article><h1>Bridge shut</h1>
<p>The mayor said on Monday that the bridge would be shut until the spring of next year.</p>
<p>She denied that the council had known of the cracks, which an engineer reported in 2024.</p>
</article><footer>Cookie settings and terms of use</footer></body></html>"""


def csv_of(row, delimiter=","):
    cells = (f'"{value}"' for value in row.values())
    return delimiter.join(row) + "\r\n" + delimiter.join(cells) + "\r\n"


def parquet_of(rows):
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


ROWS = {
    "a.jsonl": json.dumps(ROW),
    "a.ndjson": json.dumps(ROW),
    "a.json": json.dumps(ROW),
    "list.json": json.dumps([ROW]),
    "data.json": json.dumps({"status": "ok", "n": 1, "data": [ROW]}),
    "articles.json": json.dumps({"articles": [ROW], "next": None}),
    "studio.json": json.dumps([{"id": 5, "data": ROW, "annotations": []}]),
    "a.csv": csv_of(ROW),
    "semicolon.csv": csv_of(ROW, ";"),
    "a.tsv": csv_of(ROW, "\t"),
    "a.parquet": parquet_of([ROW]),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", ROWS)
def test_rows_of_every_kind_give_the_same_article(tmp_path, name, packed):
    content = ROWS[name] if isinstance(ROWS[name], bytes) else ROWS[name].encode()
    if packed:
        name, content = f"{name}.gz", gzip.compress(content)
    (found,), skipped, remarks = read(tmp_path, name, content)
    assert (found.text, found.title, found.outlet) == (TEXT, "Bridge shut", "Post")
    assert found.key == "https://p.example/1"
    assert found.published.isoformat() == "2026-02-03T00:00:00+00:00"
    assert found.metadata == {"section": "local"}
    assert skipped == []
    guess = "text <- body, title <- headline, outlet <- source, url <- link, published <- date"
    assert f"{name}: {guess} (a guess; --map says otherwise)" in remarks


FRONT = "---\ntitle: 'Bridge: shut'\nauthors: [Ada Reed, Li Wu]\ndate: 2026-02-03\nurl: https://p.example/1\n---\n"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_front_matter_leaves_the_text(tmp_path, name):
    (found,), skipped, _ = read(tmp_path, name, FRONT + "\nOne said so.\n\nTwo denied it.\n")
    assert (found.title, found.text) == ("Bridge: shut", "One said so.\n\nTwo denied it.")
    assert found.sources[0].byline == "Ada Reed, Li Wu"
    assert found.published.isoformat() == "2026-02-03T00:00:00+00:00"
    assert (found.key, skipped) == ("https://p.example/1", [])


@pytest.mark.parametrize("text", ["---\njust a line\n---\nText.", "---\nText."])
def test_a_line_of_hyphens_alone_is_no_front_matter(tmp_path, text):
    (found,), _, _ = read(tmp_path, "a.txt", text)
    assert found.text == text


@pytest.mark.parametrize("front", ["title: Bridge: shut: again\ndate: 2026-02-03", "title: [yaml"])
def test_front_matter_that_is_no_yaml_is_said(tmp_path, front):
    found, (line,), _ = read(tmp_path, "a.md", f"---\n{front}\n---\nThe mayor said so.\n")
    assert found == []
    assert line.startswith("a.md: has front matter that is no valid YAML, line 2 of the file")


def test_front_matter_of_a_plain_text_keeps_the_way_back(tmp_path):
    original = FRONT.replace("\n", "\r\n") + "One.\r\nTwo."
    (found,), _, _ = read(tmp_path, "a.txt", original)
    assert found.text == "One.\nTwo."
    assert dict(found.offset_map)[0] == original.index("One.")


def test_markdown_loses_its_markup(tmp_path):
    text = (
        "# Bridge *shut*\n\nThe **mayor** [said](https://x.example) it\nis `shut`.\n\n"
        "![plan](x.png)\n\n- one said\n- two *denied*\n\n> “No,” he said.\n\n<div>Aside.</div>"
        "\n\n---\n\n| a | b |\n|---|---|\n| c | d |\n\n```\ncode\n```\n"
        "\n## Later\n\nA &amp; B.  \nEnd.\n"
    )
    (found,), _, _ = read(tmp_path, "a.md", text)
    assert found.title == "Bridge shut"
    assert found.text.split("\n\n") == [
        "The mayor said it is shut.", "one said", "two denied", "“No,” he said.", "Aside.",
        "a | b", "c | d", "code", "Later", "A & B.\nEnd.",
    ]  # fmt: skip
    assert found.original_sha256


def test_comments_in_markdown_leave_no_word(tmp_path):
    (found,), _, _ = read(tmp_path, "a.md", "Said.\n\n<!-- secret > leaked -->\n\n<p>And</p>\n")
    assert found.text == "Said.\n\nAnd"


def test_a_page_without_what_stands_around_the_article(tmp_path):
    (found,), skipped, _ = read(tmp_path, "a.html", PAGE)
    assert "cracks, which an engineer reported in 2024." in found.text
    assert "Cookie" not in found.text
    assert "Sport" not in found.text
    assert (found.title, found.outlet) == ("Bridge shut", "Post")
    assert (found.url, found.key) == ("https://p.example/1", "https://p.example/1")
    assert found.sources[0].byline == "Ada Reed"
    assert found.published.isoformat() == "2026-02-03T10:00:00+00:00"
    assert skipped == []


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ('<meta property="article:published_time" content="2026-02-03T01:30:00+02:00">',
         "2026-02-02T23:30:00+00:00"),
        ('<script>{"datePublished": "2026-02-03T10:00:00Z"}</script>',
         "2026-02-03T10:00:00+00:00"),
        ('<meta property="article:published_time" content="2026-02-03">',
         "2026-02-03T00:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_page_says_when_to_the_minute(tmp_path, head, moment):
    old = '<meta property="article:published_time" content="2026-02-03T10:00:00Z">'
    (found,), _, _ = read(tmp_path, "a.html", PAGE.replace(old, head))
    assert found.published.isoformat() == moment


def test_a_page_in_the_encoding_that_it_names(tmp_path):
    page = PAGE.replace("utf-8", "windows-1252").replace("Monday", "Montag in Zoës Café")
    (found,), _, remarks = read(tmp_path, "a.html", page.encode("cp1252"))
    assert "Zoës Café" in found.text
    assert not any("guess" in remark for remark in remarks)


@pytest.mark.parametrize("named", ["iso-8859-1", "ISO_8859-1", "latin1", "us-ascii", "cp1252"])
def test_marks_of_windows_in_a_page_that_says_latin_1_are_kept(tmp_path, named):
    page = PAGE.replace("utf-8", named).replace("Monday", "“Monday” – the mayor’s day")
    (found,), _, remarks = read(tmp_path, "a.html", page.encode("cp1252"))
    assert "“Monday” – the mayor’s day" in found.text
    assert not any("encoding" in remark for remark in remarks)


@pytest.mark.parametrize("named", ["punycode", "unicode_escape", "utf-7", "idna", "rot13", "none"])
def test_a_page_that_names_no_encoding_of_pages(tmp_path, named):
    (found,), _, remarks = read(tmp_path, "a.html", PAGE.replace("utf-8", named))
    assert "cracks, which an engineer reported in 2024." in found.text
    assert "a.html: does not keep to the encoding that it names" in remarks


@pytest.mark.parametrize("name", sorted({*html.ENCODINGS, *html.ENCODINGS.values()}))
def test_encodings_of_pages_go_by_the_name_that_python_gives_them(name):
    assert codecs.lookup(name).name == name


def test_a_missing_extra_is_refused_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    with pytest.raises(MissingExtraError, match=r'python -m pip install -e "\.\[html\]"'):
        read(tmp_path, "a.html", PAGE)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", zipped({"in/1.txt": b"One.", "in/2.jsonl": b'{"text": "Two."}'})),
        ("a.tar.gz", tarred({"in/1.txt": b"One.", "in/2.jsonl": b'{"text": "Two."}'})),
        ("a.tgz", tarred({"in/1.txt": b"One.", "in/2.jsonl": b'{"text": "Two."}'})),
        ("a.tar", tarred({"in/1.txt": b"One.", "in/2.jsonl": b'{"text": "Two."}'}, pack=False)),
        ("a.zip", zipped({"in/1.txt.gz": gzip.compress(b"One."), "in/2.json": b'[{"text": "Two."}]',
                          ".DS_Store": b"x", "__MACOSX/._1.txt": b"x"})),
    ],
)  # fmt: skip
def test_archives_are_read_where_they_stand(tmp_path, name, content):
    found, skipped, _ = read(tmp_path, name, content)
    assert [document.text for document in found] == ["One.", "Two."]
    assert found[0].key.startswith(f"{name}/in/1.txt")
    assert skipped == []
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_large_files_in_a_tar_archive_are_read_too(tmp_path):
    rows = "\n".join(json.dumps({"text": f"Article {n}. " + "word " * 300}) for n in range(1000))
    found, skipped, _ = read(tmp_path, "a.tar.gz", tarred({"a.jsonl": rows.encode()}))
    assert (len(found), skipped) == (1000, [])


def test_a_saved_data_set(tmp_path):
    import datasets

    made = datasets.Dataset.from_list([ROW, {**ROW, "body": None}])
    made.save_to_disk(tmp_path / "one")
    (found,), skipped, _ = read_path(tmp_path, tmp_path / "one")
    assert (found.text, found.title) == (TEXT, "Bridge shut")
    assert skipped[0].startswith("one:2: has no text")
    datasets.DatasetDict({"train": made, "test": made}).save_to_disk(tmp_path / "two")
    found, _, _ = read_path(tmp_path, tmp_path / "two")
    assert [source.path for document in found for source in document.sources] == [
        "two/train", "two/test",
    ]  # fmt: skip
    by_name, *_ = read_documents([Path(f"hf:{tmp_path}/one")], base=tmp_path)
    assert by_name.text == TEXT
    test, *_ = read_documents([Path(f"hf:{tmp_path}/two:test")], base=tmp_path)
    assert [source.path for source in test.sources] == ["two/test"]
    (none,) = read_documents([Path(f"hf:{tmp_path}/two:dev")], base=tmp_path)
    assert str(none) == "two: has no split 'dev' (its splits: train, test)"


def test_a_saved_data_set_with_an_impossible_date_is_said(tmp_path):
    import datasets

    kinds = datasets.Features(
        {"text": datasets.Value("string"), "date": datasets.Value("timestamp[s]")}
    )
    rows = {"text": ["One.", "Two."], "date": [0, 1_700_000_000_000]}
    datasets.Dataset.from_dict(rows, kinds).save_to_disk(tmp_path / "one")
    found, skipped, _ = read_path(tmp_path, tmp_path / "one")
    assert [document.text for document in found] == ["One."]
    assert skipped == ["one: is a data set that cannot be read (date value out of range)"]


def test_fields_are_mapped_by_hand(tmp_path):
    row = {"fields": {"bodyText": "Two."}, "text": "One.", "when": "2026-02-03", "title": "T"}
    (found,), _, remarks = read(
        tmp_path,
        "a.json",
        json.dumps(row),
        mapping=["text=fields.bodyText,published=when", "title="],
    )
    assert (found.text, found.title) == ("Two.", None)
    assert found.published.isoformat() == "2026-02-03T00:00:00+00:00"
    assert not any("<-" in remark for remark in remarks)


def test_a_mapping_to_a_field_that_is_not_there_is_said(tmp_path):
    found, skipped, _ = read(tmp_path, "a.json", '{"body": "One."}', mapping=["text=story"])
    assert (found, skipped) == ([], ["a.json:1: has no text under 'story' (it has body)"])


@pytest.mark.parametrize("wrong", ["text", "colour=a", "text=a,text=b", ""])
def test_a_mapping_that_says_nothing_is_refused(tmp_path, wrong):
    with pytest.raises(MappingError, match="--map"):
        read(tmp_path, "a.txt", "x", mapping=[wrong])


@pytest.mark.parametrize(
    ("content", "mapping", "texts"),
    [
        (
            {"title": "A", "items": [{"text": "Blurb."}], "text": "The article."},
            [],
            ["The article."],
        ),
        (
            {"title": "A", "text": "The article.", "items": [{"text": "Blurb."}]},
            [],
            ["The article."],
        ),
        ({"items": [{"text": "One."}], "corps": "Two."}, ["text=corps"], ["Two."]),
        ({"items": [{"text": "One."}], "text": " "}, [], ["One."]),
        (
            {"n": 1, "items": [{"text": "One."}, {"text": "Two."}], "next": "x"},
            [],
            ["One.", "Two."],
        ),
        ({"items": [{"text": "One.", "items": [{"text": "x"}]}]}, [], ["One."]),
    ],
)
def test_an_object_with_a_text_of_its_own_is_an_article(tmp_path, content, mapping, texts):
    found, skipped, _ = read(tmp_path, "a.json", json.dumps(content), mapping=mapping)
    assert ([document.text for document in found], skipped) == (texts, [])


@pytest.mark.parametrize("limit", ["_MOST_HELD", "_MOST_HELD_CHARACTERS"])
def test_a_text_after_a_long_list_is_not_lost_unsaid(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(json_files, limit, 10)
    content = {"items": [{"text": "One."}, {"text": "Two."}, {"text": "Six."}], "text": "All."}
    found, skipped, _ = read(tmp_path, "a.json", json.dumps(content))
    assert [document.text for document in found] == ["One.", "Two.", "Six."]
    assert skipped == [
        "a.json: has a text of its own (text) after a long list, which was read instead"
    ]


def test_columns_of_one_name(tmp_path):
    found, skipped, _ = read(tmp_path, "a.csv", "text,title,text\nOne.,A,Two.\n")
    assert (found, skipped) == (
        [], ["a.csv: has more than one column 'text'; give them different names"]
    )  # fmt: skip
    (one,), _, remarks = read(tmp_path, "b.csv", "text,x,x,,\nOne.,1,2,,\n")
    assert one.metadata == {"x": "2"}
    assert "b.csv: has more than one column 'x'; the last one that says anything counts" in remarks


def test_names_are_found_however_they_are_written(tmp_path):
    row = {"Body-Text": "One.", "PubDate": "2026-02-03", "source": {"id": "x", "name": "Post"},
           "Authors": [{"name": "Ada"}, "Li"]}  # fmt: skip
    (found,), _, _ = read(tmp_path, "a.json", json.dumps(row))
    assert (found.text, found.outlet, found.sources[0].byline) == ("One.", "Post", "Ada, Li")
    assert found.published.year == 2026


def test_no_name_of_ours_is_also_that_of_another_field():
    names = [name for names in KNOWN_NAMES.values() for name in names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("zone", "text", "moment", "assumed"),
    [
        ("UTC", "2026-07-03 10:00", "2026-07-03T10:00:00+00:00", True),
        ("Europe/Paris", "2026-07-03 10:00", "2026-07-03T08:00:00+00:00", True),
        ("Europe/Paris", "2026-07-03T10:00:00Z", "2026-07-03T10:00:00+00:00", False),
        ("UTC", "July 3, 2026", "2026-07-03T00:00:00+00:00", True),
        ("UTC", "3 Jul. 2026", "2026-07-03T00:00:00+00:00", True),
        # 2026-07-03 is 20,637 days after 1970-01-01: 56 years of 365 days, 14 leap days, 183 days.
        ("UTC", 20_637 * 86_400, "2026-07-03T00:00:00+00:00", False),
        ("UTC", 20_637 * 86_400_000, "2026-07-03T00:00:00+00:00", False),
    ],
)
def test_dates_and_what_is_assumed_of_them(tmp_path, zone, text, moment, assumed):
    row = json.dumps({"text": "One.", "published": text})
    (found,), _, remarks = read(tmp_path, "a.jsonl", row, zone=zone)
    assert found.published.isoformat() == moment
    assert any(f"taken as {zone}" in remark for remark in remarks) == assumed


def test_a_zone_that_is_not_there_is_refused(tmp_path):
    for zone in ("Europe/Atlantis", "../../etc/passwd", ""):
        with pytest.raises(ZoneError, match="no time zone"):
            read(tmp_path, "a.txt", "x", zone=zone)


@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\n"])
@pytest.mark.parametrize("comment", [b"", b"PK and more"])
def test_a_zip_archive_is_read_in_parts_of_its_list(tmp_path, monkeypatch, before, comment):
    monkeypatch.setattr(zip_parts, "PART_FILES", 3)
    buffer = io.BytesIO(before)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = comment
        for number in range(10):
            with archive.open(f"{number}.txt", "w", force_zip64=number % 2 == 0) as member:
                member.write(b"Article %d." % number)
    found, skipped, _ = read(tmp_path, "a.zip", buffer.getvalue())
    assert [document.text for document in found] == [f"Article {n}." for n in range(10)]
    assert skipped == []


def test_the_parts_of_a_zip_archive_of_more_files_than_16_bits_count(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(66_000):
            archive.writestr(f"{number}", "")
    with (tmp_path / "a.zip").open("rb") as stream:
        names = [name for part in zip_parts.zip_parts(stream) for name in part.namelist()]
    assert names == [str(number) for number in range(66_000)]
