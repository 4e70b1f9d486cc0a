"""Where the chain of the log of views begins once its oldest entries were swept: the hash of the newest one swept.

Without it the check of a chain takes every lawful sweep for a break, and an organization whose log was swept to the end
would begin a second chain. One row an organization, written with the deletion; other removals are still found.
"""

from alembic import op

revision = "0024"
down_revision = "0023"

UP = """
create table access_anchor (
  region_id integer not null,
  organization_id integer not null,
  last_id bigint not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  swept_at timestamptz not null default app.now(),
  constraint pk_access_anchor primary key (organization_id),
  constraint fk_access_anchor_organization foreign key (region_id, organization_id) references organization (region_id, id)
);
comment on column access_anchor.last_id is 'The newest entry swept; what is left is newer.';

alter table access_anchor enable row level security;
alter table access_anchor force row level security;
do $$ begin
  execute format('create policy registry on access_anchor for all to %I using (true) with check (true)', app.role('registry'));
  execute format('grant select, insert, update on access_anchor to %I', app.role('registry'));
end $$;

create or replace function app.chain_access() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('access_log:' || new.organization_id, 0));
  new.id := nextval(pg_get_serial_sequence('access_log', 'id'));
  select coalesce((select sha256 from access_log where organization_id = new.organization_id order by id desc limit 1),
                  (select sha256 from access_anchor where organization_id = new.organization_id),
                  decode(repeat('00', 32), 'hex')) into new.previous_sha256;
  new.sha256 := app.access_digest(new);
  return new;
end $$;
"""

DOWN = """
create or replace function app.chain_access() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('access_log:' || new.organization_id, 0));
  new.id := nextval(pg_get_serial_sequence('access_log', 'id'));
  select coalesce((select sha256 from access_log where organization_id = new.organization_id order by id desc limit 1),
                  decode(repeat('00', 32), 'hex')) into new.previous_sha256;
  new.sha256 := app.access_digest(new);
  return new;
end $$;
drop table access_anchor;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
