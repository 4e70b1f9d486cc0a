"""Recognises a file by its content and opens archives with limits that are counted while reading."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from tenants.roadmaps.documents.errors import BROKEN, DocumentError

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
LARGEST_PART = 40 * 1024 * 1024
HIGHEST_RATIO = 100
SMALL_ENOUGH = 1024 * 1024
"""Below this size a high ratio harms nobody."""
MOST_ENTRIES = 2000
CHUNK = 256 * 1024
HEAD = 1024

BOMB = "Файл распаковывается в слишком большой объём: сохраните его заново, только с таблицей мероприятий."
MACROS = "В файле есть макросы: сохраните его без макросов (DOCX или XLSX) и загрузите ещё раз."
LOCKED = "Файл защищён паролем: снимите защиту и загрузите ещё раз."
FOREIGN = "Этот файл не документ Word, Excel, ODT или PDF: сохраните дорожную карту в одном из этих форматов."


class Format(Enum):
    """Formats that are read."""

    DOCX = auto()
    ODT = auto()
    XLSX = auto()
    PDF = auto()


OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "Это программа, а не документ: загрузите дорожную карту в формате DOCX, ODT, XLSX или PDF."),
    (b"{\\rtf", "Формат RTF не читается: сохраните документ в формате DOCX и загрузите ещё раз."),
    (b"\x89PNG", "Это картинка, текста в ней нет: загрузите документ, из которого она сделана."),
    (b"\xff\xd8\xff", "Это картинка, текста в ней нет: загрузите документ, из которого она сделана."),
    (b"II*\x00", "Это картинка, текста в ней нет: загрузите документ, из которого она сделана."),
    (b"Rar!", "Это архив: распакуйте его и загрузите сам документ."),
    (b"7z\xbc\xaf", "Это архив: распакуйте его и загрузите сам документ."),
    (b"\x1f\x8b", "Это архив: распакуйте его и загрузите сам документ."),
)
ODT_TYPE = b"application/vnd.oasis.opendocument.text"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Archive:
    """The parts of an archive, unpacked within the limits."""

    parts: dict[str, bytes]
    names: frozenset[str]

    def part(self, name: str) -> bytes | None:
        """Return an unpacked XML part, None where there is none."""
        return self.parts.get(name)


def recognise(path: Path) -> Format | None:
    """Return the format by the first bytes; None for an archive that has yet to be opened.

    Raises:
        DocumentError: the file is empty, too large, or of a kind that is not read.

    """
    size = path.stat().st_size
    if size == 0:
        raise DocumentError("Файл пустой: проверьте, тот ли файл Вы выбрали.")
    if size > LARGEST_FILE:
        raise DocumentError("Файл больше 20 МБ: уберите из него картинки и загрузите ещё раз.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return None
    if b"%PDF-" in head:
        return Format.PDF
    raise DocumentError(_refusal(head, path))


def _refusal(head: bytes, path: Path) -> str:
    if head.startswith(OLE):
        return _old_office(path)
    for start, sentence in OTHERS:
        if head.startswith(start):
            return sentence
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if plain.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table")) or b"<html" in plain:
        return "Это веб-страница, а не документ: сохраните её таблицу в формате DOCX или XLSX."
    if head.startswith(b"PK\x05\x06"):
        return "В файле ничего нет: проверьте, тот ли файл Вы выбрали."
    return FOREIGN


def _old_office(path: Path) -> str:
    """Tell an encrypted new document from an old one: both are kept in the same kind of container."""
    with path.open("rb") as file:
        data = file.read()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return LOCKED
    if "VBA".encode("utf-16-le") in data:
        return MACROS
    return "Это документ старого формата (DOC или XLS): сохраните его как DOCX или XLSX и загрузите ещё раз."


def open_archive(path: Path) -> tuple[Format, Archive]:
    """Unpack the XML parts of an office document and tell its format.

    Raises:
        DocumentError: the archive is broken, locked, a bomb, holds macros or is no document.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = _checked(archive, path.stat().st_size)
            opened = Archive(_unpack(archive, infos), frozenset(info.filename for info in infos))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise DocumentError(BROKEN) from error
    except RuntimeError as error:
        raise DocumentError(LOCKED) from error
    return _format_of(opened), opened


def _checked(archive: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED:
        raise DocumentError(BOMB)
    if unpacked > SMALL_ENOUGH and unpacked > HIGHEST_RATIO * size:
        raise DocumentError(BOMB)
    if any(info.flag_bits & 1 for info in infos):
        raise DocumentError(LOCKED)
    return infos


def _unpack(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Unpack what can be XML; the sizes that the archive claims are not believed."""
    parts: dict[str, bytes] = {}
    total = 0
    for info in infos:
        if not info.filename.lower().endswith((".xml", ".rels", "mimetype", ".vml")):
            continue
        chunks = []
        size = 0
        with archive.open(info) as part:
            while chunk := part.read(CHUNK):
                size += len(chunk)
                total += len(chunk)
                if total > LARGEST_UNPACKED or size > LARGEST_PART or _inflated(size, info.compress_size):
                    raise DocumentError(BOMB)
                chunks.append(chunk)
        parts[info.filename] = b"".join(chunks)
        refuse_entities(parts[info.filename])
    return parts


def _inflated(size: int, packed: int) -> bool:
    return size > SMALL_ENOUGH and size > HIGHEST_RATIO * max(packed, 1)


def refuse_entities(data: bytes) -> None:
    """Refuse a part that declares a document type, in any of the encodings XML is kept in.

    Raises:
        DocumentError: there is such a declaration; office programs never write one.

    """
    for word in ("<!DOCTYPE", "<!ENTITY"):
        if any(word.encode(code) in data for code in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")):
            raise DocumentError("В файле есть внешние ссылки разметки (DTD): сохраните его в Word или Excel заново.")


def _format_of(archive: Archive) -> Format:
    types = archive.part("[Content_Types].xml") or b""
    mime = (archive.part("mimetype") or b"").strip()
    names = {name.lower() for name in archive.names}
    if b"macroEnabled" in types or b"vbaProject" in types or any(_is_macro(name) for name in names):
        raise DocumentError(MACROS)
    if b"encryption-data" in (archive.part("META-INF/manifest.xml") or b""):
        raise DocumentError(LOCKED)
    found = _known(types, mime, names)
    if found is None:
        raise DocumentError(_foreign(types, mime))
    return found


def _is_macro(name: str) -> bool:
    return name.endswith("vbaproject.bin") or (name.startswith(("basic/", "scripts/")) and not name.endswith("/"))


def _known(types: bytes, mime: bytes, names: set[str]) -> Format | None:
    if b"wordprocessingml" in types and "word/document.xml" in names:
        return Format.DOCX
    if b"spreadsheetml" in types and "xl/workbook.xml" in names:
        return Format.XLSX
    return Format.ODT if mime == ODT_TYPE and "content.xml" in names else None


def _foreign(types: bytes, mime: bytes) -> str:
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "Таблица ODS не читается: сохраните её в формате XLSX и загрузите ещё раз."
    return FOREIGN if types or mime else "Это архив: распакуйте его и загрузите сам документ."
