"""The console script `portal`: for people, jobs and tests alike. Names are English, help is Russian.

Each slice registers its own commands; a command sets `run`, which takes the parsed arguments and returns an exit code.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tenants.errors import DomainError

Register = Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None]  # noqa: SLF001 - argparse has no public name for it

SLICES = (
    "portal.operations.cli",
    "portal.organizations.cli",
    "portal.accounts.cli",
    "portal.roadmaps.cli",
    "portal.submissions.cli",
    "portal.reports.cli",
    "portal.embedded.cli",
)
"""Modules with `register(groups)`."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog="portal", description="Портал наставничества: команды для людей и заданий.")
    groups = top.add_subparsers(required=True, metavar="КОМАНДА", title="команды")
    for name in SLICES:
        register: Register = import_module(name).register
        register(groups)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one clear line and exit code 1."""
    chosen = parser().parse_args(arguments)
    try:
        code: int | None = chosen.run(chosen)
    except DomainError as error:
        sys.stderr.write(f"portal: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return code or 0


if __name__ == "__main__":
    sys.exit(main())
