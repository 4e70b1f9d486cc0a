"""The register of organizations: tables that were uploaded and read, the archive, and who may found an organization.

A region founds organizations of its tree, a district its own schools. Before, only the registry's role could; now the
import, its event and the organizations stand in one transaction of the level that works.
"""

from alembic import context, op

revision = "0012"
down_revision = "0011"

UP = """
alter table organization add column archive_reason text not null default '',
  add constraint ck_organization_archive_reason check (archived_on is not null or archive_reason = '');
comment on column organization.archived_on is 'The first day on which it is no longer kept: earlier periods still count it.';
create index ix_organization_inn on organization (region_id, inn);

create policy found_region on organization for insert to "{prefix}lv_region"
  with check (region_id = (select current_setting('app.region')::int) and kind <> 'region');
create policy found_district on organization for insert to "{prefix}lv_district"
  with check (region_id = (select current_setting('app.region')::int)
    and parent_id = (select current_setting('app.district')::int) and kind not in ('region', 'district'));
create policy found_region on organization_parent for insert to "{prefix}lv_region"
  with check (region_id = (select current_setting('app.region')::int));
-- A district names itself as the parent of its own schools only: nobody else's history can be written.
create policy found_district on organization_parent for insert to "{prefix}lv_district"
  with check (region_id = (select current_setting('app.region')::int)
    and parent_id = (select current_setting('app.district')::int)
    and exists (select 1 from organization o where o.region_id = organization_parent.region_id
      and o.id = organization_parent.organization_id and o.parent_id = organization_parent.parent_id));
grant insert on organization, organization_parent to "{prefix}lv_region", "{prefix}lv_district";
grant usage on sequence organization_id_seq to "{prefix}lv_region", "{prefix}lv_district";

-- A table that was uploaded: its cells, what each column means, what became of each row.
create table register_import (
  like app.tenant_row including all,
  file_id bigint not null,
  state text not null check (state in ('mapping', 'checked', 'loaded', 'dropped')),
  headings jsonb not null,
  cells jsonb not null,
  fields jsonb not null,
  answers jsonb not null default '[]',
  report jsonb not null default '[]',
  moved jsonb not null default '[]',
  created_count integer not null default 0,
  changed_count integer not null default 0,
  version integer not null default 1,
  created_at timestamptz not null default app.now(),
  created_by bigint,
  loaded_at timestamptz,
  constraint pk_register_import primary key (region_id, id),
  constraint fk_register_import_file foreign key (region_id, organization_id, file_id)
    references file (region_id, organization_id, id)
);
select app.guard('register_import');
create index ix_register_import_organization on register_import (region_id, organization_id, id);
comment on column register_import.cells is 'List of [number of the row in the table, its cells as text].';
comment on column register_import.fields is 'What each column fills, in the order of the headings; empty for a column left out.';
comment on column register_import.answers is 'Numbers of the rows of which a person said: another organization with the same codes.';
"""

DOWN = """
drop table register_import;
revoke usage on sequence organization_id_seq from "{prefix}lv_region", "{prefix}lv_district";
revoke insert on organization, organization_parent from "{prefix}lv_region", "{prefix}lv_district";
drop policy found_district on organization_parent;
drop policy found_region on organization_parent;
drop policy found_district on organization;
drop policy found_region on organization;
drop index ix_organization_inn;
alter table organization drop column archive_reason;
"""


def upgrade() -> None:
    op.execute(UP.replace("{prefix}", context.config.attributes["role_prefix"]))


def downgrade() -> None:
    op.execute(DOWN.replace("{prefix}", context.config.attributes["role_prefix"]))
