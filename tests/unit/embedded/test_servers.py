import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from portal.embedded import ServerFailedError, scratch_directory
from portal.embedded.places import SOCKET_PATH_BYTES
from tests.unit.embedded.conftest import KINDS, Kind

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses the user of its servers")


def test_a_server_answers_inside_the_with_and_is_gone_after_it(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        kind.write(server, "слово")
        assert kind.read(server) == "слово"

    assert not server.process.alive
    assert kind.status(directory) is None


def test_what_was_written_is_there_at_the_next_start(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        kind.write(server, "первый день")

    with kind.start(directory) as server:
        assert kind.read(server) == "первый день"


def test_a_second_start_finds_the_running_server_and_does_not_stop_it(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        with kind.start(directory) as found:
            assert found.process == server.process

        assert server.process.alive


def test_a_released_server_stands_until_it_is_stopped_by_name(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        server.release()
    # A child that has ended stays a zombie until it is waited for; release() gave that up.
    assert server.process.alive

    with kind.start(directory) as found:
        assert found.process == server.process
    assert server.process.alive

    assert kind.stop(directory) is True
    assert kind.stop(directory) is False
    os.waitpid(server.process.pid, 0)


def test_a_killed_server_starts_again_with_its_data(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        kind.write(server, "до сбоя")
        os.kill(server.process.pid, signal.SIGKILL)

        with kind.start(directory) as again:
            assert again.process != server.process
            assert kind.read(again) == "до сбоя"


@pytest.mark.parametrize("name", list(KINDS))
def test_a_server_whose_program_was_killed_is_inherited_and_stopped(name: str, directory: Path) -> None:
    program = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from tests.unit.embedded.conftest import KINDS
        KINDS[sys.argv[1]].start(Path(sys.argv[2]))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", program, name, str(directory)], cwd=root, check=False)
    assert ended.returncode == -signal.SIGKILL
    orphan = KINDS[name].status(directory)
    assert orphan is not None

    with KINDS[name].start(directory) as server:
        assert server.process == orphan.process

    assert not orphan.process.alive


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(kind: Kind) -> None:
    with scratch_directory() as scratch:
        deep = scratch / ("очень-длинное-имя-" * 3) / ("ещё-длиннее-" * 4)
        deep.parent.mkdir(parents=True)
        with kind.start(deep) as server:
            kind.write(server, "вошло")
            socket = server.socket
            assert len(os.fsencode(socket)) <= SOCKET_PATH_BYTES
            assert socket.parent.stat().st_mode & 0o077 == 0
        shutil.rmtree(socket.parent)


@needs_root
def test_a_server_of_root_runs_as_somebody_else(kind: Kind, directory: Path) -> None:
    with kind.start(directory) as server:
        assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0


@needs_root
def test_a_folder_that_only_root_can_enter_keeps_its_data_elsewhere(kind: Kind) -> None:
    with scratch_directory() as scratch:
        closed = scratch / "closed"
        closed.mkdir(mode=0o700)
        try:
            with kind.start(closed / "server") as server:
                kind.write(server, "рядом")
            with kind.start(closed / "server") as server:
                assert kind.read(server) == "рядом"
            moved = (closed / "server" / "moved").resolve()
            assert (moved / "data").is_dir()
        finally:
            subprocess.run(["rm", "-rf", str((closed / "server" / "moved").resolve())], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter everywhere")
def test_data_of_another_user_is_refused_in_one_sentence(kind: Kind, directory: Path) -> None:
    directory.mkdir()
    (directory / "data").symlink_to("/etc")

    with pytest.raises(ServerFailedError, match="принадлежат другому пользователю"):
        kind.start(directory)

    (directory / "data").unlink()


@pytest.mark.parametrize(("name", "rubbish"), [("postgres", "data/PG_VERSION"), ("valkey", "data/appendonlydir")])
def test_a_start_that_fails_says_why_and_where_the_log_is(name: str, rubbish: str, directory: Path) -> None:
    (directory / "data").mkdir(parents=True)
    (directory / rubbish).write_text("не то")
    for path in (directory, directory / "data", directory / rubbish):
        path.chmod(0o755)
    with pytest.raises(ServerFailedError, match=rf"Сервер не запустился: .+ Журнал: {directory}/{name}\.log"):
        KINDS[name].start(directory)
