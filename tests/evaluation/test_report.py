"""The folder of a report: readable, machine-readable, and safe whatever the articles say."""

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import LABELS, Spy, Told, example, told

from annotate.errors import InputError
from annotate.evaluation import (
    cross_validate,
    errors_csv,
    evaluate_model,
    study,
    to_json,
    write_report,
)
from annotate.evaluation.page import render
from hostile import HOSTILE, hostile_evaluation, studied


class Page(HTMLParser):
    """Every element with its attributes, and the text of the page as a browser would have it."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.inside, self.whole = [], {}, [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "rect", "input"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag != "rect":
            assert self.inside.pop() == tag, f"{tag} closes what is not open"

    def handle_data(self, data):
        if self.inside:
            self.texts.setdefault(self.inside[-1], []).append(data)
            self.whole += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def text(self, tag):
        return "".join(self.texts.get(tag, []))

    @property
    def policy(self):
        (meta,) = [m for m in self.all("meta") if m.get("http-equiv")]
        assert meta["http-equiv"] == "Content-Security-Policy"
        return dict(part.strip().split(" ", 1) for part in meta["content"].split(";"))


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_hostile_text_stays_text():
    page = Page(render(studied(hostile_evaluation()), notes=HOSTILE))
    assert len(page.all("script")) == 1
    assert not page.all("img")
    known = {"html", "head", "body", "meta", "title", "style", "script", "a", "main", "header",
             "footer", "section", "aside", "div", "p", "ul", "ol", "li", "h1", "h2", "h3", "b",
             "bdi", "span", "small", "abbr", "svg", "rect", "dl", "dt", "dd", "table", "caption",
             "thead", "tbody", "tfoot", "tr", "th", "td", "form", "label", "select", "option",
             "input", "button", "output", "blockquote", "details", "summary", "mark", "em", "sup",
             "figure", "figcaption", "code", "path", "circle", "g", "text"}  # fmt: skip
    assert {tag for tag, _ in page.elements} <= known
    names = {name for _, attrs in page.elements for name in attrs}
    assert not {name for name in names if name.startswith("on")} | (names & {"style", "src"})
    links = {attrs["href"] for attrs in page.all("a")}
    assert all(re.fullmatch(r"#[a-z0-9-]+|errors\.csv|evaluation\.json", link) for link in links)
    shown = page.whole
    for number, bad in enumerate(HOSTILE):
        assert f"{bad} text {number}" in shown
        assert f"{bad} before" in shown
        assert f"{bad} after" in shown
        assert f"{bad} title" in shown
        assert f"{bad} outlet" in shown
        assert bad in page.texts["p"]  # as a note


def test_only_comparisons_of_a_family_have_a_corrected_p():
    found = to_json(studied(hostile_evaluation()))["findings"]
    assert "p_adjusted" in found["beside"][0]["comparison"]
    assert "p_adjusted" not in found["ceiling"]["comparison"]


def test_page_may_run_only_what_is_ours_and_load_nothing():
    page = Page(render(studied(hostile_evaluation())))
    policy = page.policy
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == digest(page.text("script"))
    assert policy["style-src"] == digest(page.text("style"))
    assert "url(" not in page.text("style")
    assert "@import" not in page.text("style")


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_text_comes_out_as_it_went_in_but_for_control_characters(text):
    shown = example(1, "claim", text=text)
    found = evaluate_model(
        Told({text: "denial"}), [shown], labels=LABELS, name="m", trained_on=None
    )
    seen = "".join(
        char
        if char in "\t\n"
        else chr(0x2400 + ord(char))
        if char < " "
        else "\u2421"
        if char == "\x7f"
        else "\ufffd"
        if "\x80" <= char < "\xa0"
        else char
        for char in text
    )
    assert seen in Page(render(found)).texts["p"]


def test_words_that_mattered_are_marked_and_the_text_stays_whole():
    class Keen(Told):
        def scores(self, inputs):
            sure = np.array([0.9 if "denied" in shown.text else 0.4 for shown in inputs])
            return np.stack([0.5 - sure / 2, sure, 0.5 - sure / 2], axis=1)

    shown = example(1, "claim", text="The <b>mayor</b> denied it, twice & loudly.")
    found = evaluate_model(Keen({}), [shown], labels=LABELS, name="m", trained_on=None, words=True)
    (word,) = found.items[0].words
    assert (shown.text[word.start : word.end], word.strength) == ("denied", 3)
    assert word.fall == pytest.approx(0.5)
    page = Page(render(found))
    assert page.texts["mark"] == ["Marked", "denied"]
    assert "The <b>mayor</b>  it, twice & loudly." in page.text("p")


def test_page_is_made_for_every_reader():
    page = Page(render(studied(told(grouping="article")), notes=["Recorded passes."]))
    assert page.all("html") == [{"lang": "en"}]
    assert page.elements[[tag for tag, _ in page.elements].index("body") + 1][0] == "a"
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert attrs.get(name, ids[0]) in ids
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids
    assert len(page.all("h1")) == len(page.all("main")) == 1
    # Labels, confusions, what stands beside, people, bins, slices, learning curve, errors.
    assert len(page.all("caption")) == len(page.all("table")) == 8
    assert all(attrs.get("scope") for attrs in page.all("th"))
    assert "hidden" in page.all("form")[0]  # without JavaScript there is nothing to filter with
    assert not [attrs for attrs in page.all("tr") if "hidden" in attrs]
    drawn = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert len(drawn) == 3 + 4  # a curve of each label; calibration of each and of the label given
    assert all(attrs["aria-label"] for attrs in drawn)
    assert all("aria-hidden" in attrs for attrs in page.all("svg") if attrs not in drawn)
    assert page.all("aside")
    assert "Recorded passes." in page.texts["p"]


def test_page_shows_the_figures_of_the_table():
    text = re.sub(r"<[^>]+>", " ", render(told(grouping="article")))
    # 25/36 = 0.694; always "claim": 8/14/3 = 0.190; 7 of 10 right.
    for figure in (
        "0.694",
        "0.190",
        "70%",
        "held-out articles",
        "10 articles",
        "3 of 10 sentences",
    ):
        assert figure in text


def test_undefined_figures_are_dashes():
    page = Page(render(told([("claim", "claim")])))
    # denial and neither: precision, recall, F1 and the floor's F1 of each are 0/0.
    assert page.texts["abbr"] == ["–"] * 8
    assert "nan" not in render(told([("claim", "claim")])).lower().replace("nance", "")


def test_a_perfect_model_has_no_errors_to_show():
    page = Page(render(told([(label, label) for label in LABELS])))
    assert not page.all("script")
    assert not page.all("form")
    assert any("every sentence got the right label" in text for text in page.texts["p"])


def test_the_most_frequent_kind_and_the_most_certain_error_come_first():
    rows = [("e1", "claim", "denial", 0.6), ("e2", "neither", "claim", 0.7),
            ("e3", "claim", "denial", 0.9), ("e4", "claim", "denial", 0.9)]  # fmt: skip
    sure = {name: score for name, _, _, score in rows}

    class Sure(Told):
        def scores(self, inputs):
            return np.vstack([replace(self, sure=sure[i.text]).told([i]) for i in inputs])

        def told(self, inputs):
            return super().scores(inputs)

    examples = [example(int(name[1]), gold, text=name) for name, gold, _, _ in rows]
    model = Sure({name: predicted for name, _, predicted, _ in rows})
    found = evaluate_model(model, examples, labels=LABELS, name="m", trained_on=None)
    table = list(csv.DictReader(io.StringIO(errors_csv(found))))
    assert [row["id"] for row in table] == ["e003", "e004", "e001", "e002"]
    text = render(found)
    assert text.index(">e3<") < text.index(">e4<") < text.index(">e1<") < text.index(">e2<")


def test_csv_has_every_error_and_all_that_is_known_of_it():
    found = told(outlet="The Gazette", published=datetime(2024, 11, 11, 8, tzinfo=UTC))
    rows = list(csv.DictReader(io.StringIO(errors_csv(found))))
    assert {row["id"] for row in rows} == {item.id for item in found.errors}
    first = rows[0]
    assert list(first) == ["id", "gold", "predicted", "score", "before", "text", "after", "title",
                           "outlet", "published", "group", "score claim", "score denial",
                           "score neither"]  # fmt: skip
    assert (first["outlet"], first["published"]) == ("The Gazette", "2024-11-11T08:00:00+00:00")
    assert (first["score"], first["score neither"]) == ("0.8000", "0.8000")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_holds_no_formula(start):
    found = told(
        [("claim", "denial")], text=f"{start}cmd|' /C calc'!A0", outlet=f"{start}1", title="ok"
    )
    (row,) = csv.DictReader(io.StringIO(errors_csv(found), newline=""))
    assert row["text"].startswith(f"'{start}cmd")
    assert (row["outlet"], row["title"]) == (f"'{start}1", "ok")


def test_json_has_the_figures_and_survives_a_round_trip():
    figures = to_json(told(grouping="article"), notes=["A note."])
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures["macro_f1"] == pytest.approx(25 / 36)
    assert figures["labels"] == list(LABELS)
    assert figures["confusion"] == [[3, 0, 1], [1, 1, 0], [1, 0, 3]]
    # denial: called once, rightly; 2 labelled so.
    denial = {"precision": 1, "recall": 0.5, "f1": 2 / 3, "support": 2, "predicted": 1}
    assert figures["per_label"]["denial"] == pytest.approx(denial)
    assert figures["baseline"]["label"] == "claim"
    assert figures["baseline"]["macro_f1"] == pytest.approx(8 / 14 / 3)
    assert (figures["examples"], figures["groups"], figures["grouping"]) == (10, 10, "article")
    assert (figures["model"], figures["how"]) == ("told", "held-out articles")
    assert (figures["folds"], figures["seed"], figures["notes"]) == (None, None, ["A note."])
    assert any("10 articles" in warning for warning in figures["warnings"])


def test_json_says_null_for_what_is_undefined():
    figures = to_json(told([("claim", "claim")]))
    missing = {"precision": None, "recall": None, "f1": None, "support": 0, "predicted": 0}
    assert figures["per_label"]["denial"] == missing
    assert figures["mcc"] is None
    assert figures["macro_f1"] == 1


def test_json_of_a_cross_validation_says_how_and_with_which_seed():
    examples = [example(n, LABELS[n % 3]) for n in range(6)]
    figures = to_json(cross_validate(Spy(), examples, labels=LABELS, folds=2, seed=11))
    assert figures["how"] == "2-fold cross-validation by group"
    assert (figures["folds"], figures["seed"], figures["model"]) == (2, 11, "spy")
    assert set(figures["versions"]) == {"annotate", "python", "numpy", "scikit-learn"}


def test_folder_holds_the_three_files_and_the_same_bytes_every_time(tmp_path):
    for name in ("one", "two", "two"):  # the second "two" replaces the first
        write_report(tmp_path / name, hostile_evaluation(), notes=["Note."])
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert set(files) == {"index.html", "evaluation.json", "errors.csv"}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert json.loads(files["evaluation.json"])["model"] == HOSTILE[0]
    assert files["index.html"].startswith(b"<!doctype html>")


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.docx.*Name a new folder"):
        write_report(tmp_path, told())
    assert (tmp_path / "thesis.docx").read_text() == "years of work"
    with pytest.raises(InputError, match="not a folder"):
        write_report(tmp_path / "thesis.docx", told())


def test_a_report_with_sidecars_is_replaced(tmp_path):
    write_report(tmp_path / "r", told(name="old"))
    (tmp_path / "r" / "evaluation.json.meta.json").write_text("{}")
    write_report(tmp_path / "r", told(name="new"))
    assert json.loads((tmp_path / "r" / "evaluation.json").read_text())["model"] == "new"


@pytest.mark.parametrize("labels", [LABELS, tuple(f"label {n}" for n in range(20))])
def test_page_of_a_large_evaluation_stays_small_and_says_what_it_leaves_out(labels):
    size = len(labels)
    pairs = [(labels[n % size], labels[(n // size) % size]) for n in range(20_000)]
    found = told(pairs, labels=labels, text='"' * 1_500, before="<" * 900, title="&" * 9_000)
    html = render(study(found, rivals=[], seed=0, resamples=20) if size == 3 else found)
    assert len(html.encode()) < 3_000_000
    page = Page(html)
    shown = len([attrs for attrs in page.all("tr") if attrs.get("class") == "error"])
    assert 100 <= shown <= 100 * size * (size - 1)
    said = "".join(page.texts["li"])
    left_out = sum(int(n.replace(",", "")) for n in re.findall(r"; ([\d,]+) more are in ", said))
    assert shown + left_out == len(found.errors)
    (summary,) = [text for text in page.texts["summary"] if "no room for" in text]
    assert f"{left_out:,} of them" in summary
    rows = list(csv.reader(io.StringIO(errors_csv(found), newline="")))
    assert len(rows) == 1 + len(found.errors)
