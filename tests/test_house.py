"""The rules of the house that no linter checks."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "annotate").rglob("*.py"))
HEAVY = (
    "datasets", "fastapi", "httpx", "label_studio_sdk", "matplotlib", "numpy", "pandas", "pyarrow",
    "sklearn", "skops", "spacy", "tokenizers", "torch", "transformers", "uvicorn", "yaml",
)  # fmt: skip


def ids(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=ids)
def test_modules_and_functions_are_small_enough_to_read(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 40, f"{node.name} has {lines} lines"


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert not {module.stem for module in MODULES} & drawers


def test_user_input_is_never_checked_by_assert():
    for module in MODULES:
        asserts = [n for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.Assert)]
        assert not asserts, module


@pytest.mark.parametrize("arguments", [["--help"], ["push", "--help"], ["studio", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys\n"
        f"sys.argv = ['annotate', *{arguments!r}]\n"
        "from annotate.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as done:\n    assert done.code == 0, done.code\n"
        f"print('HEAVY', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_package_fronts_are_narrow():
    for front in (ROOT / "annotate").rglob("__init__.py"):
        for node in ast.parse(front.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
                assert len(node.value.elts) <= 12, front
