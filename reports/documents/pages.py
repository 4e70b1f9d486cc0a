"""Fills the templates of documents. A template sees plain values only, and everything it prints is escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports.documents import words


def _css_string(words: str) -> Markup:
    """Return a string for a style sheet: what is no letter or digit is escaped, so that nothing can end the rule."""
    # A space ends each escape.
    escaped = "".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):06x} " for sign in words)
    return Markup(f'"{escaped}"')  # noqa: S704 - escaped in the line above


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(css_string=_css_string, number=words.number, exact=words.exact, signed=words.signed)
_environment.globals.update(counted=words.counted, plural=words.plural, coverage=words.coverage)


def page(name: str, **values: object) -> str:
    """Return the HTML of a document."""
    return _environment.get_template(name).render(**values)
