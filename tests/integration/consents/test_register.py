"""The register: states, tasks of birthdays, many marked at once, papers, texts, blanks and the file."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import InvalidError
from tenants.organizations.models import Organization
from tenants.participants.ages import birthday
from tenants.participants.consent_models import ConsentPaper
from tenants.participants.consent_register import Register, RegisterFilter, register
from tenants.participants.consents import NewConsent
from tenants.participants.models import Consent, ConsentKind, Giver
from tenants.participants.papers import Scan
from tests.conftest import Seat
from tests.documents import words_of
from tests.factories.people import MENTEE, MENTOR, make_consent, make_participant
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import canary, given, withdrawn

SignIn = Callable[[Role, Organization], Seat]
PDF = b"%PDF-1.7\n% a scan\n"


def read(place: Organization, **wanted: str) -> Register:
    with transaction(actor_of(place).scope) as session:
        return register(session, clock.today(), RegisterFilter(**wanted))


def turning(age: int, in_days: int) -> date:
    """A birth date whose birthday lies so many days ahead."""
    day = clock.today() + timedelta(days=in_days)
    return day.replace(year=day.year - age, day=min(day.day, 28))


def test_one_line_for_each_person_with_its_state(tree: Tree) -> None:
    today = clock.today()
    for name, more in {
        "Агеев Лев": None,
        "Белов Лев": {},
        "Волков Лев": {"valid_until": today + timedelta(days=10)},
        "Громов Лев": {"valid_until": today - timedelta(days=1)},
    }.items():
        person = make_participant(tree.school, name=name, role=MENTOR, born_on=date(1980, 1, 1))
        if more is not None:
            make_consent(tree.school, person, **more)
    _, consent = canary(tree.school)
    withdrawn(tree.school, consent)

    found = read(tree.school)

    assert [(line.name.last, line.state.value) for line in found.lines] == [
        ("Агеев", "missing"),
        ("Белов", "ok"),
        ("Волков", "expiring"),
        ("Громов", "expired"),
    ]
    assert {tab: found.counts[tab] for tab in ("", "missing", "ok", "expiring", "expired", "withdrawn")} == {
        "": 4, "missing": 1, "ok": 1, "expiring": 1, "expired": 1, "withdrawn": 1,
    }  # fmt: skip
    assert [line.hidden for line in read(tree.school, tab="withdrawn").lines] == [True]


def test_a_consent_in_force_speaks_before_a_withdrawal_of_before(tree: Tree) -> None:
    person, consent = canary(tree.school)
    make_consent(tree.school, person, given_on=date(2026, 10, 1))
    withdrawn(tree.school, consent, date(2026, 9, 30))

    assert [line.state.value for line in read(tree.school).lines] == ["ok"]


def test_a_withdrawal_speaks_before_an_older_consent_that_has_run_out(tree: Tree) -> None:
    person, consent = canary(tree.school)
    make_consent(tree.school, person, given_on=date(2025, 9, 1), valid_until=date(2026, 8, 31))
    withdrawn(tree.school, consent)

    assert [line.state.value for line in read(tree.school, tab="withdrawn").lines] == ["withdrawn"]


def test_a_birthday_asks_on_the_home_page_and_in_the_register(as_role: SignIn, tree: Tree) -> None:
    child = make_participant(tree.school, name="Юный Лев", role=MENTEE, born_on=turning(14, 20))
    grown = make_participant(tree.school, name="Зрелый Лев", role=MENTOR, born_on=date(2008, 3, 1))
    for person in (child, grown):
        make_consent(tree.school, person, given_by=Giver.REPRESENTATIVE)
    seat = as_role(Role.CURATOR, tree.school)

    page = seat.get("consents/?tab=age").get_data(as_text=True)
    home = seat.get("home/tasks").get_data(as_text=True)

    assert birthday(child.born_on, 14) > clock.today()
    assert "Юный Лев" in page
    assert "Зрелый Лев" in page
    assert "нужна новая подпись" in page
    assert "14 лет: подписывает и ребёнок" in home
    assert "18 лет: нужно своё согласие" in home


def test_many_are_marked_at_once_and_each_by_the_right_giver(as_role: SignIn, tree: Tree) -> None:
    small = make_participant(tree.school, role=MENTEE, born_on=date(2015, 1, 1))
    teen = make_participant(tree.school, role=MENTEE, born_on=date(2011, 1, 1))
    teacher = make_participant(tree.school, role=MENTOR, born_on=date(1980, 1, 1))
    seat = as_role(Role.CURATOR, tree.school)
    people = [str(one.id) for one in (small, teen, teacher)]
    values = {"kind": "processing", "given_on": "01.10.2026", "document": "папка 3", "children_signed": "1"}

    assert seat.post("consents/mark", data=values | {"people": people}).status_code == 303

    with transaction(actor_of(tree.school).scope) as session:
        rows = session.execute(
            select(Consent.participant_id, Consent.given_by, Consent.child_signed).order_by(Consent.participant_id)
        ).all()
    assert [tuple(row) for row in rows] == [
        (small.id, Giver.REPRESENTATIVE, False),
        (teen.id, Giver.REPRESENTATIVE, True),
        (teacher.id, Giver.SELF, False),
    ]


def test_nobody_ticked_is_said_and_nothing_is_written(as_role: SignIn, tree: Tree) -> None:
    make_participant(tree.school, role=MENTEE)
    answer = as_role(Role.CURATOR, tree.school).post(
        "consents/mark", data={"kind": "processing", "given_on": "01.10.2026"}
    )

    assert answer.status_code == 422
    assert "Отметьте участников в списке." in answer.get_data(as_text=True)


def test_a_person_of_another_school_cannot_be_marked(as_role: SignIn, tree: Tree) -> None:
    stranger = make_participant(tree.sister, role=MENTEE)
    values = {"kind": "processing", "given_on": "01.10.2026", "people": str(stranger.id)}

    assert as_role(Role.CURATOR, tree.school).post("consents/mark", data=values).status_code == 404
    assert read(tree.sister).counts["missing"] == 1


def give(seat: Seat, person_id: int, content: bytes | None, **more: str) -> int:
    values: dict[str, object] = {"kind": "processing", "given_on": "01.10.2026", "given_by": "representative"}
    values |= {"giver_name": "Канарейкина Дарья", "giver_basis": "мать, свидетельство о рождении"} | more
    if content is not None:
        values["scan"] = (io.BytesIO(content), "Канарейкин Прохор.pdf")
    answer = seat.post(f"participants/{person_id}/consents/add", data=values, content_type="multipart/form-data")
    return answer.status_code


def test_a_scan_is_kept_for_the_school_alone_and_goes_with_the_name(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, name="Канарейкин Прохор", role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)

    assert give(seat, person.id, PDF) == 303
    with transaction(actor_of(tree.school).scope) as session:
        consent = session.scalars(select(Consent)).one()
        assert session.scalars(select(ConsentPaper.giver_basis)).all() == ["мать, свидетельство о рождении"]
    path = f"participants/{person.id}/consents/{consent.id}/scan"
    answer = seat.get(path)

    assert answer.data == PDF
    assert "soglasie" in answer.headers["Content-Disposition"]
    assert as_role(Role.CURATOR, tree.sister).get(path).status_code == 404
    withdrawn(tree.school, consent)
    assert seat.get(path).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Файл пустой"),
        (b"MZ\x90 a program", "PDF, JPEG или PNG"),
    ],
)
def test_what_is_no_scan_is_refused(as_role: SignIn, tree: Tree, content: bytes, words: str) -> None:
    person = make_participant(tree.school, role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    values = {
        "kind": "processing",
        "given_on": "01.10.2026",
        "given_by": "self",
        "scan": (io.BytesIO(content), "x.pdf"),
    }

    answer = seat.post(f"participants/{person.id}/consents/add", data=values, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert read(tree.school).counts["missing"] == 1


def test_a_scan_of_more_than_ten_megabytes_is_refused(tree: Tree) -> None:
    person = make_participant(tree.school, role=MENTEE)
    new = NewConsent(date(2026, 10, 1), scan=Scan(PDF + b"0" * 10 * 1024 * 1024))

    with pytest.raises(InvalidError, match="больше 10 МБ"):
        given(tree.school, person, new)


def test_who_is_of_age_signs_alone(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, role=MENTOR, born_on=date(1980, 1, 1))
    seat = as_role(Role.CURATOR, tree.school)

    assert give(seat, person.id, None) == 422
    assert give(seat, person.id, None, given_by="self") == 303


def text_of(goal: str, valid_from: str | None = None) -> dict[str, str]:
    day = valid_from or f"{clock.today():%d.%m.%Y}"
    return {"valid_from": day, "goal": goal, "data": "имя", "actions": "сбор", "term": "год"}


def test_the_schools_own_text_goes_before_the_regions(as_role: SignIn, tree: Tree) -> None:
    region, school = as_role(Role.REGION_ADMIN, tree.region), as_role(Role.CURATOR, tree.school)

    assert region.post("consents/texts/survey/edit", data=text_of("цель региона")).status_code == 303
    assert "цель региона" in school.get("consents/texts").get_data(as_text=True)
    assert school.post("consents/texts/survey/edit", data=text_of("цель школы")).status_code == 303

    seats = (school, as_role(Role.CURATOR, tree.sister))
    mine, sisters = (one.get("consents/texts").get_data(as_text=True) for one in seats)
    assert ("цель школы" in mine, "цель региона" in mine) == (True, False)
    assert ("цель школы" in sisters, "цель региона" in sisters) == (False, True)


def test_an_edition_of_tomorrow_does_not_hold_today(as_role: SignIn, tree: Tree) -> None:
    seat = as_role(Role.CURATOR, tree.school)
    tomorrow, yesterday = (clock.today() + timedelta(days=shift) for shift in (1, -1))

    assert seat.post("consents/texts/survey/edit", data=text_of("завтра", f"{tomorrow:%d.%m.%Y}")).status_code == 303
    assert seat.post("consents/texts/survey/edit", data=text_of("вчера", f"{yesterday:%d.%m.%Y}")).status_code == 422
    assert ">завтра<" not in seat.get("consents/texts").get_data(as_text=True)


def test_the_blank_of_a_pupil_has_the_nine_items_and_both_signatures(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(
        tree.school, name="Канарейкин Прохор Лукич", role=MENTEE, born_on=date(2011, 5, 4), class_name="9 «А»"
    )

    words = words_of(as_role(Role.DIRECTOR, tree.school).get(f"consents/blanks/processing/{person.id}.pdf").data)

    flat = re.sub(r"-?\s+", " ", words)
    for part in (
        "Школа № 1, полное имя", "в интересах Канарейкина Прохора Лукича", "04.05.2011", "9 «А»",
        "фамилия, имя, отчество законного представителя", "подтверждающий полномочия", "удостоверяющего личность",
        "Цель:", "Перечень данных:", "по поручению", "Действия и способы:", "Срок и отзыв:",
        "Законный представитель", "с 14 лет подписывает",
    ):  # fmt: skip
        assert part in flat, part


def test_blanks_of_a_class_have_a_page_for_each_and_an_adult_signs_alone(as_role: SignIn, tree: Tree) -> None:
    people = [
        make_participant(tree.school, name=name, role=MENTOR, born_on=date(1980, 1, 1))
        for name in ("Яшин Олег Львович", "Агеева Вера Львовна")
    ]
    seat = as_role(Role.CURATOR, tree.school)

    answer = seat.post("consents/blanks/publication.pdf", data={"people": [str(one.id) for one in people]})

    words = words_of(answer.data)
    assert words.index("Агеева Вера") < words.index("Яшин Олег")
    assert words.count("Цель:") == 2
    assert "Законный представитель" not in words
    assert "распространения" in words


def test_no_blank_is_printed_of_a_hidden_name(as_role: SignIn, tree: Tree) -> None:
    person, consent = canary(tree.school)
    withdrawn(tree.school, consent)

    assert as_role(Role.CURATOR, tree.school).get(f"consents/blanks/processing/{person.id}.pdf").status_code == 404


def test_the_genitive_of_the_card_goes_before_the_rule(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, name="Гого Али", role=MENTEE)
    seat = as_role(Role.CURATOR, tree.school)
    card = {"name": "Гого Али", "born_on": "14.03.2012", "genitive": "Гого Алия", "version": "2"}

    assert seat.post(f"participants/{person.id}/edit", data=card).status_code == 303
    assert "Гого Алия" in words_of(seat.get(f"consents/blanks/processing/{person.id}.pdf").data)


def test_the_register_comes_as_a_workbook_with_every_purpose(as_role: SignIn, tree: Tree) -> None:
    person = make_participant(tree.school, name="Белов Лев", role=MENTEE)
    make_consent(tree.school, person, document="папка 3")
    make_consent(tree.school, person, kind=ConsentKind.SURVEY)

    answer = as_role(Role.DIRECTOR, tree.school).get("consents/consents.xlsx?kind=all")

    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.data)).worksheets[0]]
    assert [row[4] for row in rows[1:]] == ["на обработку данных", "на анкетирование"]
    assert rows[1][1] == "Белов Лев"
    assert "папка 3" in rows[1]


def test_a_withdrawal_recorded_by_mistake_is_undone_on_screen(as_role: SignIn, tree: Tree) -> None:
    person, consent = canary(tree.school)
    seat = as_role(Role.CURATOR, tree.school)
    path = f"participants/{person.id}/consents/{consent.id}/withdraw"
    day = f"{clock.today():%d.%m.%Y}"

    preview = seat.get(path).get_data(as_text=True)
    assert seat.post(path, data={"withdrawn_on": day, "received": "email", "version": "1"}).status_code == 303
    hidden = seat.get(f"participants/{person.id}").get_data(as_text=True)
    found = re.search(r"withdrawals/(\d+)/undo", hidden)

    assert "Участие: наставляемый" in preview
    assert "Отправленные месяцы" not in preview
    assert "по электронной почте" in hidden
    assert found
    assert seat.post(f"participants/{person.id}/withdrawals/{found[1]}/undo").status_code == 303
    assert "Канарейкин" in seat.get(f"participants/{person.id}").get_data(as_text=True)
