"""The console script against a real database: regions, organizations, accounts, the doctor."""

import json
import os
import subprocess
import sys

import pytest
import xlsxwriter

from tenants.db import REGISTRY, transaction
from tenants.errors import NotFoundError
from tenants.organizations.models import OrganizationKind
from tenants.organizations.queries import organization_by_code
from tests.conftest import new_database
from tests.factories.tree import PASSWORD, unique


@pytest.fixture
def portal(database):
    def run(*arguments, **environment):
        assert database
        return subprocess.run(
            [sys.executable, "-m", "portal.cli", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            check=False,
        )

    return run


def found(code):
    with transaction(REGISTRY.reading()) as session:
        return organization_by_code(session, code)


@pytest.fixture
def region(portal):
    code = unique("r")
    done = portal("region", "create", "--code", code, "--name", "Центр наставничества", "--time-zone", "Asia/Omsk")
    assert done.returncode == 0, done.stderr
    return found(code)


def table(path, *rows):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate((("Код", "Вид", "Краткое наименование", "Код подчинения", "ИНН"), *rows)):
        sheet.write_row(number, 0, row)
    book.close()
    return str(path)


def test_a_region_is_created_with_its_zone(region):
    assert (region.kind, region.time_zone, region.parent_id) == (OrganizationKind.REGION, "Asia/Omsk", None)


def test_good_rows_are_taken_over_and_refused_rows_are_named(portal, region, tmp_path):
    district, school, broken = unique("d"), unique("s"), unique("b")
    path = table(
        tmp_path / "organizations.xlsx",
        (school, "школа", "СОШ № 5", district, 7707083893),
        (district, "отдел образования", "Лесной район", region.code, ""),
        (broken, "школа", "СОШ № 6", district, "7707083894"),
    )

    done = portal("organizations", "load", path, "--region", region.code)

    assert done.returncode == 1
    assert "строка 4" in done.stderr
    assert "ИНН" in done.stderr
    assert "Создано 2" in done.stdout
    assert found(school).district_id == found(district).id
    assert found(school).inn == "7707083893"
    with pytest.raises(NotFoundError):
        found(broken)


def test_a_second_load_updates_instead_of_doubling(portal, region, tmp_path):
    school = unique("c")
    first = table(tmp_path / "one.xlsx", (school, "колледж", "Колледж", region.code, ""))
    second = table(tmp_path / "two.xlsx", (school, "колледж", "Колледж связи", region.code, ""))

    portal("organizations", "load", first, "--region", region.code)
    done = portal("organizations", "load", second, "--region", region.code)

    assert "Создано 0, обновлено 1" in done.stdout
    assert found(school).name_short == "Колледж связи"


def test_a_check_tells_every_row_and_writes_nothing(portal, region, tmp_path):
    good, bad = unique("c"), unique("b")
    path = table(
        tmp_path / "list.xlsx",
        (good, "колледж", "Колледж", region.code, "7707083893"),
        (bad, "колледж", "Техникум", region.code, "7707083894"),
    )

    told = portal("organizations", "load", path, "--region", region.code, "--check")
    as_data = portal("organizations", "load", path, "--region", region.code, "--check", "--json")

    assert told.returncode == 1
    assert "строка 2: новая, Колледж" in told.stdout
    assert "строка 3: ИНН: последняя цифра не сходится, ожидается 3" in told.stderr
    assert [(row["number"], row["state"]) for row in json.loads(as_data.stdout)] == [(2, "new"), (3, "wrong")]
    with pytest.raises(NotFoundError):
        found(good)


def test_an_account_made_on_the_command_line_signs_in(portal, region, app):
    email = f"{unique('admin')}@example.org"

    done = portal(
        "users", "create", "--email", email, "--name", "Ермаков Пётр Андреевич", "--organization", region.code,
        "--role", "region_admin", PORTAL_PASSWORD=PASSWORD,
    )  # fmt: skip
    answer = app.test_client().post("/sign-in", data={"email": email, "password": PASSWORD})

    assert done.returncode == 0, done.stderr
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("users", "create", "--email", "x@y.ru", "--name", "А Б", "--organization", "none", "--role", "curator"),
            "none",
        ),
        (("organizations", "load", "/no/such.xlsx", "--region", "none"), "XLSX"),
        (("region", "create", "--code", "Код", "--name", "Центр"), "латинские"),
    ],
)
def test_a_refusal_is_one_clear_line(portal, arguments, words):
    done = portal(*arguments, PORTAL_PASSWORD=PASSWORD)

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert words in done.stderr


def test_the_doctor_finds_everything_in_order(portal):
    done = portal("doctor", "--json")

    assert done.returncode == 0, done.stdout
    assert all(check["ok"] for check in json.loads(done.stdout))


def test_the_doctor_rebuilds_the_records_of_every_region_on_request(portal, tmp_path):
    """In a database and a folder of its own: other tests break states and seals on purpose."""
    fresh = new_database("doctor")
    addresses = {"DATABASE_URL": fresh.login_url, "DATABASE_ADMIN_URL": fresh.admin_url}
    addresses["PORTAL_DATA_DIR"] = str(tmp_path)
    portal("region", "create", "--code", unique("d"), "--name", "Центр", **addresses)

    done = portal("doctor", "--json", "--records", **addresses)

    assert done.returncode == 0, done.stdout
    assert {"состояния", "журналы"} <= {check["name"] for check in json.loads(done.stdout)}


def test_the_doctor_names_what_is_wrong(portal):
    done = portal("doctor", "--json", REDIS_URL="unix:///no/such.sock")

    assert done.returncode == 1
    assert [check["name"] for check in json.loads(done.stdout) if not check["ok"]] == ["очередь"]


def test_the_portal_refuses_a_powerful_login(database):
    done = subprocess.run(
        [sys.executable, "-c", "from portal.app import create_app; create_app()"],
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": database.admin_url},
        check=False,
    )

    assert done.returncode != 0
    assert "superuser" in done.stderr
