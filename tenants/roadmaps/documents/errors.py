"""The one error of reading a document."""

from tenants.errors import DomainError


class DocumentError(DomainError):
    """The file cannot be read; `str(error)` says why in one Russian sentence."""


BROKEN = "Файл повреждён или записан не полностью: сохраните его заново и загрузите ещё раз."
TOO_COMPLEX = "Файл слишком сложный для чтения: оставьте в нём только таблицу с мероприятиями."
