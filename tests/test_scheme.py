import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import InputError, SchemeError, UnknownLabelError
from annotate.guideline import guideline_markdown
from annotate.records import Marked, Relation, Span
from annotate.resources import resource
from annotate.scheme import Scheme
from annotate.settings import UnitSettings
from strategies import annotation

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=10)


@pytest.fixture(scope="module")
def scheme():
    return Scheme.load(resource("schemas/labels.yaml"))


def written(tmp_path, labels, **more):
    lines = ["name: s", "version: 1", "title: T", "labels:"]
    lines += [f"  - {{name: {label}}}" for label in labels]
    lines += [f"{key}: {value}" for key, value in more.items()]
    path = tmp_path / "labels.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_default_scheme_is_the_codebook(scheme):
    assert scheme.label_names == ("claim", "denial", "neither")
    assert scheme.precedence == ("denial", "claim", "neither")
    assert scheme.hotkeys == {"claim": "c", "denial": "d", "neither": "n"}
    assert scheme.flag_names == (
        "non_response", "nested", "implicit_source", "narrator_claim", "mixed", "unsure",
    )  # fmt: skip
    assert [case.id for case in scheme.edge_cases] == [
        *map(str, range(1, 6)), "5b", *map(str, range(6, 15)), "14b", *map(str, range(15, 31)),
    ]  # fmt: skip


@given(st.lists(NAMES, min_size=2, max_size=20, unique_by=str.casefold))
def test_any_names_make_a_scheme_with_a_key_and_a_colour_each(names):
    found = Scheme.model_validate(
        {"name": "s", "version": "1", "title": "T", "labels": [{"name": n} for n in names]}
    )
    assert len(found.label_names) == len(names)
    assert len(set(found.hotkeys.values())) == len(names)
    assert set(found.colours) == set(found.label_names)


def test_words_that_yaml_takes_for_values_stay_words(tmp_path):
    found = Scheme.load(written(tmp_path, ["yes", "no", "1", "null"]))
    assert found.label_names == ("yes", "no", "1", "null")


@pytest.mark.parametrize(
    ("labels", "more", "problem"),
    [
        (["claim", "Claim"], {}, "two labels are called 'Claim'"),
        (["é", "e\u0301"], {}, "two labels are called"),
        (["only"], {}, "at least 2 items"),
        ([f"l{n}" for n in range(21)], {}, "at most 20 items"),
        (["a", "b"], {"flags": "[{name: x}, {name: x}]"}, "two flags are called 'x'"),
        (["a", "b"], {"precedence": "[a, c]"}, "'c' is mentioned but is no label"),
        (["a", "b"], {"precedence": "[a]"}, "does not name every label"),
        (["a", "b"], {"colour": "red"}, "colour: there is no such field"),
        (["a, hotkey: x", "b, hotkey: x"], {}, "two hotkeys are called 'x'"),
        (["a, hotkey: ' '", "b"], {}, "hotkey"),
        (["a", "b"], {"precedence": "[a, a, b]"}, "does not name every label"),
        (["a, colour: red", "b"], {}, "colour"),
        (["'a\\n'", '"b\\x00c"'], {}, "control character"),
        (["a", "b", "[c"], {}, "not readable as YAML in line"),
        (["a", "b"], {"spans": "[{name: s, hotkey: x}, {name: t, hotkey: X}]"}, "two hotkeys"),
        (["a, hotkey: x", "b"], {"spans": "[{name: s, hotkey: x}]"}, "two hotkeys"),
        (["a", "b"], {"relations": "[{name: r, starts_at: [s]}]"}, "'s' is mentioned but is no"),
        (["a", "b"], {"relations": "[{name: r, leads_to: [s]}]"}, "'s' is mentioned but is no"),
        (["a", "b"], {"from_spans": "[{label: c}]"}, "'c' is mentioned but is no label"),
        (
            ["a", "b"],
            {"from_spans": "[{label: a, span: s}, {label: b}]"},
            "'s' is mentioned but is no span",
        ),
        (["a", "b"], {"from_spans": "[{label: a, relation: r}, {label: b}]"}, "is no relation"),
        (["a", "b"], {"from_spans": "[{label: a}, {label: b}]"}, "the last rule, and no other"),
        (
            ["a", "b"],
            {"spans": "[{name: s}]", "from_spans": "[{label: a, span: s}]"},
            "the last rule, and no other",
        ),
        (
            ["a", "b"],
            {
                "spans": "[{name: s}]",
                "relations": "[{name: s}]",
                "from_spans": "[{label: a, span: s, relation: s}, {label: b}]",
            },
            "a span and a relation",
        ),
    ],
)
def test_an_unusable_scheme_is_refused_in_one_line(tmp_path, labels, more, problem):
    with pytest.raises(SchemeError, match=r"labels\.yaml: ") as refused:
        Scheme.load(written(tmp_path, labels, **more))
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "just words", "- a\n- b"])
def test_a_file_that_is_no_scheme(tmp_path, content):
    path = tmp_path / "labels.yaml"
    path.write_text(content)
    with pytest.raises(SchemeError, match="not a scheme"):
        Scheme.load(path)


