"""A small fixed region for documents: three districts, a college, one school that has not reported."""

from datetime import date
from decimal import Decimal

from reports.documents.regional import Stamp
from reports.documents.regional_figures import Amount, Branch, Line, Place, RegionalFigures, Roadmaps

_ROWS = (
    ("1", "Программ наставничества", "programmes", 0),
    ("2", "Наставнических пар", "pairs", 0),
    ("3", "Наставнических групп", "groups", 0),
    ("4", "Наставников", "mentors", 0),
    ("5", "из них обучено", "mentors_trained", 1),
    ("6", "Наставляемых", "mentees", 0),
    ("10", "Завершили", "completed", 0),
    ("11", "Выбыли до срока", "left_early", 0),
    ("12", "Проведено встреч", "meetings", 0),
)
_BRANCHES = (
    (11, "Речной район", 2, 2, (4, 40, 5, 38, 20, 90, 6, 1, 95)),
    (12, "Степной район", 3, 2, (3, 25, 2, 22, 9, 51, 0, 2, 41)),
    (13, "Горный район", 1, 0, None),
    (10, "Подведомственные региону", 1, 1, (2, 12, 1, 11, 11, 1200, 3, 0, 30)),
)
STAMP = Stamp(3, "b41e09c7" + "5" * 56, date(2026, 11, 2), "02.11.2026, 09:30", "к запуску 2: наставляемых +12")


def fixed_figures(*, complete: bool = False) -> RegionalFigures:
    branches = tuple(
        Branch(
            node,
            name,
            expected,
            expected if complete else accepted,
            accepted,
            tuple(
                Amount() if values is None else Amount(Decimal(values[at]), Decimal(values[at] - 1))
                for at in range(len(_ROWS))
            ),
            Roadmaps(expected, accepted, 20 * accepted, 7 * accepted, accepted),
            direct=node == 10,
        )
        for node, name, expected, accepted, values in _BRANCHES
    )
    places = (
        Place(1, "Школа № 1", 11, "принято", accepted=True),
        Place(2, "Школа № 2", 11, "принято", accepted=True),
        Place(3, "Школа № 3", 12, "принято", accepted=True),
        Place(4, "Школа № 4", 12, "принято", accepted=True),
        Place(5, "Школа № 5 <имени> A&B", 12, "возвращено на исправление", accepted=complete),
        Place(6, "Школа № 6", 13, "не сдано", accepted=complete),
        Place(7, "Колледж", 10, "принято", accepted=True),
    )
    return RegionalFigures(
        region="Озёрный край",
        region_full="Центр наставничества Озёрного края",
        head_post="Директор",
        head_name="А.Н. Ладогина",
        month="2026-10",
        edition="Мониторинг наставничества за месяц",
        edition_version="2026.1",
        form_names=("Ученик – ученик", "Педагог – педагог"),
        lines=tuple(_line(at, branches) for at in range(len(_ROWS))),
        branches=branches,
        places=places,
        expected_before=7,
        accepted_before=5,
        before_exists=True,
        roadmaps_year="2026/2027 учебный год",
    )


def _line(at: int, branches: tuple[Branch, ...]) -> Line:
    code, name, figure, indent = _ROWS[at]
    known = [branch.amounts[at] for branch in branches]
    total = Amount(
        sum((amount.now for amount in known if amount.now is not None), Decimal(0)),
        sum((amount.before for amount in known if amount.before is not None), Decimal(0)),
    )
    return Line(code, name, figure, "", indent, total, (total.now, None))
