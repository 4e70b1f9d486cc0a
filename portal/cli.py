"""The console script `portal`: for people, jobs and tests alike. Names are English, help is Russian.

Each slice registers its own commands; a command sets `run`, which takes the parsed arguments and returns an exit code.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tenants.errors import DomainError

Register = Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None]  # noqa: SLF001 - argparse has no public name for it

COMMANDS = {
    "migrate": "portal.operations.migration_cli",
    "serve": "portal.operations.cli",
    "worker": "portal.operations.cli",
    "schedule": "portal.operations.cli",
    "doctor": "portal.operations.cli",
    "audit": "portal.operations.audit_cli",
    "region": "portal.organizations.cli",
    "organizations": "portal.organizations.cli",
    "users": "portal.accounts.cli",
    "roadmap": "portal.roadmaps.cli",
    "phrase": "portal.roadmaps.cli",
    "windows": "portal.submissions.cli",
    "edition": "portal.submissions.cli",
    "report": "portal.reports.cli",
    "data": "portal.subjects.cli",
    "servers": "portal.embedded.cli",
    "demo": "portal.embedded.cli",
}
"""Which module registers a command with `register(groups)`; only the one asked for is loaded, the help loads all."""


def parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser of one command, or of all where the command is not known."""
    top = argparse.ArgumentParser(prog="portal", description="Портал наставничества: команды для людей и заданий.")
    groups = top.add_subparsers(required=True, metavar="КОМАНДА", title="команды")
    for name in [COMMANDS[command]] if command in COMMANDS else dict.fromkeys(COMMANDS.values()):
        register: Register = import_module(name).register
        register(groups)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one clear line and exit code 1."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    chosen = parser(words[0] if words else "").parse_args(words)
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
