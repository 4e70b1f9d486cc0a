"""Keys derived from SECRET_KEY, one a purpose: sealing what must be read again, hashing what must only be compared."""

import base64
import hashlib
import hmac
import os

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_LENGTH = 32


def key_for(purpose: str) -> bytes:
    """Return the 32 bytes of a purpose."""
    secret = os.environ.get("SECRET_KEY", "").encode()
    return HKDF(SHA256(), _LENGTH, salt=None, info=f"portal {purpose}".encode()).derive(secret)


def seal(purpose: str, content: bytes) -> bytes:
    """Encrypt and sign; the result is plain ASCII."""
    return _box(purpose).encrypt(content)


def unseal(purpose: str, sealed: bytes, *, seconds: int | None = None) -> bytes | None:
    """Return the content; None when it was changed, sealed with another key, or is older than `seconds`."""
    try:
        return _box(purpose).decrypt(sealed, ttl=seconds)
    except InvalidToken:
        return None


def keyed_hash(purpose: str, value: bytes) -> bytes:
    """Return a hash that nobody can make without the key."""
    return hmac.new(key_for(purpose), value, hashlib.sha256).digest()


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for(purpose)))
