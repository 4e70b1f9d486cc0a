"""The independent validator is asked safely and its words are passed on in order."""

import argparse
import json
from pathlib import Path

import pytest

from portal.reports.cli_check import add_check
from reports.controls import check
from reports.editions.definition import CellKey, CellValue, EditionDefinition, row_key
from reports.rosstat import check_report, write_report
from tenants.errors import DomainError

Values = dict[CellKey, CellValue]


@pytest.fixture
def report(definition: EditionDefinition, values: Values, title: dict[str, str]) -> bytes:
    return write_report(definition, values, title, 2, 2026)


def changed(document: bytes, old: str, new: str) -> bytes:
    text = document.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "code", "level", "where"),
    [
        ('version="01-09-2026"', 'version="02-09-2026"', "1.1", 1, ""),
        ('year="2026"', 'year="2025"', "1.2", 1, ""),
        ('period="0402"', 'period="1202"', "1.3", 1, ""),
        ('name="phone"', 'name="fax"', "2.1", 1, "Титульный лист, поле fax"),
        ('value="1234567890"', 'value="123"', "2.5", 1, "Титульный лист, поле okpo"),
        ('<col code="5">11.5<', '<col code="5">x<', "3.8", 1, "Раздел 1, строка 101, графа 5"),
        ('<row code="102">', '<row code="101">', "3.2", 1, "Раздел 1, строка 101"),
        ('<col code="3">60<', '<col code="3">61<', "4.2", 1, "Контроль 2"),
    ],
)
def test_each_stage_speaks_with_its_class_level_and_place(
    template: bytes, report: bytes, old: str, new: str, code: str, level: int, where: str
) -> None:
    message = check_report(template, changed(report, old, new))[0]

    assert (message.code, message.level, message.where) == (code, level, where)
    assert message.cls == int(code[0])


def test_numbers_in_the_words_of_the_validator_are_plain(template: bytes, report: bytes) -> None:
    text = check_report(template, changed(report, '<col code="3">60<', '<col code="3">61<'))[0].text

    assert text == "Дети кружков по направлениям; слева 60 = справа 61 разница 1"


def test_our_controls_agree_on_multiplied_rows(
    template: bytes, definition: EditionDefinition, values: Values, title: dict[str, str]
) -> None:
    values["2", row_key("201", "sport"), "3"] = values["01", "101", "3"]

    theirs = check_report(template, write_report(definition, values, title, 2, 2026))
    ours = check(definition, values, period=2)

    assert [message.code for message in theirs if message.is_error] == ["4.2"]
    assert [finding.control_id for finding in ours] == ["2"]
    assert ours[0].cells[0] == ("2", "201#music", "3")


def test_a_clause_that_is_a_program_never_reaches_the_validator(template: bytes, report: bytes, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    hostile = template.decode("windows-1251").replace("&amp;NP = 4", f"__import__('pathlib').Path('{trap}').touch()")

    with pytest.raises(DomainError, match="Контроль 6, период: условие на период не понято"):
        check_report(hostile.encode("windows-1251"), report)

    assert not trap.exists()


def test_a_report_with_entities_is_refused(template: bytes, report: bytes) -> None:
    hostile = report.replace(b"<report ", b'<!DOCTYPE report [<!ENTITY x "1">]><report ', 1)

    with pytest.raises(DomainError, match="DOCTYPE"):
        check_report(template, hostile)


def test_what_the_validator_cannot_digest_is_an_error_not_a_pass(template: bytes, report: bytes) -> None:
    broken = changed(report, '<item name="okpo" value="1234567890"/>', "<item/>")

    (message,) = [message for message in check_report(template, broken) if message.cls == 0] or [None]

    assert message is None or message.is_error
    assert any(found.is_error for found in check_report(template, broken))


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_check(parser.add_subparsers())
    chosen = parser.parse_args(["check", *arguments])
    code: int = chosen.run(chosen)
    return code


def test_the_command_prints_the_messages_and_ends_with_one_line(
    template: bytes, report: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, good, bad = (tmp_path / name for name in ("form.xml", "good.xml", "bad.xml"))
    form.write_bytes(template)
    good.write_bytes(report)
    bad.write_bytes(changed(report, '<col code="3">60<', '<col code="3">61<'))

    assert call(str(form), str(good)) == 0
    assert capsys.readouterr().out.startswith("Предупреждение 4.5. Контроль 5. ")

    assert call(str(form), str(bad)) == 1
    printed = capsys.readouterr()
    assert "Ошибка 4.2. Контроль 2. Дети кружков по направлениям; слева 60 = справа 61 разница 1" in printed.out
    assert printed.err == "portal: отчёт не прошёл проверку: ошибок 1, предупреждений 1.\n"

    assert call(str(form), str(bad), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["errors"], told["warnings"]) == (1, 1)
    assert told["messages"][0] | {"text": ""} == {
        "class": 4,
        "code": "4.2",
        "level": 1,
        "text": "",
        "where": "Контроль 2",
    }


def test_the_command_says_which_file_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r"Файл .*none\.xml не открывается"):
        call(str(tmp_path / "none.xml"), str(tmp_path / "none.xml"))
