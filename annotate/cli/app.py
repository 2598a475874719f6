"""The command table. Bodies import what they need, so that help stays light."""

import typer

from annotate.cli import guide, judge, label, learn, prepare, studio, use

app = typer.Typer(
    name="annotate",
    help="Turn news articles into labelled sentences, and train a model whose score holds.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode="rich",
    epilog="Start with `annotate demo`. Every command explains itself: `annotate COMMAND --help`.",
)
for group in (prepare, label, judge, learn, use, guide):
    app.registered_commands += group.commands.registered_commands
app.add_typer(studio.commands, name="studio", rich_help_panel="Label")
