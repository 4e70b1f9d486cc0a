"""A withdrawal recorded before it ended every consent to its purpose ends the older ones now.

It used to end one paper; a consent without a term signed before it stayed in force and kept the data. The rule is that
of `tenants.participants.withdrawal`: every consent to the same purpose that was signed by the day of the withdrawal, was
not withdrawn itself and had not run out by then ends on that day. A paper written down after the withdrawal and signed
on its very day is a new consent (`consents.give_consent`) and stays. The earliest withdrawal that reaches a consent ends it.

Where no consent to keep records was signed after the withdrawal, the name is hidden and the data are due to be destroyed
within thirty days of the withdrawal, as the command does. Open parts and pairs stay: their last day stands in figures of
months that were sent, so the school ends them itself.

The trace: the former state (`person_history`), what the withdrawal ended (`consent_withdrawal.ended`), an event of the
portal for each consent. What was ended is not brought back by a downgrade.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

TABLES = ("consent", "consent_withdrawal", "person", "person_history", "journal")

UP = """
create temporary table ended as
select distinct on (older.region_id, older.id)
  older.region_id, older.district_id, older.organization_id, older.id, older.participant_id, older.kind,
  gone.withdrawn_on, w.id as withdrawal_id
from consent older
join consent gone on gone.region_id = older.region_id and gone.organization_id = older.organization_id
  and gone.participant_id = older.participant_id and gone.kind = older.kind and gone.id <> older.id
left join consent_withdrawal w on w.region_id = gone.region_id and w.organization_id = gone.organization_id
  and w.consent_id = gone.id and w.withdrawn_on = gone.withdrawn_on and w.undone_at is null
where older.withdrawn_on is null and gone.withdrawn_on is not null
  and (older.given_on < gone.withdrawn_on
    or older.given_on = gone.withdrawn_on and older.recorded_at < w.recorded_at)
  and (older.valid_until is null or older.valid_until >= gone.withdrawn_on)
order by older.region_id, older.id, gone.withdrawn_on, w.id nulls last;

update consent c set withdrawn_on = e.withdrawn_on, version = c.version + 1
from ended e where c.region_id = e.region_id and c.id = e.id;

update consent_withdrawal w set ended = w.ended || told.entries
from (
  select region_id, withdrawal_id, jsonb_agg(jsonb_build_object('table', 'consent', 'id', id,
    'before', jsonb_build_object('withdrawn_on', null), 'after', jsonb_build_object('withdrawn_on', withdrawn_on))
    order by id) as entries
  from ended where withdrawal_id is not null group by region_id, withdrawal_id
) told
where w.region_id = told.region_id and w.id = told.withdrawal_id;

insert into journal (region_id, district_id, organization_id, at, actor_name, event, subject_kind, subject_id, detail)
select region_id, district_id, organization_id, app.now(), 'Портал', 'consent.caught_up', 'consent', id,
  jsonb_build_object('on', withdrawn_on, 'changes', jsonb_build_array(jsonb_build_object('table', 'consent', 'id', id,
    'before', jsonb_build_object('withdrawn_on', null), 'after', jsonb_build_object('withdrawn_on', withdrawn_on))))
from ended order by region_id, organization_id, id;

create temporary table unfounded as
select e.region_id, e.organization_id, e.participant_id, last.withdrawn_on
from ended e
join person p on p.region_id = e.region_id and p.organization_id = e.organization_id
  and p.participant_id = e.participant_id
cross join lateral (
  select max(c.withdrawn_on) as withdrawn_on from consent c
  where c.region_id = e.region_id and c.organization_id = e.organization_id
    and c.participant_id = e.participant_id and c.kind = 'processing'
) last
where e.kind = 'processing' and not exists (
  select from consent c where c.region_id = e.region_id and c.organization_id = e.organization_id
    and c.participant_id = e.participant_id and c.kind = 'processing' and c.withdrawn_on is null
    and c.given_on >= last.withdrawn_on)
group by e.region_id, e.organization_id, e.participant_id, last.withdrawn_on;

update person p set hidden_at = app.now(), version = p.version + 1 from unfounded u
where p.region_id = u.region_id and p.organization_id = u.organization_id and p.participant_id = u.participant_id
  and p.hidden_at is null;

update consent_withdrawal w set hides = true, destroy_due_on = w.withdrawn_on + 30 from unfounded u
where w.id = (
  select max(one.id) from consent_withdrawal one
  join consent c on c.region_id = one.region_id and c.organization_id = one.organization_id and c.id = one.consent_id
  where one.region_id = u.region_id and one.organization_id = u.organization_id
    and one.participant_id = u.participant_id and c.kind = 'processing'
    and one.withdrawn_on = u.withdrawn_on and one.undone_at is null)
  and w.region_id = u.region_id and w.organization_id = u.organization_id and not w.hides;

drop table unfounded, ended;
"""


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} no force row level security")
    op.execute(UP)
    for table in TABLES:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    """Nothing: a consent that was withdrawn stays withdrawn in every state of the schema."""
