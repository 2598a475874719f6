from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.dataset import Making, read_dataset, read_examples, summarise, write_dataset
from annotate.dataset.certificate import (
    CarelessScore,
    Certificate,
    ClosePair,
    QuotedOnBothSides,
)
from annotate.errors import InputError, SplitError, UnknownLabelError
from annotate.records import Example
from annotate.resources import resource
from annotate.scheme import Scheme

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
SPLIT_OF_GROUP = {"g0": "train", "g1": "validation", "g2": "test"}
ODD = "“No,” he said. 😀 e\u0301\n| <b> שלום"


def example(number, group="g0", label="claim", **fields):
    fields.setdefault("text", f"Sentence {number}.")
    return Example(id=f"e{number}", label=label, group=group, split=SPLIT_OF_GROUP[group], **fields)


FULL = example(
    1,
    text=ODD,
    before="Before.",
    after="After.",
    title="Title",
    outlet="The | Herald",
    published=datetime(2024, 11, 11, 10, 30, tzinfo=UTC),
    kind="headline",
    position=0.25,
    flags=("nested", "mixed"),
    votes={"claim": 2, "denial": 1},
    scores={"claim": 0.75, "denial": 0.25},
    document_id="d1",
    part="title",
    start=0,
    end=len(ODD),
    stream="chosen",
)
EXAMPLES = [FULL, example(2, "g1", "denial"), example(3, "g2", "neither"), example(4, "g2")]

