"""Fingerprints of frozen figures."""

import hashlib
import json
from collections.abc import Mapping


def fingerprint_of(figures: Mapping[str, object]) -> str:
    """Return sha256 of the figures in one canonical writing, in hexadecimal."""
    written = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
