"""The handover page: what is open, who is who, what was decided; no name of a pupil or a mentor."""

from tenants.accounts.models import Role
from tenants.roadmaps.models import RoadmapStatus
from tests.factories import people
from tests.factories.months import accept, open_month, send, start
from tests.factories.roadmaps import make_roadmap
from tests.factories.staff import make_invitation, rename
from tests.factories.tree import make_account


def test_a_school_hands_over_its_open_tasks_and_contacts(as_role, tree):
    rename(make_account((tree.district, Role.DISTRICT_REVIEWER)), "Соколова")
    make_roadmap(tree.school, RoadmapStatus.RETURNED)
    start(tree.school, open_month(tree))
    make_invitation(tree.school, Role.CURATOR, f"waiting-{tree.school.id}@example.org")
    pupil = people.make_participant(tree.school, name="Журавлёва Инна Львовна")
    assert pupil

    page = as_role(Role.DIRECTOR, tree.school).get("staff/handover").get_data(as_text=True)

    for words in (
        "Дорожная карта возвращена на доработку",
        "Отчёт за октябрь",
        "Не принято: 1",
        "Кто проверяет: Ближний район",
        "Соколова Вера Ильинична",
        "План на 2026/27 возвращён",
    ):
        assert words in page.replace("\xa0", " "), words
    assert "Журавлёва" not in page


def test_a_district_hands_over_what_waits_for_it_and_what_it_decided(as_role, tree):
    window = open_month(tree)
    decided, waiting = start(tree.school, window), start(tree.sister, window)
    send(tree.school, decided)
    accept(tree.district, decided)
    send(tree.sister, waiting)
    make_roadmap(tree.sister, RoadmapStatus.SENT)

    page = as_role(Role.DISTRICT_REVIEWER, tree.district).get("staff/handover").get_data(as_text=True)

    for words in ("ждут проверки: 1 отчёт", "Ждут согласования: 1", "Отчёт за октябрь 2026 принят", "Школа № 1"):
        assert words in page.replace("\xa0", " "), words
