"""What is shipped is found, from a wheel as from a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from annotate.resources import resource

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = (
    "schemas/labels.yaml",
    "schemas/task.schema.json",
    "seeds/articles/01-private-calls.txt",
    "seeds/annotations.json",
    "requirements-studio.lock",
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The content of a wheel built from this checkout, as an installation has it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("annotate_news-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", SHIPPED)
def test_resources_are_found_in_the_checkout(name):
    assert resource(name) == ROOT / name


def test_resources_are_found_in_a_wheel(unpacked, tmp_path):
    code = (
        "from annotate.resources import resource\n"
        f"for name in {SHIPPED!r}:\n    print(resource(name))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
    )
    for name, found in zip(SHIPPED, done.stdout.splitlines(), strict=True):
        assert Path(found) == unpacked / "annotate" / "_resources" / name
        assert Path(found).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_has_types_templates_and_nothing_of_the_tests(unpacked):
    assert (unpacked / "annotate" / "py.typed").is_file()
    assert (unpacked / "annotate" / "evaluation" / "report.html.j2").is_file()
    assert sorted(path.name for path in unpacked.iterdir()) == [
        "annotate",
        "annotate_news-0.1.0.dist-info",
    ]


def test_the_demo_runs_from_a_wheel(unpacked, tmp_path):
    code = "from annotate.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "--no-studio"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "recorded passes" in done.stdout
