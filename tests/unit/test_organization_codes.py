"""Codes of a card: each message names the field, the digit and what is expected; a code is proposed for a name."""

import pytest

from tenants.errors import InvalidError
from tenants.organizations import codes
from tenants.organizations.naming import CODE, code_of_name, free_code, proposals


@pytest.mark.parametrize(
    ("check", "value", "sentence"),
    [
        (codes.check_inn, "7707083894", "ИНН: последняя цифра не сходится, ожидается 3; проверьте цифры 1–9."),
        (codes.check_inn, "77070838", "ИНН: не хватает 2 цифр, нужно 10."),
        (
            codes.check_inn,
            "770708389",
            "ИНН: не хватает 1 цифры, нужно 10. Если он начинается с нуля, Excel мог убрать ноль.",
        ),
        (codes.check_inn, "77070838931", "ИНН: цифр больше, чем нужно, на 1; должно быть 10."),
        (codes.check_inn, "500100732259", "ИНН: 12 цифр бывает у человека или предпринимателя, у организации их 10."),
        (codes.check_inn, "77О7083893", "ИНН: знак 3 – «О», а нужны только цифры."),
        (codes.check_ogrn, "1027700132196", "ОГРН: последняя цифра не сходится, ожидается 5; проверьте цифры 1–12."),
        (codes.check_ogrn, "10277001321", "ОГРН: не хватает 2 цифр, нужно 13."),
        (codes.check_okpo, "00032538", "ОКПО: последняя цифра не сходится, ожидается 7; проверьте цифры 1–7."),
        (codes.check_okpo, "123", "ОКПО: 3 цифры, а нужно 8, 10 или 14."),
        (codes.check_oktmo, "4", "ОКТМО: 1 цифра, а нужно 8 или 11."),
        (codes.check_kpp, "7701010", "КПП: не хватает 2 знаков, нужно 9."),
        (codes.check_kpp, "77Я101001", "КПП: знак 3 – «Я», а нужна цифра. Пример: 770101001."),
    ],
)
def test_a_wrong_code_is_told_exactly(check, value, sentence):
    with pytest.raises(InvalidError) as refusal:
        check(value)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("check", "value", "read"),
    [
        (codes.check_inn, " 77 070 838 93", "7707083893"),
        (codes.check_ogrn, "1027700132195", "1027700132195"),
        (codes.check_okpo, "00032537", "00032537"),
        (codes.check_kpp, "7701аб001".replace("аб", "ab"), "7701AB001"),
        (codes.check_oktmo, "45382000", "45382000"),
    ],
)
def test_a_right_code_is_read(check, value, read):
    assert check(value) == read


def test_all_faults_of_a_card_are_told_at_once():
    card = codes.read_card({"name": "", "name_short": "СОШ", "inn": "1", "kpp": "", "responsible_email": "почта"})

    assert set(card.faults) == {"name", "inn", "responsible_email"}
    assert card.values["kpp"] is None


def test_a_foreign_tax_office_is_a_doubt_and_no_fault():
    card = {"inn": "7707083893", "kpp": "500101001"}

    assert codes.read_card(card).faults == {}
    assert "5001" in codes.doubt(card)
    assert codes.doubt({"inn": "7707083893", "kpp": "770701001"}) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [("СОШ № 12", "sosh-12"), ("Щёкинский лицей", "shchekinskiy-litsey"), ("№", ""), ("Объезд", "obezd")],
)
def test_a_code_is_proposed_by_spelling_the_name(name, code):
    assert code_of_name(name) == code


def test_the_second_school_of_one_name_gets_its_district_into_the_code():
    assert free_code("СОШ № 1", "lesnoy", {"sosh-1"}) == "sosh-1-lesnoy"
    assert free_code("СОШ № 1", "lesnoy", {"sosh-1", "sosh-1-lesnoy"}) == "sosh-1-lesnoy-2"
    assert all(CODE.fullmatch(one) for one in proposals("Очень длинное название школы имени кого-то " * 3, "x" * 36))
