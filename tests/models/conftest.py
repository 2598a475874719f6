import os

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test asks the hub; read when it is imported


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Folder of an encoder that is small enough to be trained in a test."""
    from tiny_encoder import write_tiny_encoder

    return write_tiny_encoder(tmp_path_factory.mktemp("encoders") / "tiny")
