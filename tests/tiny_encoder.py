"""A BERT small enough to be trained in a test, made on the spot."""

import json

WORDS = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] . , ' \" | ##s ##ed the a said says that bridge minister club "
    "denied reported would open was shut it rained on for days source he report"
).split()


def write_tiny_encoder(folder, *, seed=0, layers=2):
    """An untrained encoder with a WordPiece vocabulary of its own, as transformers saves it."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list("0123456789")
    pieces = [*dict.fromkeys([*WORDS, *letters, *(f"##{letter}" for letter in letters)])]
    places = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(places, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", places["[SEP]"]), ("[CLS]", places["[CLS]"])
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        BertModel(config).save_pretrained(folder)
    (folder / "README.md").write_text(json.dumps({"made": "in a test"}), encoding="utf-8")
    return folder
