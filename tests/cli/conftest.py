import os
import sys
from dataclasses import dataclass

import pytest

from annotate.cli import main


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `annotate ARGUMENTS` in a folder of its own and return what a user would see."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("LABEL_STUDIO", "ANNOTATE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANNOTATE_STUDIO_HOME", str(tmp_path / "no-studio"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["annotate", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as done:
            code = done.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(code, out, err)

    return call