def test_missing_and_binary_scheme_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        Scheme.load(tmp_path / "none.yaml")
    (tmp_path / "bin").write_bytes(b"\xff\x00")
    with pytest.raises(InputError, match="UTF-8"):
        Scheme.load(tmp_path / "bin")


def test_the_digest_changes_with_meaning(scheme, tmp_path):
    text = resource("schemas/labels.yaml").read_text(encoding="utf-8")
    other = tmp_path / "labels.yaml"
    other.write_text(text.replace("hotkey: c", "hotkey: x"), encoding="utf-8")
    assert Scheme.load(other).digest != scheme.digest
    other.write_text(f"# a comment\n{text}", encoding="utf-8")
    assert Scheme.load(other).digest == scheme.digest


def test_unknown_labels_and_flags_are_named(scheme):
    with pytest.raises(UnknownLabelError, match="row 3: 'maybe' is not in the scheme"):
        scheme.check_label("maybe", "row 3")
    with pytest.raises(UnknownLabelError, match="'odd'"):
        scheme.check_marks(annotation("t", "a", "claim", flags=("odd",)), "t")


CUE, CONTENT = Span(start=0, end=1, label="cue"), Span(start=2, end=3, label="content")


@pytest.mark.parametrize(
    ("label", "spans", "tail", "arrow"),
    [
        ("said_by", (CUE, CONTENT), 1, "'said_by from cue to content'"),
        ("signals", (CUE, CONTENT), None, "'signals from cue to nothing'"),
        ("likes", (CUE, CONTENT), 1, "'likes'"),
    ],
)
def test_a_relation_that_may_not_lead_there_is_named(scheme, label, spans, tail, arrow):
    relation = Relation(label=label, head=0, tail=tail)
    with pytest.raises(UnknownLabelError, match=arrow):
        scheme.check_marks(Marked(spans=spans, relations=(relation,)), "t")
    sound = Relation(label="denies", head=0, tail=tail)
    scheme.check_marks(Marked(spans=spans, relations=(sound,)), "t")


def test_what_may_lead_where_is_free_where_the_scheme_says_nothing(tmp_path):
    relations = "[{name: r}, {name: out, unresolved: true, leads_to: [s]}]"
    found = Scheme.load(written(tmp_path, ["a", "b"], spans="[{name: s}, {name: t}]",
                                relations=relations))  # fmt: skip
    assert found.fitting("t", "s") == ("r", "out")
    assert found.fitting("s", "t") == ("r",)
    assert found.fitting("s", None) == ("out",)


def test_spans_have_keys_and_colours_of_their_own(tmp_path):
    spans = "[{name: abc}, {name: abd, hotkey: b}, {name: 和, colour: '#123456'}]"
    found = Scheme.load(written(tmp_path, ["x, hotkey: a", "y"], spans=spans))
    # "a" is of a label, "b" of a span: "abc" has its c, and the third the first that is left.
    assert found.span_hotkeys == {"abd": "b", "abc": "c", "和": "d"}
    assert found.span_colours == {"abc": "#6B6B6B", "abd": "#009E73", "和": "#123456"}


def test_a_span_of_its_own_key_takes_it_from_the_labels(tmp_path):
    found = Scheme.load(written(tmp_path, ["x", "y"], spans="[{name: s, hotkey: '1'}]"))
    assert found.hotkeys == {"x": "2", "y": "3"}


def test_the_default_rule_is_that_of_the_codebook(scheme):
    assert [(rule.label, rule.span or rule.relation) for rule in scheme.from_spans] == [
        ("denial", "denies"), ("claim", "content"), ("neither", None),
    ]  # fmt: skip
    assert [relation.name for relation in scheme.relations if relation.unresolved] == ["denies"]
    assert [flag.name for flag in scheme.article_flags] == ["unsure"]


def test_the_guideline_for_marked_articles_says_how_labels_follow(scheme):
    page = guideline_markdown(scheme, UnitSettings(of="article", spans=True))
    assert "- **source** (key `s`): Who says it." in page
    assert "**denies**, from cue or content to target or content, or to nothing in the text" in page
    assert "1. **denial** if one of them is where a *denies* starts" in page
    assert "3. **neither** otherwise" in page
    assert "(key `c`)" not in page
    assert "**unsure**" in page
    assert "**nested**" not in page
    beside = guideline_markdown(scheme, UnitSettings(spans=True))
    assert "- **source** (key `s`)" in beside
    assert "otherwise" not in beside
    assert "### claim (key `c`)" in beside


def test_the_guideline_names_every_label_key_flag_and_edge_case(scheme):
    page = guideline_markdown(scheme)
    for label in scheme.labels:
        assert f"### {label.name} (key `{label.hotkey}`)" in page
        assert all(f"- Example: *{example}*" in page for example in label.examples)
    assert all(f"- **{flag.name}**: {flag.definition}" in page for flag in scheme.flags)
    assert all(f"| {case.id} | " in page for case in scheme.edge_cases)
