"""The command line: `main` is the one place where an error becomes a line and an exit code.

Nothing is imported here but what Python has loaded already: until `main` runs, Ctrl-C would be
answered with a traceback.
"""

import sys

INTERRUPTED = 130
_STOPPED = "Stopped. No file is half-written; run the command again."


def main() -> None:
    """Run the command line. Errors made on purpose become one line; bugs keep their traceback."""
    try:
        _run()
    except KeyboardInterrupt:
        _say(_STOPPED)
        sys.exit(INTERRUPTED)


def _run() -> None:
    from annotate.errors import AnnotateError

    try:
        from annotate.cli.app import app

        app()
    except SystemExit as done:
        if done.code == INTERRUPTED:  # the command line's own answer to Ctrl-C, which is silent
            _say(_STOPPED)
        raise
    except AnnotateError as error:
        _say(f"error: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"error: {where}{error.strerror or error}. Check the path, its rights and the disk.")
        sys.exit(1)


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
