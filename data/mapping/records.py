"""Lists of records inside a record: one row for each record of the list, with what is around it."""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa

from data.mapping.object_sql import object_sql
from data.mapping.paths import names_of
from data.mapping.places import Documents, pointer, quoted
from data.mapping.typed_places import ColumnRows, json_of
from data.store.limits import StoreError


class Records:
    """Takes the lists at a path out of the rows in `incoming`; `scopes` lead to where a record of the list then stands, and outwards."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, path: str):
        self._cursor = cursor
        self._path = path
        self._names = names_of(path)
        self._met = False
        self.scopes = tuple(self._names[:depth] for depth in range(len(self._names), -1, -1))

    def taken_out(self, schema: pa.Schema, is_json: bool) -> pa.RecordBatch:
        """Rows of JSON texts, one for each record of a list; in each, the record stands in its list's place."""
        document = "c2" if is_json else _document(ColumnRows(Documents(self._cursor), {}, schema))
        sql = f"select c0 as line, c1 as problem, {document} as inner0 from incoming"
        for depth, name in enumerate(self._names):
            whole, where = f"inner{depth}", quoted(pointer([name]))
            sql = f"""
                select * exclude ({whole}, list), try(json_merge_patch({whole}, {quoted(json.dumps({name: None}))})::varchar) as outer{depth},
                    unnest(case
                        when problem is not null or try(json_type({whole})) is distinct from 'OBJECT' then [{whole}::json]
                        when json_type(list) = 'ARRAY' then json_extract(list, '$[*]')
                        when json_type(list) = 'OBJECT' then [list]
                    end)::varchar as inner{depth + 1}
                from (
                    select *, case
                        when try(json_type({whole}, {where})) = 'VARCHAR' then try(json_extract_string({whole}, {where})::json)
                        else try(json_extract({whole}, {where}))
                    end as list
                    from ({sql})
                )"""
        record = f"inner{len(self._names)}"
        for depth, name in reversed(list(enumerate(self._names))):
            member = quoted(json.dumps(name, ensure_ascii=False) + ":")
            outer = f"outer{depth}"
            record = (f"case when try(json_type({outer})) is distinct from 'OBJECT' then {record} else "
                      f"left({outer}, -1) || case when {outer} = '{{}}' then '' else ',' end || {member} || {record} || '}}' end")
        found = self._cursor.sql(f"select line, problem, {record} as record from ({sql})").to_arrow_table()
        self._met = self._met or len(found) > 0
        return pa.record_batch([pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type) for column in found.columns],
                               names=["line", "problem", "record"])

    def check(self) -> None:
        """`StoreError` where no row had such a list."""
        if not self._met:
            raise StoreError(f"--records {self._path}: no record has a list of records there.")


def _document(rows: ColumnRows) -> str:
    return object_sql([((rows.label(number),), json_of(f"c{number}", rows.type(number))) for number in rows.numbers()])
