"""Bring a database to the newest schema: roles first, then Alembic's steps. Needs the administrator's address."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Engine, create_engine  # noqa: TID251 - migrations run as the administrator, outside any scope
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tenants.db import Level, driver_url

HERE = Path(__file__).parent
_WITH_GRANT_OPTIONS = 160000
"""From PostgreSQL 16 on, inheritance belongs to the grant and not only to the role."""


def migrate(admin_url: str, login_url: str, *, role_prefix: str = "", to: str = "head") -> None:
    """Create the roles, then run every missing step; doing it again changes nothing.

    `login_url` names the unprivileged login (user, password) that the portal will use.
    """
    create_roles(admin_url, login_url, role_prefix=role_prefix)
    with administrator(admin_url).connect() as connection:
        config = _config(role_prefix)
        config.attributes["connection"] = connection
        if to == "base" or to.startswith("-"):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
        connection.commit()


def pending(admin_url: str) -> bool:
    """Return whether the database lacks a step of the newest schema."""
    with administrator(admin_url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != newest()


def newest() -> str | None:
    """Return the name of the last step."""
    return ScriptDirectory.from_config(_config("")).get_current_head()


def administrator(admin_url: str) -> Engine:
    """Return an engine for the owner of the schema; for migrations and bulk seeding only."""
    return create_engine(driver_url(admin_url), poolclass=NullPool)


def create_roles(admin_url: str, login_url: str, *, role_prefix: str = "") -> None:
    """Create the level roles and the login, and let the login take each role without inheriting it."""
    login = make_url(driver_url(login_url))
    with psycopg.connect(admin_url, autocommit=True) as connection:
        # Roles belong to the cluster: two databases that migrate at once must not create them twice.
        connection.execute("select pg_advisory_lock(7261401)")
        _create(
            connection,
            login.username or "portal_login",
            f"login noinherit nosuperuser nobypassrls {_password(login.password)}",
        )
        for level in Level:
            name = f"{role_prefix}lv_{level.value}"
            _create(connection, name, "nologin noinherit nosuperuser nobypassrls")
            options = " with inherit false, set true" if connection.info.server_version >= _WITH_GRANT_OPTIONS else ""
            connection.execute(
                sql.SQL("grant {} to {}" + options).format(
                    sql.Identifier(name), sql.Identifier(login.username or "portal_login")
                )
            )
        database = conninfo_to_dict(connection.info.dsn).get("dbname") or connection.info.dbname
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(str(database))))
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(str(database)), sql.Identifier(login.username or "portal_login")
            )
        )


def _password(value: object) -> str:
    return f"password {sql.Literal(str(value)).as_string(None)}" if value else ""


def _create(connection: psycopg.Connection[object], name: str, attributes: str) -> None:
    found = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
    verb = "alter" if found else "create"
    connection.execute(sql.SQL(f"{verb} role {{}} {attributes}").format(sql.Identifier(name)))


def _config(role_prefix: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["role_prefix"] = role_prefix
    return config
