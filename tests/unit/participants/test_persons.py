"""Names and the key by which a person is counted once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import DomainError, InvalidError
from tenants.participants.persons import Name, identity_key, name_key

BORN = date(2013, 5, 4)


@pytest.mark.parametrize(
    ("typed", "name", "short"),
    [
        ("Иванова Анна Петровна", Name("Иванова", "Анна", "Петровна"), "Иванова А.П."),
        ("  Ким   Лев ", Name("Ким", "Лев"), "Ким Л."),
        ("Мамедов Али Гасан оглы", Name("Мамедов", "Али", "Гасан оглы"), "Мамедов А.Г."),
        ("Салтыкова-Щедрина Анна", Name("Салтыкова-Щедрина", "Анна"), "Салтыкова-Щедрина А."),
        ("О'Нил Джон", Name("О'Нил", "Джон"), "О'Нил Д."),
    ],
)
def test_a_name_is_split_into_its_parts(typed: str, name: Name, short: str) -> None:
    assert Name.parse(typed) == name
    assert name.short == short


@pytest.mark.parametrize("typed", ["", "Иванова", "Иванова 7", "Иванова <b>", "=1+1 Анна", "И" * 101 + " Анна"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError):
        Name.parse(typed)


@given(st.text(max_size=60))
def test_the_key_of_a_name_does_not_change_when_it_is_taken_again(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


def test_spelling_does_not_change_who_a_person_is() -> None:
    one = identity_key(Name("Королёва", "Алёна", "Игоревна"), BORN)

    assert one == identity_key(Name("КОРОЛЕВА", "алена", "Игоревна"), BORN)
    assert one != identity_key(Name("Королёва", "Алёна", "Игоревна"), date(2013, 5, 5))
    assert identity_key(Name("Королёва", "Алёна"), None) is None


def test_a_key_needs_the_secret_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    with_one = identity_key(Name("Ким", "Лев"), BORN)
    monkeypatch.setenv("IDENTITY_KEY", "another-secret-key-0")

    assert identity_key(Name("Ким", "Лев"), BORN) != with_one
    monkeypatch.setenv("IDENTITY_KEY", "short")
    with pytest.raises(DomainError, match="IDENTITY_KEY"):
        identity_key(Name("Ким", "Лев"), BORN)
