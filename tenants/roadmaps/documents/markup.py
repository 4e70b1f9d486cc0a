"""XML read without entities, network or giant trees."""

from __future__ import annotations

from typing import Any

from lxml import etree

from tenants.roadmaps.documents.errors import BROKEN, DocumentError

Element = Any
"""lxml's element; the library ships no types."""


def parse(data: bytes) -> Element:
    """Return the root of an XML part.

    Raises:
        DocumentError: the part is broken or declares a document type.

    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise DocumentError(BROKEN) from error
    tree: Element = root.getroottree()
    if tree.docinfo.doctype:
        raise DocumentError(BROKEN)
    return root


def number(text: str | None, default: int, most: int) -> int:
    """Return a count from an attribute, between 0 and `most`."""
    try:
        return max(0, min(int(text or default), most))
    except ValueError:
        return default
