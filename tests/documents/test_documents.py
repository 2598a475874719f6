import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.documents import Skipped, latest_revisions, merge_documents, read_documents
from annotate.documents.article import canonical_url
from annotate.documents.dates import read_time
from annotate.errors import InputError
from annotate.records import Document, Source
from annotate.resources import resource
from annotate.segments import load_segmenter
from strategies import document, task


def one(tmp_path, content, name="a.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return next(iter(read_documents([path], base=tmp_path)))


def test_the_commission_form(tmp_path):
    original = (
        " date 2024-11-11 The first sentence. And more.\r\n\r\n(PA Graphics)\r\n\r\nLast one\r\n"
    )
    found = one(tmp_path, original)
    assert found.text == "The first sentence. And more.\n\n(PA Graphics)\n\nLast one"
    assert found.published == datetime(2024, 11, 11, tzinfo=UTC)
    assert (found.title, found.outlet, found.key) == (None, None, "a.txt")
    # " date 2024-11-11 " is 17 characters; each CRLF before a place adds one.
    assert found.offset_map[0] == (0, 17)
    last = found.text.index("Last")
    assert original.index("Last") == 17 + last + 4
    assert found.offset_map[-1] == (last, original.index("Last"))


def test_simple_headers_leave_the_text(tmp_path):
    found = one(
        tmp_path,
        "title: Bank: no loss\noutlet: Post\ndate: 2026-02-03\nurl: https://P.example/a?utm_x=1\n"
        "\nNote: the text.",
    )
    assert found.text == "Note: the text."
    assert (found.title, found.outlet) == ("Bank: no loss", "Post")
    assert found.key == "https://p.example/a"
    assert found.url == "https://P.example/a?utm_x=1"


@pytest.mark.parametrize(
    "text",
    ["Breaking: he denies it.\n\nMore.", "title: only a line", "date of birth unknown.\n\nx",
     "He said: no.\n\nShe said: yes."],
)  # fmt: skip
def test_ordinary_text_is_not_taken_for_headers(tmp_path, text):
    assert one(tmp_path, text).text == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no text"),
        (b" date 2024-11-11 \n", "holds no text"),
        (b"\x89PNG\x00\x01\x02", "binary"),
        (bytes(range(128, 256)) * 3 + b"\x00", "binary"),
        (b"%PDF-1.4 x", "binary"),
    ],
)
def test_unusable_files_are_skipped_with_a_reason(tmp_path, content, reason):
    found = one(tmp_path, content)
    assert isinstance(found, Skipped)
    assert reason in str(found)
    assert str(found).startswith("a.txt: ")


def test_a_file_far_too_large_for_an_article_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr("annotate.documents.entry.MAX_FILE_BYTES", 2**20)
    found = one(tmp_path, "x" * (2 * 2**20))
    assert found == Skipped("a.txt", "2 MB, more than any article (limit 1 MB); divide it")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "Zoë said: „Nein“."),
        ("utf-8-sig", "Zoë said: „Nein“."),
        ("latin-1", "Le ministre a nié les faits hier à l'Élysée, où la réunion a été annulée."),
        ("cp1252", "“The café’s owner denied it,” said the naïve fiancée’s lawyer."),
    ],
)
def test_encodings_are_found(tmp_path, encoding, text):
    assert one(tmp_path, text.encode(encoding)).text == text


def lines(tmp_path, *rows):
    path = tmp_path / "wire.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
    return list(read_documents([path], base=tmp_path))


