"""Everything that the database holds, as text: where a name is looked for after it should be gone."""

import psycopg
from psycopg import sql


def rows_with(admin_url: str, word: str) -> list[tuple[str, str]]:
    """Every row of every table that holds a word, in whatever case, read by the superuser past row security."""
    found = []
    with psycopg.connect(admin_url) as connection:
        tables = connection.execute(
            "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where nspname = 'public' and relkind = 'r' order by 1"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("select t::text from {} t where t::text ilike %s").format(sql.Identifier(table))
            found += [(table, row) for (row,) in connection.execute(query, [f"%{word}%"])]
    return found


def tables_with(admin_url: str, word: str) -> set[str]:
    return {table for table, _ in rows_with(admin_url, word)}
