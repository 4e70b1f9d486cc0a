"""Accepted months of a region for reports: rows as the acceptance of a month leaves them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from reports.editions.definition import EditionDefinition
from reports.editions.loading import read_seed
from reports.editions.parts import Cell, Source
from reports.forms import content_of
from reports.rosstat import read_template
from reports.runs.commands import Question, ask_report
from reports.runs.models import Definition, Format, ReportRun
from reports.runs.queries import own_run
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.periods import Month
from tenants.submissions.commands import start_submission
from tenants.submissions.editions import publish_edition, save_edition
from tenants.submissions.models import Status, SubmissionState, SubmissionWindow
from tenants.submissions.sums import Fact
from tenants.submissions.windows import open_windows
from tests.factories.tree import Tree, actor_of

OCTOBER = Month(2026, 10)
# Rows of the monthly form: programmes, pairs, groups, mentors, trained, mentees, 10-19, novices, joined, completed,
# left early, meetings.
ROWS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
USUAL = (2, 20, 3, 18, 9, 40, 30, 6, 5, 4, 1, 60)


def save(
    region: Organization, definition: EditionDefinition, *, template: str | None = None, publish: bool = True
) -> int:
    """Write an edition of the region and return its id."""
    actor = actor_of(region)
    with transaction(actor.scope) as session:
        edition = save_edition(session, actor, content_of(definition, template))
        return publish_edition(session, actor, edition.id).id if publish else edition.id


def monthly_edition(tree: Tree) -> int:
    """Publish the shipped monthly form and open October and September."""
    edition_id = save(tree.region, read_seed("monthly_2026.toml"))
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        open_windows(session, actor, OCTOBER.previous)
        open_windows(session, actor, OCTOBER)
    return edition_id


def window_of(place: Organization, edition_id: int, month: Month) -> int:
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(
            select(SubmissionWindow.id).where(
                SubmissionWindow.edition_id == edition_id, SubmissionWindow.period_start == month.first
            )
        ).one()


def accept_month(
    place: Organization, edition_id: int, month: Month = OCTOBER, totals: tuple[int, ...] = USUAL, *, split: bool = True
) -> None:
    """Let a month count: `totals` stand in «Всего», and in «Педагог – педагог» too when `split`."""
    actor = actor_of(place)
    window_id = window_of(place, edition_id, month)
    with transaction(actor.scope) as session:
        submission = start_submission(session, actor, window_id)
        state = session.scalars(select(SubmissionState).where(SubmissionState.submission_id == submission.id)).one()
        state.status, state.accepted_revision_n, state.revision_n = Status.ACCEPTED, 1, 1
        state.accepted_at = datetime(2026, 10, 26, tzinfo=UTC)
        for row, value in zip(ROWS, totals, strict=True):
            for column in ("3", "5") if split else ("3",):
                session.add(
                    Fact(
                        submission_id=submission.id,
                        edition_id=edition_id,
                        period_start=month.first,
                        period_district_id=submission.period_district_id,
                        revision_n=1,
                        section_code="1",
                        row_code=row,
                        column_code=column,
                        value=Decimal(value),
                    )
                )


def set_status(place: Organization, edition_id: int, month: Month, status: Status) -> None:
    """Start a month and put it into a state in which it does not count."""
    actor = actor_of(place)
    window_id = window_of(place, edition_id, month)
    with transaction(actor.scope) as session:
        submission = start_submission(session, actor, window_id)
        session.scalars(
            select(SubmissionState).where(SubmissionState.submission_id == submission.id)
        ).one().status = status


@dataclass(frozen=True)
class ReportRegion:
    """A region whose school, sister and college have reported October and September; the far school has not."""

    tree: Tree
    edition_id: int

    def question(self, *formats: Format, month: Month = OCTOBER) -> Question:
        return Question(
            Definition.REGIONAL_SUMMARY, self.edition_id, self.tree.region.id, month.first, formats or (Format.XLSX,)
        )

    def ask(self, *formats: Format) -> ReportRun:
        return ask(self.tree.region, self.question(*formats))


def make_report_region(tree: Tree) -> ReportRegion:
    edition_id = monthly_edition(tree)
    for place, extra in ((tree.school, 0), (tree.sister, 10), (tree.college, 5)):
        accept_month(place, edition_id, OCTOBER.previous, tuple(value + extra for value in USUAL))
        accept_month(place, edition_id, OCTOBER, tuple(value + extra + 2 for value in USUAL))
    set_status(tree.other_school, edition_id, OCTOBER, Status.IN_REVIEW)
    return ReportRegion(tree, edition_id)


def ask(place: Organization, question: Question) -> ReportRun:
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return ask_report(session, actor, question)


def run_of(place: Organization, run_id: int) -> ReportRun:
    with transaction(actor_of(place).scope.reading()) as session:
        return own_run(session, run_id)


TEMPLATE = """<?xml version="1.0" encoding="utf-8"?>
<metaForm code="7770001" idp="1" idf="1" shifr="nast_test" name="Проверочная форма" obj="okpo" OKUD="7770001"
          format-version="1.3" version="01-01-2026">
  <settings><validation>always</validation><notEmpty>false</notEmpty></settings>
  <title><item field="okpo" name="Код ОКПО"/><item field="name" name="Наименование"/><item field="leader_fio"
    name="Руководитель"/></title>
  <sections><section code="1" name="Раздел 1. Наставничество" nb="3">
    <columns>
      <column code="А" type="B" name="Показатель"><default-cell column="А" format="C(250)" inputType="0"/></column>
      <column code="Б" type="B" name="№ строки"><default-cell column="Б" format="C(5)" inputType="0"/></column>
      <column code="3" type="Z" name="Всего"><default-cell column="3" format="N(9,0)" inputType="2"/></column>
      <column code="4" type="Z" name="из них молодых"><default-cell column="4" format="N(9,0)" inputType="2"/></column>
    </columns>
    <rows>
      <row code="01" name="Участников, всего" type="F"><cell row="01" column="3" inputType="1" format="N(9,0)"/></row>
      <row code="02" name="наставников" type="F"/>
      <row code="03" name="наставляемых" type="F"/>
    </rows></section></sections>
  <controls>
    <control id="1" name="Стр. 01 = стр. 02 + стр. 03" condition="" rule="{[1][1][3]} = sum{[1][2,3][3]}" fault="0"
             tip="1" precision="0"/>
    <control id="2" name="Гр. 3 не меньше гр. 4" condition="" rule="{[1][1-3][3]} &gt;= {[1][1-3][4]}" fault="0"
             tip="0" precision="0"/>
  </controls>
  <dics><dic id="s_time"><term id="0101"/></dic><dic id="s_year"><term id="2026"/></dic></dics>
</metaForm>
"""


Binding = tuple[tuple[str, str, str], str, dict[str, str]]
BOUND: tuple[Binding, ...] = (
    (("1", "02", "3"), "mentors", {}),
    (("1", "03", "3"), "mentees", {}),
)


def federal_edition(region: Organization, bound: tuple[Binding, ...] = BOUND, *, publish: bool = True) -> int:
    """Keep the test's own federal form with mentors and mentees bound; the other cells are entered by hand."""
    definition = read_template(TEMPLATE.encode())
    for key, figure, filters in bound:
        definition = definition.with_cell(Cell(*key, source=Source.FIGURE, figure=figure, filters=filters))
    return save(region, definition, template=TEMPLATE, publish=publish)
