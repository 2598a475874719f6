"""Pretrained encoders by name or folder: found, checked, and loaded without running their code.

An encoder is three things: ``config.json``, ``tokenizer.json`` and safetensors. Nothing else of it
is read but how sentence-transformers would pool its vectors, so nothing of it can be run.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from annotate.errors import MissingExtraError, ModelError
from annotate.files import sha256_of, write_text

DEFAULT_ENCODER: Final = "sentence-transformers/all-MiniLM-L6-v2"
"""6 layers, 22 million weights, 90 MB: small enough to fine-tune on a CPU."""

Pooling = Literal["mean", "first", "max"]
"""How the vectors of the word pieces become one: `first` is that of the opening token."""

_CONFIG, _TOKENIZER, _POOLING = "config.json", "tokenizer.json", "1_Pooling/config.json"
_WEIGHTS: Final = "*.safetensors"
_WANTED: Final = [_CONFIG, _TOKENIZER, _POOLING, _WEIGHTS]
_LONGEST: Final = 4096
"""Word pieces; the upper end where an encoder names no limit of its own."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an encoder comes from.

    Attributes:
        name: on the Hugging Face hub, or a folder, as it was given.
        revision: commit on the hub; empty for a folder.
        digest: SHA-256 of the names and digests of all that is read of it, in hex.
    """

    name: str
    revision: str
    digest: str


@dataclass(frozen=True, slots=True)
class Encoder:
    """A network that turns word pieces into vectors, and what belongs to it.

    Attributes:
        body: of transformers; gives a vector for each word piece.
        tokenizer: of tokenizers; texts and pairs of texts to word pieces.
        pooling: how those vectors become one.
        longest: word pieces that it takes at most, the marks at the ends included.
        source: where it comes from.
    """

    body: Any
    tokenizer: Any
    pooling: Pooling
    longest: int
    source: Source

    @property
    def width(self) -> int:
        """Length of a vector."""
        return int(self.body.config.hidden_size)


def check_installed() -> None:
    """Refuse to go on without the libraries of the extra ``neural``.

    Raises:
        MissingExtraError: one of them is not installed.
    """
    try:
        import tokenizers  # noqa: F401
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError:
        raise MissingExtraError(extra="neural", package="torch and transformers") from None


def load_encoder(name: str, *, revision: str = "", digest: str = "") -> Encoder:
    """Load an encoder from a folder, from the cache of the Hugging Face hub, or from the hub.

    Args:
        name: of any encoder or sentence-transformers model on the hub, or a folder with one.
        revision: commit, branch or tag on the hub; empty for its newest.
        digest: refuse an encoder with another one; empty takes any.

    Raises:
        MissingExtraError: the extra ``neural`` is not installed.
        ModelError: it cannot be found, is no encoder, keeps its weights in files that can run
            code, or is not the one wanted.
    """
    check_installed()
    folder, revision = _located(name, revision)
    _check_complete(folder, name)
    found = folder_digest(folder)
    if digest and found != digest:
        msg = (
            f"{name}: this encoder is not the one that the model was trained with (its digest is "
            f"{found[:12]}, not {digest[:12]}). Put the former one back, or train the model again."
        )
        raise ModelError(msg)
    return read_encoder(folder, Source(name, revision, found))


def read_encoder(folder: Path, source: Source) -> Encoder:
    """Read an encoder from a folder that holds all of its files.

    Raises:
        ModelError: a file is damaged, weights are missing, or it is no encoder.
    """
    try:
        tokenizer, config = _tokenizer_and_config(folder)
        _check_kind(config, source.name)
        body, missing = _body(folder, config)
    except ModelError:
        raise
    except Exception as error:  # what the Rust libraries raise has no narrower class
        msg = (
            f"{source.name}: the encoder cannot be read ({_first_line(error)}). Copy it anew, or "
            "use another."
        )
        raise ModelError(msg) from error
    if missing:
        msg = f"{source.name}: the encoder lacks weights, such as {missing[0]}. Copy it anew."
        raise ModelError(msg)
    return Encoder(body, tokenizer, _pooling(folder), _limit(config), source)


def _tokenizer_and_config(folder: Path) -> tuple[Any, Any]:
    from tokenizers import Tokenizer
    from transformers import AutoConfig

    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return tokenizer, config


def _check_kind(config: Any, name: str) -> None:  # noqa: ANN401  transformers is not type-checked
    if getattr(config, "is_encoder_decoder", False) or config.pad_token_id is None:
        msg = f"{name}: this is no encoder, but a model that writes text. Use a kind of BERT."
        raise ModelError(msg)


def _body(folder: Path, config: Any) -> tuple[Any, list[str]]:  # noqa: ANN401
    """The network in float32, and the names of weights that it lacks.

    transformers would fill those with random numbers. It may do so with a BERT's pooler, of which
    no use is made here.
    """
    from transformers import AutoModel

    with _quiet():
        body, report = AutoModel.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
    missing = sorted(key for key in report["missing_keys"] if not key.startswith("pooler."))
    return body.float(), missing


def write_encoder(encoder: Encoder, folder: Path) -> None:
    """Write an encoder as a folder that `read_encoder` and transformers read."""
    folder.mkdir(parents=True)
    with _quiet():
        encoder.body.save_pretrained(folder, safe_serialization=True, max_shard_size="1TB")
    encoder.tokenizer.no_truncation()
    encoder.tokenizer.no_padding()
    encoder.tokenizer.save(str(folder / _TOKENIZER))
    (folder / _POOLING).parent.mkdir()
    modes = {"mean": "mean_tokens", "first": "cls_token", "max": "max_tokens"}
    flags = {f"pooling_mode_{mode}": encoder.pooling == name for name, mode in modes.items()}
    content = {"word_embedding_dimension": encoder.width, **flags}
    write_text(folder / _POOLING, json.dumps(content, indent=2) + "\n")


def folder_digest(folder: Path) -> str:
    """SHA-256 of the names and digests of the files of an encoder that are read, in hex."""
    files = sorted(path for pattern in _WANTED for path in folder.glob(pattern))
    listed = "".join(f"{path.relative_to(folder).as_posix()} {sha256_of(path)}\n" for path in files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _located(name: str, revision: str) -> tuple[Path, str]:
    """The folder of an encoder, fetched from the hub where it must be, and its commit there."""
    if Path(name).is_dir():
        return Path(name), ""
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(name, revision=revision or None, allow_patterns=_WANTED)
    except (OSError, ValueError) as error:  # the hub's errors are of these two kinds
        at = f" --revision {revision}" if revision else ""
        msg = (
            f"There is no folder {name!r}, and no encoder of that name could be fetched from the "
            f"Hugging Face hub ({_first_line(error)}). Check the name, run `hf download {name}{at}`"
            " where the hub can be reached, or name a folder that holds an encoder."
        )
        raise ModelError(msg) from None
    return Path(found), Path(found).name


def _check_complete(folder: Path, name: str) -> None:
    for file in (_CONFIG, _TOKENIZER):
        if not (folder / file).is_file():
            msg = (
                f"{name}: {file} is missing, so this is no encoder that can be read. Save it with "
                "the `save_pretrained` of transformers, model and fast tokenizer both."
            )
            raise ModelError(msg)
    if not any(folder.glob(_WEIGHTS)):
        msg = (
            f"{name}: there is no *.safetensors, and weights in other files (such as "
            "pytorch_model.bin) can run code. Use an encoder that has them, or convert it first."
        )
        raise ModelError(msg)


def _pooling(folder: Path) -> Pooling:
    """What sentence-transformers would do; the mean where the encoder does not say."""
    try:
        found = json.loads((folder / _POOLING).read_bytes())
    except (OSError, ValueError):
        return "mean"
    mode = found.get("pooling_mode") if isinstance(found, dict) else None
    if mode == "cls" or (isinstance(found, dict) and found.get("pooling_mode_cls_token") is True):
        return "first"
    if mode == "max" or (isinstance(found, dict) and found.get("pooling_mode_max_tokens") is True):
        return "max"
    return "mean"


def _limit(config: Any) -> int:  # noqa: ANN401  transformers is not type-checked
    """Word pieces that there are positions for.

    RoBERTa and its kin count positions from behind that of the padding.
    """
    positions = getattr(config, "max_position_embeddings", None) or _LONGEST
    odd = positions % 8  # 514 for 512, 130 for 128
    return min(int(positions) - odd, _LONGEST)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' bars and remarks: what matters of them is checked here."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
