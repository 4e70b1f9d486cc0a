"""The region's settings: typed values that hold from a day on; the logo; which required documents a school has.

A value is never edited: a correction is a further revision of the same day, a planned value that was taken back is a
revision without a value. The calendar of reporting days becomes one of the kinds.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

UP = """
create table region_setting (
  like app.tenant_row including all,
  kind text not null check (kind in ('calendar', 'days_off', 'forms', 'role_models', 'categories', 'documents', 'deadlines', 'logo', 'support')),
  valid_from date not null,
  revision integer not null check (revision > 0),
  value jsonb,
  reason text not null default '' check (char_length(reason) <= 500),
  decided_at timestamptz not null default app.now(),
  decided_by bigint,
  actor_name text not null default '',
  constraint pk_region_setting primary key (region_id, id),
  constraint uq_region_setting_revision unique (region_id, organization_id, kind, valid_from, revision)
);
-- Forced row security hides rows from the owner too; the move must see them all.
alter table calendar no force row level security;
insert into region_setting (region_id, district_id, organization_id, kind, valid_from, revision, value, actor_name)
  select region_id, district_id, organization_id, 'calendar', valid_from, 1,
         jsonb_build_object('cut_day', cut_day, 'due_day', due_day, 'open_day', open_day, 'shift', 'none'), 'Портал'
  from calendar where organization_id = region_id;
drop table calendar;
select app.guard_published('region_setting');
select app.append_only('region_setting');

-- The picture is kept as the portal itself encoded it: no byte of the uploaded file is ever sent to anybody.
create table region_logo (
  like app.tenant_row including all,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  width integer not null check (width between 1 and 1200),
  height integer not null check (height between 1 and 1200),
  content bytea not null check (octet_length(content) <= 2000000),
  created_at timestamptz not null default app.now(),
  constraint pk_region_logo primary key (region_id, id)
);
select app.guard_published('region_logo');
select app.append_only('region_logo');

create table document_mark (
  like app.tenant_row including all,
  document text not null check (char_length(document) between 1 and 80),
  number text not null default '' check (char_length(number) <= 80),
  dated_on date not null,
  version integer not null default 1,
  recorded_at timestamptz not null default app.now(),
  constraint pk_document_mark primary key (region_id, id),
  constraint uq_document_mark_document unique (region_id, organization_id, document)
);
select app.guard('document_mark');
"""

DOWN = """
create table calendar (
  like app.tenant_row including all,
  valid_from date not null,
  cut_day integer not null check (cut_day between 1 and 31),
  due_day integer not null check (due_day between 1 and 31),
  open_day integer not null check (open_day between 1 and 31),
  constraint pk_calendar primary key (region_id, id),
  constraint uq_calendar_valid_from unique (region_id, organization_id, valid_from)
);
alter table region_setting no force row level security;
insert into calendar (region_id, district_id, organization_id, valid_from, cut_day, due_day, open_day)
  select distinct on (region_id, organization_id, valid_from) region_id, district_id, organization_id, valid_from,
         (value ->> 'cut_day')::int, (value ->> 'due_day')::int, (value ->> 'open_day')::int
  from region_setting where kind = 'calendar' and value is not null
  order by region_id, organization_id, valid_from, revision desc;
select app.guard_published('calendar');
drop table document_mark, region_logo, region_setting;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
