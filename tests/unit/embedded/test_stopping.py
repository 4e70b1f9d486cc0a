"""A signal stops a process in whatever moment of its waiting it comes."""

import subprocess
import sys
import threading
import time

from portal.embedded.stopping import Stop

WAITING = """
import os, signal
from portal.embedded.stopping import Stop

stop, parent = Stop(), os.getpid()

def heard(*_):
    # Heard again and again: what must not happen is that a moment of waiting is the wrong one.
    stop.set()
    stop.__init__()

signal.signal(signal.SIGUSR1, heard)
shower = os.fork()
while shower == 0:
    if os.getppid() != parent:
        os._exit(0)
    os.kill(parent, signal.SIGUSR1)
for _ in range(20_000):
    stop.wait(0.0001)
os.kill(shower, signal.SIGKILL)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
print("ended")
"""


def test_no_moment_of_waiting_is_the_wrong_one_for_a_signal() -> None:
    said = subprocess.run([sys.executable, "-c", WAITING], check=True, capture_output=True, text=True, timeout=60)

    assert said.stdout == "ended\n"


def test_who_waits_is_woken_at_once() -> None:
    stop = Stop()
    threading.Timer(0.05, stop.set).start()
    begun = time.monotonic()

    assert not stop.is_set()
    assert stop.wait(20)
    assert stop.is_set()
    assert stop.wait(20)
    assert time.monotonic() - begun < 10
