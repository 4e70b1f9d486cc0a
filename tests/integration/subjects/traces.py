"""Where else than in the database a name may stand: kept contents, however packed, and the keys of Valkey."""

import base64
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import redis

from tests.documents import words_of

_ENCODINGS = ("utf-8", "cp1251", "utf-16-le", "utf-16-be")


def texts_of(content: bytes) -> Iterator[str]:
    """Everything that can be read in a content: in each encoding, unpacked as far as it goes."""
    for encoding in _ENCODINGS:
        yield content.decode(encoding, errors="ignore")
    if content.startswith(b"%PDF-"):
        yield words_of(content)
    for inner in _unpacked(content):
        yield from texts_of(inner)


def _unpacked(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (name.encode() + b"\n" + archive.read(name) for name in archive.namelist())
            yield from (archive.read(name) for name in archive.namelist())
    elif content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content.startswith((b"x\x9c", b"x\x01", b"x\xda")):
        yield zlib.decompress(content)
    elif content.startswith((b"eJ", b"eA", b"eN")):
        # RQ keeps the error of a failed job packed and spelled out in letters.
        with suppress(ValueError):
            yield base64.b64decode(content, validate=True)


def holds(content: bytes, word: str) -> bool:
    return any(word.lower() in text.lower() for text in texts_of(content))


def files_with(folder: Path, word: str) -> list[str]:
    """Every file below a folder that holds a word in its name or its content."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = ((path, str(path.relative_to(folder))) for path in files)
    return [name for path, name in names if holds(name.encode(), word) or holds(path.read_bytes(), word)]


def keys_with(url: str, word: str) -> list[str]:
    """Every key of every database of a Valkey that holds a word in its name or its value."""
    found = []
    with redis.Redis.from_url(url) as server:
        for key in server.scan_iter(count=1000):
            kind = server.type(key)
            values = [key, *_values(server, key, kind.decode())]
            if any(holds(value, word) for value in values):
                found.append(key.decode(errors="replace"))
    return found


def _values(server: redis.Redis, key: bytes, kind: str) -> list[bytes]:
    if kind == "string":
        return [server.get(key)]
    if kind == "hash":
        return [part for pair in server.hgetall(key).items() for part in pair]
    if kind == "list":
        return server.lrange(key, 0, -1)
    if kind == "set":
        return list(server.smembers(key))
    if kind == "zset":
        return server.zrange(key, 0, -1)
    assert kind == "stream", kind
    return [part for _, fields in server.xrange(key) for pair in fields.items() for part in pair]
