"""`banger`: the command line. Each command lives in commands/, a few lines over the library."""

import sys
from typing import Annotated

import typer

from banger_pipeline import __version__
from banger_pipeline.commands import (
    backtest,
    bench,
    dagster,
    demo,
    doctor,
    export,
    folders,
    index,
    models,
    people,
    pick,
    question,
    rate,
    ratings,
    reset,
    scenes,
    search,
    settings,
    show,
    studio,
    taste,
    train,
    triage,
    why,
)
from banger_pipeline.commands.output import say
from banger_pipeline.commands.system_errors import explained
from banger_pipeline.errors import BangerError
from banger_pipeline.places import Places

app = typer.Typer(
    name="banger",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(demo.demo)
app.command()(folders.add)
app.command()(folders.remove)
app.command()(folders.folders)
app.command()(index.index)
app.command()(index.plan)
app.command()(show.status)
app.command()(show.problems)
app.command()(rate.rate)
app.command()(studio.studio)
app.command()(train.train)
app.command()(pick.pick)
app.command()(why.why)
app.command()(scenes.scenes)
app.command(context_settings=search.AS_SAID)(search.search)
app.command()(export.export)
app.command()(export.verify)
app.command()(dagster.dagster)
app.command()(question.sql)
app.command()(backtest.backtest)
app.command()(bench.bench)
app.command()(doctor.doctor)
app.command()(reset.reset)
app.add_typer(models.app, name="models")
app.add_typer(ratings.app, name="ratings")
app.add_typer(people.app, name="people")
app.add_typer(settings.app, name="settings")
app.add_typer(taste.app, name="taste")
app.add_typer(triage.app, name="triage")


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"banger {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Say which version this is.")
    ] = False,
) -> None:
    """Cull photos on your own machine: point it at your folders, get verified keepers out. Originals are never written."""


def main() -> None:
    """Run one command; errors meant for the user are printed plainly and end with their own exit code."""
    try:
        app()
    except BangerError as error:
        say(f"banger: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        refused = explained(error, Places.from_environment())
        if refused is None:
            raise
        say(f"banger: {refused}")
        sys.exit(refused.exit_code)
    except KeyboardInterrupt:
        say("banger: stopped. What was finished is kept; run the same command to go on.")
        sys.exit(130)


if __name__ == "__main__":
    main()
