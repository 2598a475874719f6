"""`python -m annotate`: the command line, where the program's own name is not at hand."""

from annotate.cli import main

if __name__ == "__main__":
    main()
