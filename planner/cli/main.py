"""The command `planner`: subcommands are imported only when they are called."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from planner import __version__
from planner.attempts import TRACEBACK, reason, show_traceback
from planner.cli.output import discard, keep_streams_open
from planner.errors import Interrupted, PlannerError

COMMANDS = {
    "init": ("planner.cli.init", "Write a new workbook or an example."),
    "check": ("planner.cli.check", "Report every fault of a workbook, cell by cell."),
    "size": ("planner.cli.size", "Convert megawatts to systems, on every basis."),
    "plan": ("planner.cli.plan", "Make an optimal, checked plan from a workbook."),
    "compare": ("planner.cli.compare", "Compare plans or scenarios."),
    "sweep": ("planner.cli.sweep", "Plan many what-ifs: random draws, grids, scenarios."),
    "verify": ("planner.cli.verify", "Check a saved plan against its workbook."),
    "report": ("planner.cli.report", "Rewrite the reports and figures of a saved plan."),
    "explain": ("planner.cli.explain", "Explain bottlenecks, lateness and what to ask for."),
    "quote": ("planner.cli.quote", "Compute what can be promised, by when, with proof."),
    "formulas": ("planner.cli.formulas", "Print the model's formulation."),
    "doctor": ("planner.cli.doctor", "Check that this machine can plan."),
}
"""Every command: its module, which defines `command`, and its line in the help."""


DEFECT = 70
"""Exit code of an internal error, the same as of a solver failure."""

REPORT_IT = (
    "This is a defect of the planner, not of your inputs: please report it. With "
    f"{TRACEBACK}=1 in the environment the command prints where it fails"
)


class Chapters(click.Group):
    """A click group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
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
    """Run the command; every error ends in a message and an exit code, never a traceback."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    keep_streams_open()
    read: dict[str, Path] = {}
    code: Any = 0
    try:
        code = planner.main(args=arguments, prog_name="planner", standalone_mode=False, obj=read)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        # Click turns a broken pipe, which can only be one of our own processes, into SystemExit.
        is_hidden = isinstance(error, SystemExit) and error.__context__ is not None
        raised = error.__context__ if is_hidden else error
        failed = _failed(
            raised or error, read.get("workbook"), as_json="--json" in (arguments or sys.argv[1:])
        )
        # The command may have succeeded while its output could not be flushed.
        code = code or failed
    _end(code if isinstance(code, int) else 0)


def _failed(error: BaseException, workbook: Path | None, *, as_json: bool) -> int:
    """Report the error that ended a command, with --json also as JSON; return the exit code."""
    from planner.cli import failures  # noqa: PLC0415  (not needed where nothing fails)

    code = PlannerError.exit_code
    if isinstance(error, click.ClickException):
        failures.show_usage_error(error)
        text, code = error.format_message(), error.exit_code
    elif isinstance(error, click.Abort | KeyboardInterrupt):
        text, code = "interrupted; no file is incomplete", Interrupted.exit_code
    elif isinstance(error, PlannerError):
        text, code = str(error), error.exit_code
        # Do not report the same failed write again when Python closes the file.
        sys.unraisablehook = lambda unraisable: None
    elif isinstance(error, OSError):
        text = (
            f"system error: {error}. Check the free disk space and the permissions of files "
            "and folders"
        )
    elif isinstance(error, MemoryError):
        text = (
            "not enough memory. Plan fewer or longer periods (settings, period), or set counts "
            "to continuous"
        )
    else:
        show_traceback(error)
        text, code = f"the planner failed: {reason(error)}. {REPORT_IT}", DEFECT
    if not isinstance(error, click.ClickException):
        click.echo(text, err=True)
    if as_json:
        with suppress(OSError):
            click.echo(failures.document(error, text, code, workbook))
    if isinstance(error, OSError):
        _drop_output()
    return code


SOLVER_THREADS = ("Thread-", "ThreadPoolExecutor-")
"""Prefixes of the names of threads in which a solver may run."""


def _end(code: int) -> None:
    """End the process, at once if an abandoned solver thread still runs.

    Python would wait for that thread, or abort while shutting down underneath it.
    """
    highs_thread = sys.modules.get("planner.solve.highs_thread")
    is_left = highs_thread is not None and highs_thread.is_abandoned_solver_running()
    if code == Interrupted.exit_code:
        is_left |= any(t.name.startswith(SOLVER_THREADS) for t in threading.enumerate())
    if is_left:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _drop_output() -> None:
    """Discard output that cannot be written, so that Python does not retry it at exit."""
    sys.unraisablehook = lambda unraisable: None
    with suppress(OSError, ValueError):
        discard(sys.stdout.fileno())


if __name__ == "__main__":
    main()
