"""Label Studio in a virtual environment of its own: it pins exact versions of what we use too."""

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from annotate.errors import StudioError
from annotate.files import write_text
from annotate.labelstudio.home import LOCK_FILE, StudioHome, exclusive
from annotate.resources import resource

Progress = Callable[[str], None]
"""Is told, in a line of text, what is being done."""

_COMPLETE = "annotate-complete"
_LAST_LINES, _LONGEST_LINE = 6, 200
_REMEDIES = {
    r"No space left|Disk quota": ("The disk is full: free about 1.5 GB and run the command again."),
    r"name resolution|nodename nor servname|NewConnectionError|Network is unreachable|timed out|"
    r"Connection refused|ProxyError": (
        "The package index cannot be reached: check the network (and HTTPS_PROXY, if you need "
        "one), then run the command again."
    ),
    r"DO NOT MATCH THE HASHES": (
        "A downloaded package is not the one that was pinned: run the command again, and if that "
        "does not help, ask whoever runs your package index."
    ),
    r"ensurepip|No module named venv": (
        "This Python lacks the venv module: install it (on Debian and Ubuntu: "
        "`sudo apt install python3-venv`) and run the command again."
    ),
    r"No matching distribution|Requires-Python": (
        "Label Studio is pinned for Python 3.11 to 3.13 on Linux and macOS: run annotate with one "
        "of these, on a package index that has all of PyPI."
    ),
}


def pinned_version() -> str:
    """The release of Label Studio that this version of annotate installs, such as "1.23.2"."""
    pins = resource(LOCK_FILE).read_text(encoding="utf-8")
    found = re.search(r"^label-studio==(\S+)", pins, re.MULTILINE)
    if found is None:
        msg = f"{LOCK_FILE} does not name Label Studio. Install annotate again."
        raise StudioError(msg)
    return found[1]


def is_installed(home: StudioHome) -> bool:
    """Whether the pinned Label Studio is there, whole, and its Python still exists."""
    return (home.venv / _COMPLETE).is_file() and (home.venv / "bin" / "python").exists()


def install(home: StudioHome, progress: Progress) -> None:
    """Install Label Studio, unless it is there; an installation that was cut off is done again.

    Args:
        home: where to.
        progress: is told what goes on; not called when there is nothing to do.

    Raises:
        StudioError: it could not be installed; the message ends with the last lines of pip.
    """
    if is_installed(home):
        return
    with exclusive(home.installation / "install.lock"):
        if is_installed(home):  # by the process that we waited for
            return
        progress(
            f"Installing Label Studio {pinned_version()}: about a minute, only the first time."
        )
        try:
            _build(home.venv, progress)
        except (StudioError, OSError) as error:
            shutil.rmtree(home.venv, ignore_errors=True)
            if isinstance(error, StudioError):
                raise
            raise StudioError(_failure([str(error)])) from None
        progress(f"Label Studio {pinned_version()} is installed.")


def _build(venv: Path, progress: Progress) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(venv)], lambda _: None)
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--require-hashes"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    _run([*command, "--requirement", str(resource(LOCK_FILE))], _stages(progress))
    write_text(venv / _COMPLETE, pinned_version() + "\n")


def _stages(progress: Progress) -> Progress:
    """What to do with pip's lines: it says much, of which three things matter here."""
    pins = resource(LOCK_FILE).read_text(encoding="utf-8")
    wanted = len(re.findall(r"^\S+==", pins, re.MULTILINE))
    seen = 0

    def note(line: str) -> None:
        nonlocal seen
        if line.startswith("Collecting "):
            seen += 1
            if seen % 40 == 0:
                progress(f"{seen} of about {wanted} packages fetched.")
        elif line.startswith("Building wheels"):
            progress("Building the few packages that come as source.")
        elif line.startswith("Installing collected packages"):
            progress("Unpacking the packages.")

    return note


def _run(command: Sequence[str], note: Progress) -> None:
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with subprocess.Popen(
        command,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                last.append(line.rstrip())
                note(line.strip())
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise StudioError(_failure(list(last)))


def _environment() -> dict[str, str]:
    """Ours, with its proxies and package index, less what would lead pip out of the venv."""
    misleading = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    return {key: value for key, value in os.environ.items() if key not in misleading}


def _failure(lines: Sequence[str]) -> str:
    text = "\n".join(line for line in lines if line)
    remedy = next(
        (words for pattern, words in _REMEDIES.items() if re.search(pattern, text)),
        "Correct what pip complains about, then run the command again.",
    )
    said = "\n".join(line[:_LONGEST_LINE] for line in _masked(text).splitlines())
    return f"Label Studio could not be installed. {remedy} pip said last:\n{said}"


def _masked(text: str) -> str:
    """The words of pip without the password of a package index, should its address hold one."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", text)
