"""Charts as SVG, drawn on the server from the numbers of the document: readable in grey, the same bytes every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from reports.documents.words import number

_WIDTH, _LEFT, _BAR_END, _VALUE_END, _NOTE = 640.0, 152.0, 490.0, 545.0, 552.0
_TOP, _STEP, _THICK = 14.0, 14.0, 9.0
_INK, _QUIET, _DATA, _LIGHT = "#17202d", "#465164", "#1a52bd", "#a5bbe0"
_LONGEST_LABEL = 30
_HATCH = (
    '<defs><pattern id="gap" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="4" height="4" fill="#fff"/><rect width="1.6" height="4" fill="{_DATA}"/></pattern></defs>'
)


@dataclass(frozen=True)
class Bar:
    """One horizontal bar."""

    label: str
    value: Decimal | None
    note: str = ""
    """Who is missing, "без 2 из 14"; a bar with a note is hatched."""
    mark: Decimal | None = None
    """The value of a month before, drawn as a thin upright stroke."""


@dataclass(frozen=True)
class Mean:
    """The dashed line of the whole region."""

    label: str
    value: Decimal


def bars(rows: Sequence[Bar], *, mean: Mean | None = None, digits: int = 0) -> bytes:
    """Return horizontal bars in the given order; below the mean a bar is dark, above it light."""
    longest = max((value for row in rows for value in (row.value, row.mark) if value is not None), default=Decimal(0))
    scale = (_BAR_END - _LEFT) / float(max(longest, mean.value if mean else Decimal(0), Decimal(1).scaleb(-digits)))
    height = _TOP + _STEP * len(rows) + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(_WIDTH)} {_n(height)}" font-family="Document Sans">',
        _HATCH,
        f'<path d="M{_n(_LEFT)} {_n(_TOP - 2)}V{_n(height - 2)}" stroke="#8490a1" stroke-width=".7"/>',
    ]
    for at, row in enumerate(rows):
        parts.append(_row(row, _TOP + _STEP * at, scale, mean, digits))
    if mean:
        parts.append(_mean(mean, _LEFT + float(mean.value) * scale, height))
    return "".join([*parts, "</svg>"]).encode()


def _row(row: Bar, top: float, scale: float, mean: Mean | None, digits: int) -> str:
    base = top + _THICK - 1.5
    label = row.label if len(row.label) <= _LONGEST_LABEL else row.label[: _LONGEST_LABEL - 1] + "…"
    drawn = [_text(0, base, label, 9.5, _INK)]
    if row.value is not None:
        dark = mean is None or row.value < mean.value
        fill, line = ("url(#gap)", _DATA) if row.note else (_DATA if dark else _LIGHT, "none")
        width = max(float(row.value) * scale, 0.8)
        drawn.append(
            f'<rect x="{_n(_LEFT)}" y="{_n(top)}" width="{_n(width)}" height="{_n(_THICK)}"'
            f' fill="{fill}" stroke="{line}" stroke-width=".7"/>'
        )
    if row.mark is not None:
        x = _LEFT + float(row.mark) * scale
        drawn.append(
            f'<path d="M{_n(x)} {_n(top - 1.2)}V{_n(top + _THICK + 1.2)}" stroke="#fff" stroke-width="2.6"/>'
            f'<path d="M{_n(x)} {_n(top - 1.5)}V{_n(top + _THICK + 1.5)}" stroke="{_INK}" stroke-width="1.1"/>'
        )
    drawn.append(_text(_VALUE_END, base, number(row.value, digits), 9.5, _INK, "end"))
    if row.note:
        drawn.append(_text(_NOTE, base, row.note, 8.5, _QUIET))
    return "".join(drawn)


def _mean(mean: Mean, x: float, height: float) -> str:
    line = (
        f'<path d="M{_n(x)} {_n(_TOP - 4)}V{_n(height - 2)}" stroke="{_INK}" stroke-width=".8" stroke-dasharray="3 3"/>'
    )
    return line + _text(x, _TOP - 6, mean.label, 8.5, _INK, "middle")


def _text(x: float, y: float, words: str, size: float, fill: str, anchor: str = "start") -> str:
    look = f'font-size="{_n(size)}" fill="{fill}" text-anchor="{anchor}"'
    return f'<text x="{_n(x)}" y="{_n(y)}" {look}>{escape(words)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
