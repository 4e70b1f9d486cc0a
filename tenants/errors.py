"""Errors that the domain raises on purpose; each carries a Russian sentence for the person at the screen."""

from collections.abc import Mapping
from dataclasses import dataclass


class DomainError(Exception):
    """Something a person can understand and mend; `str(error)` is a Russian sentence."""


class NotFoundError(DomainError):
    """The thing does not exist for this actor. A foreign thing is not found either."""

    def __init__(self, message: str = "Такой записи нет или она больше не доступна.") -> None:
        super().__init__(message)


class ForbiddenError(DomainError):
    """The actor sees the thing and may not do this step with it."""

    def __init__(self, message: str = "У Вас нет права на это действие.") -> None:
        super().__init__(message)


class WrongStateError(DomainError):
    """The step does not fit the state of the thing (already sent, not yet approved)."""


class InvalidError(DomainError):
    """A value breaks a rule of the domain."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        """Name of the input field at fault, or None where the rule spans several."""


@dataclass(frozen=True)
class Difference:
    """One field of a record that two people changed."""

    label: str
    theirs: str
    mine: str
    name: str = ""
    """Name of the input field, so that the page can offer the choice; empty where the page only shows it."""


class ConflictError(DomainError):
    """Somebody else saved the record meanwhile; nothing was overwritten."""

    def __init__(
        self, message: str, differences: tuple[Difference, ...] = (), *, version: int | None = None, who: str = ""
    ) -> None:
        super().__init__(message)
        self.differences = differences
        self.version = version
        """The version that stands now: saving again with it carries the person's choice out."""
        self.who = who


class TooManyError(DomainError):
    """A limit of attempts or of size was reached; trying later or with less may succeed."""


class ScopeMissingError(RuntimeError):
    """A session was asked for without saying for whom. A fault of the program, never of a person."""


def explain_conflict(
    mine: Mapping[str, str], theirs: Mapping[str, str], labels: Mapping[str, str], *, version: int | None = None
) -> ConflictError:
    """Return the error for two versions of one record, given as the words a person reads, keyed by field name.

    `version` is the one that stands now; with it the page can save the person's choice.
    """
    differences = tuple(
        Difference(labels.get(name, name), theirs.get(name, ""), value, name)
        for name, value in mine.items()
        if theirs.get(name, "") != value
    )
    return ConflictError(
        "Пока Вы правили, запись изменил другой сотрудник. Ваши данные на месте.", differences, version=version
    )
