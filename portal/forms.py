"""A submitted form beside its schema: what was typed, what is wrong, what it means."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from tenants.errors import InvalidError


class Form:
    """Values typed into a schema's fields; templates read `schema`, `typed` and `errors`."""

    def __init__(self, schema: type[Schema], values: Mapping[str, Any] | None = None) -> None:
        self.schema = schema()
        self.typed: dict[str, Any] = {k: "" if v is None else v for k, v in (values or {}).items()}
        self.errors: dict[str, list[str]] = {}
        self.values: dict[str, Any] = {}
        self.request_key = secrets.token_urlsafe(16)

    @classmethod
    def submitted(cls, schema: type[Schema]) -> "Form":
        """Return the request's form; `errors` is empty when `values` may be used."""
        form = cls(schema)
        form.typed = {
            name: request.form.getlist(name) if _is_list(form.schema, name) else _plain(value)
            for name, value in request.form.items()
            if name in form.schema.fields
        }
        form.request_key = request.form.get("request_key") or form.request_key
        try:
            form.values = form.schema.load(form.typed)
        except ValidationError as error:
            found = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow left it untyped
            form.errors = {name: _sentences(messages) for name, messages in found.items()}
        return form

    @property
    def ok(self) -> bool:
        """Return whether everything typed was understood."""
        return not self.errors

    def refuse(self, error: InvalidError) -> None:
        """Show an error of the domain at its field."""
        self.errors.setdefault(error.field or "_schema", []).append(str(error))


def _plain(value: str) -> str:
    """Return what was typed without spaces around it and without the one sign that the database cannot hold."""
    return value.replace("\0", "").strip()


def _is_list(schema: Schema, name: str) -> bool:
    return type(schema.fields[name]).__name__ == "List"


def _sentences(found: object) -> list[str]:
    if isinstance(found, Mapping):
        return [sentence for value in found.values() for sentence in _sentences(value)]
    return [str(item) for item in found] if isinstance(found, list) else [str(found)]
