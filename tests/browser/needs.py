"""What a browser test needs, and what is skipped by name without it."""

import shutil
from pathlib import Path

import pytest

import portal

AXE = Path(portal.__file__).parent / "static" / "vendor" / "axe.min.js"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The shell draws the same pages without a browser's own windows, in two thirds of the time."""

NEEDS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
    pytest.mark.skipif(not AXE.exists(), reason="portal/static/vendor is empty: npm run build in portal/assets"),
]