texts = st.text(min_size=1, max_size=20)
optional = st.none() | texts
examples_strategy = st.lists(
    st.builds(
        Example,
        id=texts,
        text=texts,
        label=st.sampled_from(SCHEME.label_names),
        group=st.sampled_from(sorted(SPLIT_OF_GROUP)),
        before=st.text(max_size=9),
        after=st.text(max_size=9),
        title=optional,
        outlet=optional,
        published=st.none() | st.datetimes(timezones=st.just(UTC)),
        kind=st.sampled_from(["body", "headline", "article"]),
        position=st.none() | st.floats(0, 1),
        flags=st.lists(texts, max_size=2).map(tuple),
        votes=st.dictionaries(st.sampled_from([*SCHEME.label_names, "left"]), st.integers(0, 9)),
        scores=st.dictionaries(st.sampled_from(SCHEME.label_names), st.floats(0, 1)),
        document_id=optional,
        part=st.none() | st.sampled_from(["body", "title"]),
        start=st.none() | st.integers(0, 10**6),
        end=st.none() | st.integers(0, 10**6),
        stream=st.sampled_from(["none", "chosen"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.id,
)


def write(folder, examples=EXAMPLES, **fields):
    making = Making(SCHEME, **{"seed": 7, "grouped_by": "family", **fields})
    return write_dataset(folder, examples, making=making)


def test_what_is_written_is_read_back(tmp_path):
    write(tmp_path / "dataset")
    assert read_dataset(tmp_path / "dataset") == EXAMPLES
    assert read_examples(tmp_path / "dataset", labels=SCHEME.label_names) == EXAMPLES


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=examples_strategy)
def test_any_examples_survive_the_folder(tmp_path, found):
    found = [one.model_copy(update={"split": SPLIT_OF_GROUP[one.group]}) for one in found]
    write(tmp_path / "dataset", found)
    key = {split: place for place, split in enumerate(SPLIT_OF_GROUP.values())}
    assert read_dataset(tmp_path / "dataset") == sorted(found, key=lambda one: key[one.split])


def test_hugging_face_datasets_loads_it(tmp_path):
    import datasets

    write(tmp_path / "dataset")
    datasets.disable_progress_bars()
    found = datasets.load_dataset(str(tmp_path / "dataset"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in found.items()} == {
        "train": 1,
        "validation": 1,
        "test": 2,
    }
    label = found["train"].features["label"]
    assert isinstance(label, datasets.ClassLabel)
    assert tuple(label.names) == SCHEME.label_names
    row = found["train"][0]
    assert label.int2str(row["label"]) == "claim"
    assert (row["text"], row["published"], row["flags"]) == (
        ODD,
        FULL.published,
        ["nested", "mixed"],
    )
    assert row["votes"] == {"claim": 2, "denial": 1, "neither": None}
    assert set(row) == set(Example.model_fields) - {"split"}


def test_the_same_examples_give_the_same_bytes(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b")
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert [file.name for file in files] == [
        "README.md",
        "croissant.json",
        "test-00000-of-00001.parquet",
        "train-00000-of-00001.parquet",
        "validation-00000-of-00001.parquet",
    ]
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_card_holds_the_counts_and_no_path(tmp_path):
    write(tmp_path / "dataset", undecided=3, without_gold=1200)
    card = (tmp_path / "dataset" / "README.md").read_text(encoding="utf-8")
    header = yaml.safe_load(card.split("---\n")[1])
    assert [entry["split"] for entry in header["configs"][0]["data_files"]] == [
        "train",
        "validation",
        "test",
    ]
    assert header["dataset_info"]["splits"][2]["num_examples"] == 2
    # columns: sentences, share, groups, articles, then claim, denial, neither
    assert "| train | 1 | 25.0% | 1 | 1 | 1 | 0 | 0 |" in card
    assert "| test | 2 | 50.0% | 1 | not known | 1 | 0 | 1 |" in card
    assert "| all | 4 | 100.0% | 3 | 1 | 2 | 1 | 1 |" in card
    assert "Published from 2024-11-11 to 2024-11-11" in card
    assert r"| The \| Herald | 1 |" in card
    assert "| not known | 3 |" in card
    assert "| 3 | 1 |" in card  # one sentence has 2 + 1 votes
    assert "Of the 1 sentences that several annotators labelled, 0 (0.0%)" in card
    assert "3 tasks are left out: their annotators disagree" in card
    assert "1,200 tasks are left out: nobody has labelled them" in card
    assert "Seed of the split: 7" in card
    assert str(tmp_path) not in card


def test_summary_counts():
    found = summarise(
        [*EXAMPLES, example(5, votes={"claim": 2}, outlet="Post"), example(6, outlet="Post")],
        SCHEME.label_names,
    )
    assert list(found.splits) == ["train", "validation", "test"]
    assert (found.whole.examples, found.whole.groups, found.whole.documents) == (6, 3, 1)
    assert found.outlets == {"Post": 2, "The | Herald": 1}
    assert (found.votes, found.double_labelled, found.unanimous) == ({2: 1, 3: 1}, 2, 1)


def test_a_failed_write_leaves_the_old_data_set(tmp_path):
    write(tmp_path / "dataset")
    with pytest.raises(UnknownLabelError, match="Example e9: 'maybe'"):
        write(tmp_path / "dataset", [*EXAMPLES, example(9, label="maybe")])
    assert read_dataset(tmp_path / "dataset") == EXAMPLES


@pytest.mark.parametrize("found", [[], [EXAMPLES[0].model_copy(update={"split": None})]])
def test_examples_without_split_are_refused(tmp_path, found):
    with pytest.raises(SplitError, match="no example with a split"):
        write(tmp_path / "dataset", found)
    assert not (tmp_path / "dataset").exists()


def test_a_split_without_examples_has_no_file(tmp_path):
    write(tmp_path / "dataset", [EXAMPLES[0], EXAMPLES[2]])
    names = sorted(path.name.split("-")[0] for path in (tmp_path / "dataset/data").iterdir())
    assert names == ["test", "train"]


def test_no_data_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="no data set there"):
        read_dataset(tmp_path)


def test_a_truncated_file_is_refused(tmp_path):
    write(tmp_path / "dataset")
    path = tmp_path / "dataset/data/train-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="not a readable Parquet file"):
        read_dataset(tmp_path / "dataset")


CERTIFICATE = Certificate(
    families=3,
    most_similar=ClosePair(test="d3", learn="d1", similarity=0.25, containment=0.5),
    most_contained=ClosePair(test="d3", learn="d2", similarity=0.1, containment=0.75),
    quotations=(QuotedOnBothSides(test="d3", start=5, end=99, words=17, learn="d1"),),
    sentences=2,
    long_sentences=1,
    test_sentences=2,
    recipe="linear",
    scored=400,
    seed=7,
    scores=(
        CarelessScore(
            split="sentence", macro_f1=0.9, test=400, above_family=0.2, low=0.15, high=0.25
        ),
        CarelessScore(split="time", problem="no article has a date"),
    ),
)


def test_card_and_certificate_say_what_the_splits_share(tmp_path):
    write(tmp_path / "dataset", certificate=CERTIFICATE, licence="cc-by-4.0", agreement="Alpha.",
          annotators={"annotator-1": 1200})  # fmt: skip
    card = (tmp_path / "dataset" / "README.md").read_text("utf-8")
    assert "Families of articles on both sides: 0 of 3" in card
    assert "shares 25.0% of its runs of three words (`d3`, `d1`)" in card
    assert "the most that one holds of another is 75.0%" in card
    assert "on both sides: 1, in 1 test articles" in card
    assert "| sentence | 0.900 | 400 | +0.200 [+0.150, +0.250] |" in card
    assert "| time | – | – | not measured: no article has a date |" in card
    assert "| annotator-1 | 1,200 |" in card
    assert "Alpha." in card
    assert yaml.safe_load(card.split("---\n")[1])["license"] == "cc-by-4.0"
    written = (tmp_path / "dataset" / "certificate.json").read_text("utf-8")
    assert Certificate.model_validate_json(written) == CERTIFICATE


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # what mlcroissant calls
@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlcroissant")
def test_croissant_metadata_is_valid_and_leads_to_the_rows(tmp_path):
    croissant = pytest.importorskip("mlcroissant")
    write(tmp_path / "dataset", licence="cc-by-4.0")
    found = croissant.Dataset(jsonld=str(tmp_path / "dataset" / "croissant.json"))
    assert not found.metadata.issues.errors
    # citeAs and datePublished are recommended; a data set that is not published has neither.
    assert len(found.metadata.issues.warnings) == 2
    (row,) = found.records("train")
    assert row["train/text"].decode() == ODD
    assert (row["train/label"], row["train/start"]) == (0, 0)
    assert list(row["train/flags"]) == [b"nested", b"mixed"]
