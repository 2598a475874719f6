"""Every command's help page opens, and reads as it was written."""

import itertools

import pytest
import typer

from annotate.cli.app import app


def commands(command, names=()):
    yield names, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*names, name))


PAGES = dict(commands(typer.main.get_command(app)))
WIDTH = 80


@pytest.mark.parametrize("names", PAGES, ids=" ".join)
def test_a_help_page_says_all_in_whole_lines(run, monkeypatch, names):
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    done = run(*names, "--help")
    assert (done.code, done.err) == (0, "")
    prose = done.out.partition("╭")[0].split("Usage:", 1)[1]
    assert " ".join(PAGES[names].help.replace("`", "").split()) in " ".join(prose.split())
    for paragraph in prose.split("\n" + " " * WIDTH + "\n")[1:]:
        lines = [line.strip() for line in paragraph.splitlines()]
        for line, following in itertools.pairwise(lines):
            room = WIDTH - 2 - len(line)
            assert len(following.split(" ")[0]) >= room, f"broken after {line!r}"
