"""Takes away what an interrupted seeding has left behind: a region with half a history is no region."""

from psycopg import sql

from portal.demonstration.copying import Connection, trust_rows


def wipe(connection: Connection, region_id: int) -> None:
    """Delete every row of a region, as the administrator."""
    trust_rows(connection)
    people = connection.execute("select distinct user_id from membership where region_id = %s", (region_id,)).fetchall()
    users = [row[0] for row in people]
    tables = connection.execute(
        "select c.table_name from information_schema.columns c "
        "join information_schema.tables t using (table_schema, table_name) "
        "where c.table_schema = 'public' and c.column_name = 'region_id' and t.table_type = 'BASE TABLE' order by 1"
    ).fetchall()
    for (table,) in tables:
        statement = sql.SQL("delete from {} where region_id = %s").format(sql.Identifier(str(table)))
        connection.execute(statement, (region_id,))
    for table in ("sign_in", "second_factor", "recovery_code", "secret_link"):
        statement = sql.SQL("delete from {} where user_id = any(%s)").format(sql.Identifier(table))
        connection.execute(statement, (users,))
    connection.execute("delete from user_account where id = any(%s)", (users,))
