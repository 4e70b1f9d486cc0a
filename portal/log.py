"""Logs as one JSON line each: no values of records, no names, no addresses of people."""

import logging
import sys

import structlog


def install() -> None:
    """Send structured lines to standard error."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_to_standard_error,
    )


def _to_standard_error(*_: object) -> structlog.PrintLogger:
    """Return a logger for the standard error of this moment: whoever replaces it hears the lines."""
    return structlog.PrintLogger(sys.stderr)
