"""Windows open on the region's day, once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal import cli
from portal.operations.tasks import TASKS
from reports.editions.loading import read_seed
from reports.forms import content_of, load_seeds
from tenants import clock
from tenants.db import transaction
from tenants.errors import ForbiddenError, WrongStateError
from tenants.periods import Month
from tenants.settings.calendar import Calendar
from tenants.settings.commands import decide
from tenants.submissions import queries
from tenants.submissions.editions import change_edition, save_edition
from tenants.submissions.models import SubmissionWindow
from tenants.submissions.windows import open_windows, open_windows_due
from tests.factories.months import OCTOBER, open_month
from tests.factories.tree import Tree, actor_of, make_tree


def load_forms(tree):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        return load_seeds(session, actor)


def windows_seen_by(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(SubmissionWindow).order_by(SubmissionWindow.period_start)).all()


def test_a_window_carries_the_cut_and_the_deadline_of_the_region(tree: Tree):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        decide(session, actor, Calendar(31, 5, 20), valid_from=date(2026, 9, 1), version=0)

    window = open_month(tree)

    assert (window.cut_after, window.cut_on) == (date(2026, 9, 30), date(2026, 10, 31))
    assert (window.opens_on, window.due_on) == (date(2026, 10, 20), date(2026, 11, 5))


def test_opening_twice_opens_once_and_everybody_below_sees_it(tree: Tree):
    open_month(tree)
    open_again = open_windows_due(tree.region.code, OCTOBER)

    assert open_again == 0
    assert [len(windows_seen_by(place)) for place in tree.all] == [1] * 7


def test_another_region_does_not_see_the_windows(tree: Tree):
    open_month(tree)

    assert windows_seen_by(make_tree().school) == []


@pytest.mark.usefixtures("database")
def test_the_schedule_opens_a_month_on_its_day_in_the_zone_of_the_region():
    tree = make_tree("Asia/Vladivostok")
    load_forms(tree)
    # 31 October, 13:59 UTC is still October in Vladivostok; a minute later November begins there.
    clock.travel(datetime(2026, 10, 31, 13, 59, tzinfo=UTC))
    TASKS["open_windows"]()
    before = [window.period_start for window in windows_seen_by(tree.school)]
    clock.travel(datetime(2026, 10, 31, 14, 1, tzinfo=UTC))
    TASKS["open_windows"]()
    TASKS["open_windows"]()

    assert before == [date(2026, 10, 1)]
    assert [window.period_start for window in windows_seen_by(tree.school)] == [date(2026, 10, 1), date(2026, 11, 1)]


def test_nothing_opens_before_the_day(tree: Tree):
    load_forms(tree)
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        decide(session, actor, Calendar(25, 25, 20), valid_from=date(2026, 9, 1), version=0)
    clock.travel(datetime(2026, 10, 19, 12, tzinfo=UTC))

    TASKS["open_windows"]()

    assert windows_seen_by(tree.school) == []


@pytest.mark.parametrize("place", ["district", "school"])
def test_only_the_region_opens_windows(tree: Tree, place):
    actor = actor_of(getattr(tree, place))

    with pytest.raises(ForbiddenError), transaction(actor.scope) as session:
        open_windows(session, actor, OCTOBER)


def test_a_published_form_is_never_changed(tree: Tree):
    edition = load_forms(tree)[0]
    actor = actor_of(tree.region)
    content = content_of(read_seed("monthly_2026.toml"), "<other/>")
    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        save_edition(session, actor, content)
    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        change_edition(session, actor, edition.id, content, version=edition.row_version)
    assert load_forms(tree)[0].id == edition.id


def test_the_shell_loads_the_form_and_opens_the_month(tree: Tree, database, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", database.login_url)

    assert cli.main(["edition", "load", "--region", tree.region.code]) == 0
    assert cli.main(["windows", "open", "--month", "2026-10", "--region", tree.region.code]) == 0
    assert cli.main(["windows", "open", "--month", "2026-10", "--region", tree.region.code]) == 0
    assert cli.main(["windows", "open", "--month", "2026-13", "--region", tree.region.code]) == 1

    printed = capsys.readouterr()
    assert "Форма «Мониторинг наставничества за месяц», код monthly, редакция 2026.1: опубликована." in printed.out
    assert "открыто окон сдачи: 1.\n" in printed.out
    assert "открыто окон сдачи: 0.\n" in printed.out
    assert "Месяц указан неверно" in printed.err
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert queries.window_of_month(session, Month(2026, 10)).edition.code == "monthly"


def test_a_file_that_is_no_form_is_refused_in_one_line(tree: Tree, database, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DATABASE_URL", database.login_url)
    wrong = tmp_path / "form.toml"
    wrong.write_text("code = ")

    assert cli.main(["edition", "load", str(wrong), "--region", tree.region.code]) == 1
    assert cli.main(["edition", "load", str(tmp_path / "none.toml"), "--region", tree.region.code]) == 1

    assert len(capsys.readouterr().err.splitlines()) == 2
