"""The process that sets one PDF: reads an order from standard input, writes the PDF to standard output."""

import base64
import ctypes
import json
import resource
import signal
import sys
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, BinaryIO

from reports.documents.fonts import Face, FontsMissingError, faces

MEMORY_BYTES = 1024 * 1024 * 1024
"""Of address space: about half of it is libraries that are mapped and hardly touched."""
CPU_SECONDS = 120
MAX_PAGES = 500
_DIE_WITH_PARENT = 1


class Exit(IntEnum):
    """How the process ends."""

    DONE = 0
    FAILED = 1
    UNAVAILABLE = 3
    TOO_LONG = 4


def main(source: BinaryIO, target: BinaryIO) -> Exit:
    """Carry out one order."""
    _confine()
    order = json.load(source)
    try:
        # Importing WeasyPrint without pango raises, and only this process needs it.
        import weasyprint  # noqa: PLC0415 - see above
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - see above
    except (ImportError, OSError):
        sys.stderr.write("PDF не сделан: на этой машине нет библиотеки pango. Выполните deploy/setup.\n")
        return Exit.UNAVAILABLE
    try:
        found = faces()
    except FontsMissingError as error:
        sys.stderr.write(f"{error}\n")
        return Exit.UNAVAILABLE
    fetcher = _fetcher(_served(order["assets"], found))
    configuration = FontConfiguration()
    style = weasyprint.CSS(string=_font_faces(found), font_config=configuration, url_fetcher=fetcher)
    document = weasyprint.HTML(string=order["html"], base_url="asset:page", url_fetcher=fetcher).render(
        stylesheets=[style], font_config=configuration, pdf_variant="pdf/ua-1", pdf_tags=True
    )
    if len(document.pages) > MAX_PAGES:
        return Exit.TOO_LONG
    target.write(document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True))
    return Exit.DONE


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A worker that is killed takes its typesetter along.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _served(assets: Mapping[str, str], found: tuple[Face, ...]) -> Mapping[str, bytes]:
    own = {f"asset:{name}": base64.b64decode(body) for name, body in assets.items()}
    return own | {_address(face): face.path.read_bytes() for face in found}


def _address(face: Face) -> str:
    return f"asset:{face.family.replace(' ', '-').lower()}-{face.weight}.ttf"


def _font_faces(found: tuple[Face, ...]) -> str:
    return "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{_address(face)}") }}\n'
        for face in found
    )


def _fetcher(served: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - a class of the library that is imported lazily
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: PLC0415 - as in main

    class FromMemory(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Serves what was handed over; anything else ends the document."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ANN401 - the library's own type
            del headers
            if url not in served:
                raise FatalURLFetchingError("the document asks for something from outside")
            kind = "image/svg+xml" if url.endswith(".svg") else "font/ttf"
            return URLFetcherResponse(url, served[url], {"Content-Type": kind})

    return FromMemory(allowed_protocols=("asset",))


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
