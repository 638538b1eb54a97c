"""The command `planner`: a table of contents whose chapters are imported when they are opened."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from planner import __version__
from planner.errors import PlannerError

COMMANDS = {
    "init": ("planner.cli.init", "Write a workbook to begin with."),
    "check": ("planner.cli.check", "Report every fault of a workbook, cell by cell."),
    "size": ("planner.cli.size", "Turn megawatts into systems, on every basis."),
    "plan": ("planner.cli.plan", "Make an optimal, checked plan from a workbook."),
    "compare": ("planner.cli.compare", "Put plans or scenarios side by side."),
    "sweep": ("planner.cli.sweep", "Plan many what-ifs: draws, grids, scenarios."),
    "verify": ("planner.cli.verify", "Check a saved plan against its workbook."),
    "report": ("planner.cli.report", "Write a saved plan's reports and figures again."),
    "explain": ("planner.cli.explain", "Say what binds, why late, and what to ask for."),
    "quote": ("planner.cli.quote", "Say what can be promised, by when, with the proof."),
    "formulas": ("planner.cli.formulas", "Print the model's formulation."),
    "doctor": ("planner.cli.doctor", "Check that this machine can plan."),
}
"""Every command: its module, which defines `command`, and its line in the help."""


class Chapters(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


@click.group(cls=Chapters, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="planner")
def planner() -> None:
    """Plan data-centre capacity: what to order, ship, install and open, where and when.

    \b
    Begin with:  planner init my-plan.xlsx
                 planner check my-plan.xlsx
                 planner plan my-plan.xlsx
    """  # noqa: D301  (the backspace keeps click from joining the lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; an error of ours ends in its message and exit code, never a traceback."""
    try:
        code: Any = planner.main(args=arguments, prog_name="planner", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was written", err=True)
        code = 130
    except PlannerError as error:
        click.echo(str(error), err=True)
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
