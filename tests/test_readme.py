"""What the README and the pages say must exist."""

import doctest
import re
from pathlib import Path

import pytest
import typer

from annotate.cli.app import app
from annotate.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"]
COMMANDS = typer.main.get_command(app).commands


def command_lines(text):
    code = re.findall(r"^ {4}(annotate .+)$", text, re.MULTILINE)
    return code + re.findall(r"`(annotate [a-z][^`]*)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_and_options_that_are_named_exist(page):
    for line in command_lines(page.read_text(encoding="utf-8")):
        words = line.split("#")[0].replace(" && ", " ; ").split(" ; ")[0].split()[1:]
        command = COMMANDS.get(words[0])
        if words[0] == "COMMAND":
            continue
        assert command is not None, line
        if hasattr(command, "commands") and len(words) > 1 and not words[1].startswith("-"):
            command = command.commands.get(words[1])
            assert command is not None, line
        known = {opt for p in command.params for opt in (*p.opts, *p.secondary_opts)} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, line


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_command_is_documented():
    reference = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in COMMANDS.items():
        assert f"`annotate {name}`" in reference
        for inner in getattr(command, "commands", {}):
            assert f"`annotate {name} {inner}`" in reference


def test_python_on_the_library_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make_a_desk(tmp_path)
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    for block in (*blocks[:3], blocks[4], blocks[3]):
        exec(compile(block, "docs/library.md", "exec"), names)  # noqa: S102  our own page
    assert "('claim', 'denial', 'neither')" in capsys.readouterr().out
    typed = re.findall(r"```pycon\n(.*?)```", page, re.DOTALL)
    session = doctest.DocTestParser().get_doctest("\n".join(typed), {}, "library.md", None, 0)
    told = doctest.DocTestRunner().run(session)
    assert told.attempted > 5, "the examples are gone"
    assert not told.failed, capsys.readouterr().out


def make_a_desk(folder):
    """What the page takes for granted: articles, annotations, a workspace with gold labels."""
    from annotate.resources import resource
    from annotate.workflows.demo import run_demo

    run_demo(folder / "desk", studio=False, seed=0, say=lambda _: None)
    (folder / "articles").symlink_to(resource("seeds/articles"))
    (folder / "annotations.jsonl").symlink_to(folder / "desk" / "annotations.jsonl")
    (folder / "models").mkdir()
    (folder / "models" / "first").symlink_to(folder / "desk" / "models" / "demo")
    assert Workspace.find(folder / "desk").has
