"""The region's logo: an uploaded picture is decoded within limits and encoded anew; nothing of the file stays."""

import hashlib
import io
import struct
import warnings
from typing import NoReturn

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from tenants import clock
from tenants.db import insert
from tenants.errors import InvalidError
from tenants.settings.models import RegionLogo
from tenants.settings.papers import Logo
from tenants.settings.queries import setting_on

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 4000
"""Of a side; a picture of this size takes 64 MB while it is read."""
MEDIA_TYPE = "image/png"
_KEPT = (600, 240)
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_CHUNK_FRAME = 12
"""Bytes of a PNG chunk around its data: length, name, checksum."""


def clean_picture(content: bytes) -> tuple[bytes, int, int]:
    """Return the picture as PNG with its width and height: no metadata, no frames, nothing after its end.

    Raises:
        InvalidError: it is no PNG or JPEG, is too large, is damaged, or something else is hidden in the file.

    """
    _check_frame(content)
    try:
        with warnings.catch_warnings():
            # The size is our own check; Pillow's warning about it must not become an error of the program.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encoded(content)
    except Image.DecompressionBombError:
        _too_large()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error) as error:
        raise InvalidError("Картинка повреждена. Сохраните её заново и повторите.", field="picture") from error


def _check_frame(content: bytes) -> None:
    if not content:
        raise InvalidError("Выберите файл с логотипом.", field="picture")
    if len(content) > MOST_BYTES:
        raise InvalidError("Файл больше 2 МБ. Уменьшите картинку.", field="picture")
    if content.startswith(_PNG):
        whole = _png_end(content) == len(content)
    elif content.startswith(_JPEG):
        whole = content.endswith(_JPEG_END)
    else:
        raise InvalidError("Подходят только PNG и JPEG. SVG и другие форматы сохраните как PNG.", field="picture")
    if not whole:
        raise InvalidError("В файле есть что-то кроме картинки. Сохраните её заново и повторите.", field="picture")


def _png_end(content: bytes) -> int:
    """Return where the last chunk of a PNG ends; -1 where the file breaks off before it."""
    at = len(_PNG)
    while at + _CHUNK_FRAME <= len(content):
        length = int.from_bytes(content[at : at + 4])
        name, at = content[at + 4 : at + 8], at + _CHUNK_FRAME + length
        if name == b"IEND":
            return at
    return -1


def _encoded(content: bytes) -> tuple[bytes, int, int]:
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        if max(picture.size) > MOST_PIXELS:
            _too_large()
        if getattr(picture, "n_frames", 1) > 1:
            raise InvalidError("Картинка движется. Нужна неподвижная.", field="picture")
        plain = picture.convert("RGBA")
    plain.thumbnail(_KEPT)
    # A picture made of pixels alone: no profile, text, EXIF or comment comes along.
    bare = Image.frombytes("RGBA", plain.size, plain.tobytes())
    target = io.BytesIO()
    bare.save(target, "PNG", optimize=True)
    return target.getvalue(), bare.width, bare.height


def _too_large() -> NoReturn:
    raise InvalidError(f"Картинка больше {MOST_PIXELS} точек по стороне. Уменьшите её.", field="picture")


def keep_logo(session: Session, content: bytes) -> Logo:
    """Keep an uploaded picture for the region and return the setting that names it.

    Raises:
        InvalidError: the picture is refused, see `clean_picture`.

    """
    clean, width, height = clean_picture(content)
    digest = hashlib.sha256(clean).hexdigest()
    known = session.scalars(select(RegionLogo).where(RegionLogo.sha256 == digest).limit(1)).one_or_none()
    row = known or insert(session, RegionLogo(sha256=digest, width=width, height=height, content=clean))
    return Logo(row.id)


def logo_on(session: Session, region_id: int, time_zone: str) -> RegionLogo | None:
    """Return the logo in force today with its content; None where the region has none."""
    found = setting_on(session, region_id, Logo, clock.today(time_zone))
    if not found.logo_id:
        return None
    query = select(RegionLogo).where(RegionLogo.organization_id == region_id, RegionLogo.id == found.logo_id)
    return session.scalars(query.options(undefer(RegionLogo.content))).one_or_none()