def test_json_lines_under_the_names_of_newsrooms(tmp_path):
    (found,) = lines(
        tmp_path,
        {"id": 7, "headline": " A \n B ", "body": "Text.", "source": "Post", "date": "2026-02-03",
         "family": "f", "section": "sport", "tags": ["x"], "words": 1},
    )  # fmt: skip
    assert (found.key, found.external_id, found.title) == ("7", "7", "A B")
    assert found.sources == (
        Source(outlet="Post", title="A B", published="2026-02-03T00:00:00Z", path="wire.jsonl"),
    )
    assert (found.family, found.metadata) == ("f", {"section": "sport", "words": 1})


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path):
    found = lines(tmp_path, {"text": "One."}, '{"text": ', "[1]", {"title": "no text"},
                  {"text": 7}, {"text": "Three."})  # fmt: skip
    assert [d.text for d in found if isinstance(d, Document)] == ["One.", "Three."]
    skipped = [str(s) for s in found if isinstance(s, Skipped)]
    assert [s.split(": ")[0] for s in skipped] == [f"wire.jsonl:{n}" for n in (2, 3, 4, 5)]
    assert "not JSON" in skipped[0]
    assert "not a JSON object" in skipped[1]
    assert "looked for text, body" in skipped[2]


def test_articles_without_an_id_do_not_share_a_key(tmp_path):
    one, two = lines(tmp_path, {"text": "One."}, {"text": "Two."})
    assert (one.key, two.key) == ("wire.jsonl:1", "wire.jsonl:2")


def test_our_own_documents_come_back_as_they_were(tmp_path):
    found = document("One.", key="k", family="f", metadata={"a": 1})
    assert lines(tmp_path, found.model_dump_json()) == [found]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-03", "2026-02-03T00:00:00+00:00"),
        ("2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00+00:00"),
        ("2026-02-03T10:00:00Z", "2026-02-03T10:00:00+00:00"),
        ("Tue, 03 Feb 2026 10:00:00 +0200", "2026-02-03T08:00:00+00:00"),
        ("2026-W06-2", "2026-02-03T00:00:00+00:00"),
        # 2026-02-03 is 20,487 days after 1970-01-01: 56 years of 365 days, 14 leap days, 33 days.
        ("1770076800", "2026-02-03T00:00:00+00:00"),
        ("1770076800000", "2026-02-03T00:00:00+00:00"),
        # No month 99: seconds, 2,099,990,000 = 24,305 days and 38,000 seconds, which is in 2036.
        ("2099990000", "2036-07-18T10:33:20+00:00"),
    ],
)
def test_dates_become_utc(text, moment):
    assert read_time(text).isoformat() == moment


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-40", "0001-01-01T00:00:00+14:00", "2024013115", "202401311530",
     "2024-W05", "2024W05", "2024-W05T10:00"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_kept_and_not_guessed(tmp_path, text):
    (found,) = lines(tmp_path, {"text": "One.", "date": text})
    assert found.published is None
    assert found.metadata == {"published_unread": text}


def test_canonical_addresses():
    url = "HTTPS://News.Example/a/?id=3&utm_source=x&fbclid=y#top"
    assert canonical_url(url) == "https://news.example/a?id=3"
    assert canonical_url("https://a.example/story.php?100") != canonical_url(
        "https://a.example/story.php?101"
    )


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ({"family": 0}, "family", "0"),
        ({"family": "  "}, "family", None),
        ({"id": 0}, "external_id", "0"),
        ({"title": float("nan")}, "title", None),
        ({"source": True}, "outlet", None),
        ({"family": "a\ud800b"}, "family", "ab"),
    ],
)
def test_odd_values_of_fields(tmp_path, row, field, value):
    (found,) = lines(tmp_path, {"text": "One."} | row)
    assert getattr(found, field) == value


def test_entries_of_a_list_that_say_nothing_are_no_authors(tmp_path):
    authors = ["A", None, True, " ", {"id": 1}, ["B"], {"name": "C"}]
    (found,) = lines(tmp_path, {"text": "One.", "authors": authors})
    assert found.sources[0].byline == "A, C"
    (found,) = lines(tmp_path, {"text": "One.", "author": [None], "authors": ["D"]})
    assert found.sources[0].byline == "D"


