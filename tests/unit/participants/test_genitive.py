"""Names in the genitive, as the blank of a consent needs them."""

import pytest

from tenants.participants.genitive import genitive
from tenants.participants.persons import Name


@pytest.mark.parametrize(
    ("name", "sex", "wanted"),
    [
        ("Иванова Анна Петровна", "", "Ивановой Анны Петровны"),
        ("Ковалёв Пётр Ильич", "", "Ковалёва Петра Ильича"),
        ("Салтыков-Щедрин Михаил Евграфович", "", "Салтыкова-Щедрина Михаила Евграфовича"),
        ("Шевчук Мария Львовна", "", "Шевчук Марии Львовны"),
        ("Шевчук Олег Львович", "male", "Шевчука Олега Львовича"),
        ("Дюма Софья", "female", "Дюма Софьи"),
    ],
)
def test_a_name_is_declined(name: str, sex: str, wanted: str) -> None:
    assert genitive(Name.parse(name), sex) == wanted


def test_a_name_whose_sex_cannot_be_told_stands_as_it_is() -> None:
    assert genitive(Name("Ли", "Саша")) in ("Ли Саша", "Ли Саши")
