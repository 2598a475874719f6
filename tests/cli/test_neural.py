"""Recipes with a neural network from the command line; the plain tests see what is refused."""

import importlib.util
import json

import pytest

LABELS = ("claim", "denial", "neither")
WORDS = {"claim": "said it was shut", "denial": "denied it", "neither": "rained"}
INSTALLED = importlib.util.find_spec("torch") is not None


@pytest.fixture
def examples(tmp_path):
    rows = [
        {"id": f"s{i}", "text": f"He {WORDS[LABELS[i % 3]]} {i}.", "label": LABELS[i % 3],
         "group": f"g{i // 3}"}
        for i in range(48)
    ]  # fmt: skip
    path = tmp_path / "e.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.skipif(INSTALLED, reason="the extra neural is installed")
def test_a_missing_extra_is_named_with_its_command(run, examples):
    done = run("train", "--recipe", "encoder", "--examples", examples, "--output", "m")
    assert done.code == 1
    assert 'pip install -e ".[neural]"' in done.err


def test_options_of_other_recipes_are_refused(run, examples):
    done = run("train", "--encoder", "x", "--examples", examples, "--output", "m")
    assert done.code == 1
    assert "The recipe linear takes no --encoder" in done.err
    done = run("evaluate", "m", "--epochs", 2, "--examples", examples)
    assert done.code == 2
    assert "--folds" in done.err


@pytest.mark.neural
def test_an_encoder_is_trained_kept_and_scored(run, examples, tmp_path):
    pytest.importorskip("torch")
    from tiny_encoder import write_tiny_encoder

    tiny = write_tiny_encoder(tmp_path / "tiny")
    options = ("--encoder", tiny, "--epochs", 3, "--learning-rate", 0.005, "--batch-size", 8)
    done = run("train", "--recipe", "ensemble", *options, "--examples", examples, "-o", "m")
    assert done.code == 0, done.err
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert "epoch: " in card
    done = run("evaluate", "m", "--examples", examples, "--json")
    assert done.code == 0, done.err
    assert 0 < json.loads(done.out)["macro_f1"] <= 1
    done = run("evaluate", "--folds", 2, "--recipe", "linear", "--against", "encoder", *options,
               "--examples", examples, "--json")  # fmt: skip
    assert done.code == 0, done.err
    assert "encoder" in [one["name"] for one in json.loads(done.out)["findings"]["beside"]]
    done = run("train", "--recipe", "embedding", "--no-keep-encoder", "--encoder", tiny,
               "--examples", examples, "-o", "n")  # fmt: skip
    assert done.code == 0, done.err
    assert not (tmp_path / "n" / "encoder").exists()
