"""The tables and views of a warehouse (docs/schema.md, docs/queries.md) as pandas data frames."""

import json
import re

from .launcher import call

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_WHOLE = re.compile(r"(?i)(tiny|small|big|huge|u\w*)?int(eger)?|long|short|byte")
_REAL = re.compile(r"(?i)double|float|real|decimal.*")


def sql(query, warehouse="warehouse", *, launcher=None):
    """The rows of one query (no semicolon), in the SQL of the engine that answers: DuckDB's on a local disk.

    Columns have the types that the engine declares. NULL is NaN in numbers and None in texts; whole numbers and
    booleans are int64 and bool, or pandas' Int64 and boolean where a column holds NULL.
    """
    text = query.strip().rstrip(";")
    types = "DESCRIBE " + text if re.match(r"(?i)(select|with|from)\b", text) else None
    statements = f"{types};\n{text}" if types else text
    rest = call(["sql", "--format", "json", "--warehouse", warehouse, statements], launcher)
    results = []
    while rest.strip():
        result, end = json.JSONDecoder().raw_decode(rest.lstrip())
        results.append(result)
        rest = rest.lstrip()[end:]
    rows = results[-1] if results else []
    # The two engines call the columns of DESCRIBE differently; name and type come first in both.
    declared = dict(list(row.values())[:2] for row in results[0]) if types and len(results) == 2 else {}
    return _frame(rows, declared)


def view(name, warehouse="warehouse", *, where=None, launcher=None):
    """A table or view by its name, such as ``causes``; ``where`` is a condition in SQL."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no name of a view")
    return sql(f"SELECT * FROM {name}" + (f" WHERE {where}" if where else ""), warehouse, launcher=launcher)


def trials(warehouse="warehouse", *, sweep=None, where=None, launcher=None):
    """One row a trial, with its hyperparameters, verdict and evidence.

    sweep: the id or name of a sweep; all of them without it.
    where: a condition in SQL, such as ``"category = 'saddle'"``.
    """
    conditions = [f"({where})"] if where else []
    if sweep is not None:
        quoted = "'" + str(sweep).replace("'", "''") + "'"
        conditions.append(f"sweep IN (SELECT sweep FROM sweeps WHERE sweep = {quoted} OR name = {quoted})")
    return view("trials", warehouse, where=" AND ".join(conditions), launcher=launcher)


def views(warehouse="warehouse", *, launcher=None):
    """The names that ``view`` knows."""
    shown = sql("SHOW TABLES", warehouse, launcher=launcher)
    return sorted(shown["name" if "name" in shown else "tableName"])


def _frame(rows, declared):
    import pandas

    columns = list(declared) or (list(rows[0]) if rows else [])
    return pandas.DataFrame(
        {name: _column(pandas, [row.get(name) for row in rows], declared.get(name, "")) for name in columns},
        columns=columns,
    )


def _column(pandas, values, declared):
    missing = any(v is None for v in values)
    if declared.upper() == "BOOLEAN":
        return pandas.array(values, dtype="boolean") if missing else pandas.Series(values, dtype=bool)
    if _WHOLE.fullmatch(declared):
        return pandas.array(values, dtype="Int64") if missing else pandas.Series(values, dtype="int64")
    if _REAL.fullmatch(declared):
        return pandas.Series([float("nan") if v is None else float(v) for v in values], dtype="float64")
    return pandas.Series(values, dtype=object)
