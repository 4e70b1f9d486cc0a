"""The process that reads one file: a request on stdin, an answer on stdout, both JSON."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from tenants.roadmaps.documents.errors import BROKEN, TOO_COMPLEX, DocumentError
from tenants.roadmaps.documents.reader import read_document

MEMORY = 290 * 1024 * 1024
PROCESSOR_SECONDS = 8
OPEN_FILES = 32


def main() -> int:
    """Read the request, then the file under limits; whatever fails becomes one sentence."""
    request = json.load(sys.stdin)
    limit()
    found = answer(request)
    json.dump({**found, "peak_kb": peak()}, sys.stdout, ensure_ascii=False)
    return 0


def limit() -> None:
    """Bound memory, processor time, open files and written files of this process."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def peak() -> int:
    """Return the most memory this process held, in kB; what it inherited at its birth does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        held = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
        return int(held.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return `reading`, or `error` with a sentence."""
    try:
        return {"reading": read_document(Path(request["path"]), request["year"], request["name"]).as_json()}
    except DocumentError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": TOO_COMPLEX}
    except Exception as error:  # noqa: BLE001 - a hostile file can raise anything, and the sentence is the same
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return {"error": BROKEN}


if __name__ == "__main__":
    sys.exit(main())
