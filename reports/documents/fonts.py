"""Finds full TrueType faces with Cyrillic for documents: the built front end's first, then the system's."""

import os
from dataclasses import dataclass
from pathlib import Path

from tenants.errors import DomainError

_BUILT = Path(__file__).parents[2] / "portal" / "static" / "vendor" / "fonts-pdf"
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
# Families and weights that the style sheets name, and the files that can stand for them, the best first.
_FACES = {
    ("Document Serif", 400): (
        "pt-serif-400regular.ttf", "PTF55F.ttf", "LiberationSerif-Regular.ttf", "DejaVuSerif.ttf",
    ),
    ("Document Serif", 700): (
        "pt-serif-700bold.ttf", "PTF75F.ttf", "LiberationSerif-Bold.ttf", "DejaVuSerif-Bold.ttf",
    ),
    ("Document Sans", 400): (
        "pt-sans-400regular.ttf", "PTS55F.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf",
    ),
    ("Document Sans", 700): (
        "pt-sans-700bold.ttf", "PTS75F.ttf", "LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf",
    ),
}  # fmt: skip


class FontsMissingError(DomainError):
    """No face with Cyrillic letters is at hand."""


@dataclass(frozen=True)
class Face:
    """One face that a document embeds."""

    family: str
    weight: int
    path: Path


def faces() -> tuple[Face, ...]:
    """Return the faces of documents: two families, two weights. `PORTAL_FONTS_DIR` names another folder to begin with.

    Raises:
        FontsMissingError: a family has no file anywhere.

    """
    known = _files()
    found = []
    for (family, weight), names in _FACES.items():
        path = next((known[name] for name in names if name in known), None)
        if path is None:
            raise FontsMissingError(
                "PDF не сделан: нет шрифта с кириллицей. Выполните deploy/setup или поставьте пакет fonts-dejavu-core."
            )
        found.append(Face(family, weight, path))
    return tuple(found)


def _files() -> dict[str, Path]:
    given = os.environ.get("PORTAL_FONTS_DIR")
    known: dict[str, Path] = {}
    for folder in ((Path(given),) if given else ()) + (_BUILT, *_SYSTEM):
        for path in sorted(folder.rglob("*.ttf")) if folder.is_dir() else ():
            known.setdefault(path.name, path)
    return known
