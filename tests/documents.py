"""What a PDF says and what it is made of, read by pypdf: no program of the system is needed."""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader


def words_of(pdf: bytes) -> str:
    """The text line by line, with single spaces: columns are as wide as the faces at hand."""
    pages = (page.extract_text(extraction_mode="layout") for page in PdfReader(io.BytesIO(pdf)).pages)
    lines = (" ".join(line.split()) for text in pages for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def is_tagged(pdf: bytes) -> bool:
    return bool(PdfReader(io.BytesIO(pdf)).root_object.get("/MarkInfo", {}).get("/Marked"))


def structure_of(pdf: bytes) -> set[str]:
    """Kinds of the elements in the tree that screen readers follow: H1, Table, TH, Figure."""
    found: set[str] = set()
    waiting: list[Any] = [PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found |= {str(node["/S"]).removeprefix("/")} if "/S" in node else set()
            waiting += [node["/K"]] if "/K" in node else []
    return found


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Name of every font with whether it is embedded."""
    return dict(font for page in PdfReader(io.BytesIO(pdf)).pages for font in _fonts(page))


def _fonts(page: Any) -> Iterator[tuple[str, bool]]:
    for reference in page["/Resources"].get("/Font", {}).values():
        font = reference.get_object()
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", {})
        yield font["/BaseFont"], any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
