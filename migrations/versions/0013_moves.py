"""Moves, mergers and splits of organizations, dated and undoable."""

from alembic import op

revision = "0013"
down_revision = "0012"

UP = """
-- Since when an organization is awaited, and who took over from one that was closed.
alter table organization
  add column opened_on date,
  add column successor_id integer,
  add constraint fk_organization_successor foreign key (region_id, successor_id) references organization (region_id, id);
comment on column organization.opened_on is 'First day; null where it stood before the portal knew it.';

-- One planned change of the tree; everybody below reads that it comes, the region alone writes it.
create table reorganization (
  like app.tenant_row including all,
  kind text not null check (kind in ('move', 'merge', 'split')),
  state text not null default 'draft' check (state in ('draft', 'planned', 'running', 'done', 'cancelled')),
  takes_effect_on date not null,
  order_number text not null default '' check (char_length(order_number) <= 60),
  order_on date,
  reason text not null default '' check (char_length(reason) <= 500),
  sources integer[] not null check (cardinality(sources) between 1 and 10),
  receiver integer not null,
  card jsonb,
  planned_at timestamptz,
  carried_out_at timestamptz,
  outcome jsonb not null default '{}',
  author_name text not null default '',
  created_at timestamptz not null default app.now(),
  version integer not null default 1,
  constraint pk_reorganization primary key (region_id, id)
);
select app.guard_published('reorganization');
create index ix_reorganization_state on reorganization (region_id, organization_id, state, takes_effect_on);
comment on column reorganization.receiver is 'Organization that receives: the new district of a move, the successor of a merger, the new one of a split; reserved before it exists.';

-- Who goes with a split: numbers of people, no names; the region's own note.
create table reorganization_choice (
  like app.tenant_row including all,
  reorganization_id bigint not null,
  participants bigint[] not null default '{}',
  constraint pk_reorganization_choice primary key (region_id, id),
  constraint uq_reorganization_choice unique (region_id, organization_id, reorganization_id),
  constraint fk_reorganization_choice_reorganization foreign key (region_id, organization_id, reorganization_id)
    references reorganization (region_id, organization_id, id)
);
select app.guard('reorganization_choice');

-- What a record was before it came: the trace of a merger or split, and what makes its job safe to run twice.
create table transfer (
  like app.tenant_row including all,
  reorganization bigint not null,
  record_kind text not null,
  record_id bigint not null,
  from_organization integer not null,
  from_record bigint not null,
  from_number integer,
  created_at timestamptz not null default app.now(),
  constraint pk_transfer primary key (region_id, id),
  constraint uq_transfer_record unique (region_id, organization_id, reorganization, record_kind, from_record)
);
select app.guard('transfer');
select app.append_only('transfer');
create index ix_transfer_record_id on transfer (region_id, organization_id, record_kind, record_id);
"""

DOWN = """
drop table transfer, reorganization_choice, reorganization;
alter table organization drop column successor_id, drop column opened_on;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
