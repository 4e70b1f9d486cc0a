"""The genitive of a name for documents: by rule, unless the school wrote it itself."""

from functools import cache

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from tenants.participants.persons import Name

_SEX = {"female": Gender.FEMALE, "male": Gender.MALE}


@cache
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


@cache
def _detector() -> PetrovichGenderDetector:
    return PetrovichGenderDetector()


def genitive(name: Name, sex: str = "") -> str:
    """Return «Ивановой Анны Петровны»; where the sex cannot be told, the name stands as it is."""
    gender = _SEX.get(sex) or _guess(name)
    if gender is None:
        return name.full
    parts = ((NamePart.LASTNAME, name.last), (NamePart.FIRSTNAME, name.first), (NamePart.MIDDLENAME, name.middle))
    return " ".join(_maker().make(kind, gender, Case.GENITIVE, part) for kind, part in parts if part)


def _guess(name: Name) -> Gender | None:
    try:
        found: Gender = _detector().detect(lastname=name.last, firstname=name.first, middlename=name.middle or None)  # type: ignore[no-untyped-call]  # the library left it untyped
    except ValueError:
        return None
    return None if found is Gender.ANDROGYNOUS else found
