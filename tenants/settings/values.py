"""What every value of a setting can do: become JSON, be read back, be checked."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from tenants.settings.models import SettingKind


class Setting(ABC):
    """A value of one kind; subclasses are frozen dataclasses whose construction without arguments is the default."""

    kind: ClassVar[SettingKind]

    @abstractmethod
    def plain(self) -> dict[str, Any]:
        """Return the value as JSON holds it."""

    @classmethod
    @abstractmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the value of what `plain` wrote, also where it was written before a field was added."""

    def check(self) -> None:  # noqa: B027 - most values have no rule beyond their types
        """Look whether the value makes sense.

        Raises:
            InvalidError: it does not; the error names the field.

        """
