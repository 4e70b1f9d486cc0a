"""A real PostgreSQL 15, the oldest server we promise, where Debian's is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")
NOBODY = 65534


@contextmanager
def postgres_15() -> Iterator[str]:
    """Run a cluster of its own; yields the administrator's address."""
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        os.chown(folder, NOBODY, NOBODY)
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}

    def run(*command: str) -> None:
        subprocess.run([str(BINARIES / command[0]), *command[1:]], check=True, stdout=subprocess.DEVNULL, **who)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses= -c fsync=off -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
