"""Hostile pictures are refused with a sentence; a good one keeps nothing of its file but the pixels."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from tenants.errors import InvalidError
from tenants.settings.logos import MOST_BYTES, clean_picture

CANARY = "Секретная подпись"


def picture(kind="PNG", size=(300, 100), **more):
    target = io.BytesIO()
    Image.new("RGB", size, "navy").save(target, kind, **more)
    return target.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side):
    """A PNG that says how large it is and holds almost nothing."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def moving():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Выберите файл"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"GIF89a" + b"\0" * 40, "только PNG и JPEG"),
        (bomb(50_000), "4000 точек"),
        (bomb(4_001), "4000 точек"),
        (picture() + b"PK\x03\x04<script>alert(1)</script>", "кроме картинки"),
        (picture("JPEG") + b"%PDF-1.4", "кроме картинки"),
        (picture()[:-20], "кроме картинки"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 400, "кроме картинки"),
        (b"\xff\xd8\xff" + b"\0" * 50 + b"\xff\xd9", "повреждена"),
        (bomb(100), "повреждена"),
        (moving(), "движется"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, "2 МБ"),
    ],
    ids=["empty", "svg", "gif", "bomb", "large", "zip", "pdf", "torn", "noise", "no jpeg", "few", "apng", "heavy"],
)
def test_a_hostile_file_is_refused_with_a_sentence(content, words):
    with pytest.raises(InvalidError, match=words) as refused:
        clean_picture(content)
    assert refused.value.field == "picture"


def test_text_profiles_and_exif_do_not_come_along():
    text = PngImagePlugin.PngInfo()
    text.add_itxt("Author", CANARY)
    exif = Image.Exif()
    exif[0x010E] = "CANARY-EXIF"
    for content in (picture(pnginfo=text, exif=exif), picture("JPEG", exif=exif, comment=b"CANARY-COMMENT")):
        clean, _, _ = clean_picture(content)

        assert CANARY.encode() not in clean
        assert b"CANARY" not in clean
        with Image.open(io.BytesIO(clean)) as read:
            assert (read.format, read.info, dict(read.getexif())) == ("PNG", {}, {})


def test_a_large_picture_is_made_small_and_keeps_its_shape():
    _, width, height = clean_picture(picture(size=(3000, 600)))

    assert (width, height) == (600, 120)
