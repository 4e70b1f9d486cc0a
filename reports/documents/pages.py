"""Fills the templates of documents. A template sees plain values only, and everything it prints is escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reports.documents import words

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(number=words.number, exact=words.exact, signed=words.signed)
_environment.globals.update(counted=words.counted, plural=words.plural, coverage=words.coverage)


def page(name: str, **values: object) -> str:
    """Return the HTML of a document."""
    return _environment.get_template(name).render(**values)
