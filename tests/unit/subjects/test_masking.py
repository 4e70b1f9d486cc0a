"""Surnames in free words: found in every case, and a short one never inside another word."""

import pytest

from tenants.participants.persons import Name
from tenants.subjects.masking import names, without_others


@pytest.mark.parametrize(
    ("surname", "text"),
    [
        ("Ян", "Итоги января и план на январь"),
        ("Ли", "Литература и линейка, лист 3"),
        ("Ким", "Показ кимоно"),
        ("Пак", "Пакет документов, упаковка"),
        ("Зима", "Зимний лагерь"),
        ("Цой", "Цокольный этаж"),
        ("Гусь", "Гусеница и гусары"),
        ("Седой", "Седьмой класс, седловина"),
        ("Юдин", "Юдинский проезд"),
        ("Сорокин", "Сорок дней подготовки"),
    ],
)
def test_another_word_names_nobody(surname: str, text: str) -> None:
    assert not names(text, Name(surname, "Иван"))
    assert without_others(text, {5: Name(surname, "Иван")}) == text


@pytest.mark.parametrize(
    ("surname", "texts"),
    [
        ("Ян", ("Ян", "Разговор с Яном", "беседа с яном", "Тетрадь Яна, ответ Яну", "Об Яне")),
        ("Ли", ("Разговор с Ли", "Ли В.И. объяснил")),
        ("Ким", ("Кима похвалили", "с Кимом", "семья Кимов")),
        ("Зима", ("Зимы не было", "с Зимой", "Зиме помогли")),
        ("Цой", ("Цоя ждали", "с Цоем", "Цою")),
        ("Гусь", ("Гуся ждали", "с Гусем")),
        ("Седой", ("Седого ждали", "с Седым", "Седая пришла", "Седой")),
        ("Юдин", ("Юдина", "с Юдиным", "Юдиной", "Юдину")),
        ("Королёв", ("Королев", "с Королёвым", "Королевой")),
        ("Мамин-Сибиряк", ("Мамин-Сибиряк", "Мамин-Сибиряка")),
    ],
)
def test_a_surname_is_found_in_its_cases(surname: str, texts: tuple[str, ...]) -> None:
    for text in texts:
        assert names(text, Name(surname, "Иван")), text


def test_names_of_others_are_told_as_numbers() -> None:
    others = {5: Name("Ли", "Ан"), 7: Name("Королёв", "Пётр", "Ильич"), 9: Name("Ян", "Олег")}

    told = without_others("Ли В.И. и Королев П. И. помогли Яну; видно ли это в январе?", others)

    assert told == "участник № 5 и участник № 7 помогли участник № 9; видно ли это в январе?"