def test_numbers_that_json_cannot_hold_leave_the_metadata(tmp_path):
    (found,) = lines(tmp_path, '{"text": "Two.", "x": NaN, "y": 1.5, "z": "a\\ud800"}')
    assert found.metadata == {"y": 1.5, "z": "a"}


def test_an_address_that_says_nothing_is_no_key(tmp_path):
    (found,) = lines(tmp_path, {"text": "One.", "url": "?", "id": "7"})
    assert found.key == "7"


def test_records_of_annotate_are_no_articles(tmp_path):
    made = task("One.")
    (skipped,) = lines(tmp_path, made.model_dump_json())
    assert str(skipped) == "wire.jsonl: holds records that annotate made, not articles"


def test_an_unreadable_file_is_said(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.jsonl").write_text('{"text": "Two."}')

    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("annotate.documents.json_lines.numbered", denied)
    found = list(read_documents([tmp_path], base=tmp_path))
    assert [str(s) for s in found if isinstance(s, Skipped)] == [
        "b.jsonl: cannot be read (Permission denied)"
    ]
    assert len(found) == 2


def test_files_outside_the_base_are_named_from_two_folders_up(tmp_path, monkeypatch):
    for outlet in ("bbc", "cnn"):
        (tmp_path / outlet / "2024" / "11").mkdir(parents=True)
        (tmp_path / outlet / "2024" / "11" / "a.txt").write_text(
            f"The bridge is shut, says {outlet}."
        )
    desk = tmp_path / "desk"

    def keys(*paths):
        return [found.key for found in read_documents(paths, base=desk)]

    here = tmp_path.name
    assert keys(tmp_path) == [
        f"{tmp_path.parent.name}/{here}/{o}/2024/11/a.txt" for o in ("bbc", "cnn")
    ]
    both = [tmp_path / outlet / "2024" for outlet in ("bbc", "cnn")]
    assert keys(*both) == ["bbc/2024/11/a.txt", "cnn/2024/11/a.txt"], "two articles, not one twice"
    assert keys(both[0] / "11" / "a.txt") == ["2024/11/a.txt"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keys(tmp_path / "bbc")[0] == "bbc/2024/11/a.txt", "no user's name"


def test_links_are_named_and_not_what_they_lead_to(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("Secret.")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "gone.txt").symlink_to(folder / "missing")
    found = list(read_documents([folder], base=tmp_path / "desk"))
    assert [each.where.rsplit("/", 1)[1] for each in found] == ["gone.txt", "out.txt"]


def test_long_runs_of_odd_characters_take_no_long(tmp_path):
    found = one(tmp_path, "\x07" * 400_000 + "Text." + " " * 400_000 + "\nMore.")
    assert found.text.startswith("Text.")
    assert len(load_segmenter("news", language="en")(found.text)) == 2


@given(st.text())
def test_no_line_of_json_breaks_the_import(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("d") / "x.jsonl"
    path.write_text(json.dumps({"text": text, "title": text, "date": text, "url": text, "n": 1}))
    (found,) = read_documents([path])
    assert isinstance(found, Document | Skipped)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_import(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("d")
    (folder / "a.txt").write_bytes(data)
    (folder / "b.jsonl").write_bytes(data)
    assert all(isinstance(found, Document | Skipped) for found in read_documents([folder]))


def test_a_folder_is_read_in_order_and_hidden_files_passed_over(tmp_path):
    folder = tmp_path / "articles"
    for name in ("b/2.txt", "1.txt", ".git/x.txt", "c.pdf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    found = list(read_documents([folder], base=tmp_path))
    assert [d.key for d in found if isinstance(d, Document)] == [
        "articles/1.txt",
        "articles/b/2.txt",
    ]
    assert [s.where for s in found if isinstance(s, Skipped)] == ["articles/c.pdf"]


def test_an_empty_folder_and_a_missing_path_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no files"):
        list(read_documents([tmp_path]))
    with pytest.raises(InputError, match="no such file or folder"):
        list(read_documents([tmp_path / "none"]))


def source(outlet):
    return Source(outlet=outlet)


def test_copies_of_a_text_become_one_document_with_all_sources():
    here = document("Same text.", key="a", sources=(source("Post"),))
    there = document("Same text.", key="b", sources=(source("Mail"),), family="f")
    merged = merge_documents([here], [there, here])
    (found,) = merged.documents
    assert [s.outlet for s in found.sources] == ["Post", "Mail"]
    assert (found.key, found.family) == ("a", "f")
    assert (merged.added, merged.merged, merged.unchanged) == (0, 1, 1)


def test_a_correction_is_a_revision_and_the_latest_counts():
    first = document("The mayor said on Monday it was shut.", key="a")
    second = document("The mayor said on Tuesday it was shut.", key="a")
    merged = merge_documents([first], [second])
    assert (merged.added, merged.revised) == (1, 1)
    assert merged.documents == [first, second]
    assert latest_revisions(merged.documents) == [second]


def test_an_old_text_that_comes_again_is_the_latest_again():
    first = document("The mayor said on Monday it was shut.", key="a")
    second = document("The mayor said on Tuesday it was shut.", key="a")
    merged = merge_documents([first, second], [first])
    assert latest_revisions(merged.documents) == [first]
    assert (merged.added, merged.revised, len(merged.documents)) == (0, 1, 2)


def test_a_correction_at_the_second_address_revises_the_merged_article():
    urls = ("https://a.example/1", "https://b.example/1")
    copies = [document("The mayor said on Monday it was shut.", key=url,
                       sources=(Source(url=url),)) for url in urls]  # fmt: skip
    merged = merge_documents([], copies).documents
    corrected = document("The mayor said on Tuesday it was shut.", key=urls[1])
    found = merge_documents(merged, [corrected])
    assert (found.revised, len(latest_revisions(found.documents))) == (1, 1)


def test_a_family_that_is_named_later_counts():
    plain = document("Same text.", key="a", metadata={"n": 1})
    named = document("Same text.", key="a", family="f", metadata={"m": 2})
    merged = merge_documents([plain], [named])
    (found,) = merged.documents
    assert (found.family, found.metadata, merged.merged) == ("f", {"n": 1, "m": 2}, 1)


def test_one_key_on_two_unlike_articles_parts_them():
    first = document("Prices rose again in spring.", key="1")
    second = document("A whale swam into harbour.", key="1")
    merged = merge_documents([first], [second])
    assert merged.revised == 0
    assert len({d.key for d in merged.documents}) == 2
    again = merge_documents(merged.documents, [first, second])
    assert (again.added, again.unchanged, again.documents) == (0, 2, merged.documents)


def test_two_unlike_articles_at_one_address_stay_as_they_are_when_they_come_again():
    url = "https://a.example/live"
    sources = (Source(url=url),)
    first = document("Prices rose again in spring.", key=url, sources=sources)
    second = document("A whale swam into harbour.", key=url, sources=sources)
    merged = merge_documents([], [first, second])
    assert [d.key for d in merged.documents] == [url, f"{url}#{second.id}"]
    again = merge_documents(merged.documents, [first, second])
    assert (again.unchanged, again.revised, again.documents) == (2, 0, merged.documents)
    corrected = document("Prices rose again in spring, by two percent.", key=url, sources=sources)
    revised = merge_documents(merged.documents, [corrected])
    assert (revised.revised, revised.documents[-1].key) == (1, url)


def test_importing_the_seed_corpus_twice_changes_nothing():
    found = list(read_documents([resource("seeds/articles")]))
    assert all(isinstance(entry, Document) for entry in found)
    once = merge_documents([], found)
    twice = merge_documents(once.documents, found)
    assert once.added == len(found) == 65
    assert twice.documents == once.documents
    assert twice.unchanged == 65
