"""Which treatments followed each other? Successive regimens, as lines of therapy."""

from cotreat.engine import Engine, TableName
from cotreat.episodes.step import build_step


def build_lines(
    engine: Engine,
    eras: TableName,
    beginnings: TableName,
    regimens: TableName,
    *,
    min_overlap: int,
    switch_window: int,
) -> TableName:
    """Lines of therapy: successive regimens of a patient.

    A line starts with the first role drug; with a role drug that is not in the line and
    is then taken for at least `min_overlap` days; and after more than `switch_window`
    untreated days. Its regimen is what is taken on its first day; dropping a drug starts
    no line. It ends on the last treated day before the next.

    Parameters
    ----------
    engine
        Where the tables live.
    eras
        One row per era.
    beginnings
        One row per patient and day on which an era begins.
    regimens
        One row per set of drugs.
    min_overlap
        Days that a new drug has to be taken to start a line.
    switch_window
        Untreated days that do not end a line.

    Raises
    ------
    ProtocolError
        A number of days is negative.

    Notes
    -----
    Which drugs are in a line depends on where it started, so lines are found one after
    the other, in all patients at once: as many rounds as the longest block of treatment
    has lines.
    """
    tables = {"eras": eras, "beginnings": beginnings}
    days = {"switch_window": switch_window, "min_overlap": min_overlap}
    tables["line_blocks"] = build_step(engine, "line_blocks", sql="line_blocks", tables=tables, days=days)
    tables["line_candidates"] = build_step(
        engine, "line_candidates", sql="line_candidates", tables=tables, days=days
    )
    rounds = [tables["line_blocks"]]
    while _has_rows(engine, rounds[-1]):
        tables["line_starts"] = rounds[-1]
        rounds.append(build_step(engine, f"line_round_{len(rounds)}", sql="line_next", tables=tables))
    columns = "patient_key, start_day, treated_until, regimen_mask"
    tables["line_starts"] = engine.create(
        "line_starts", " UNION ALL ".join(f"SELECT {columns} FROM {name}" for name in rounds)
    )
    spans = build_step(engine, "line_spans", sql="line_spans", tables=tables)
    engine.drop("line_starts", "line_candidates", *rounds)
    names = {"line_spans": spans, "regimens": regimens}
    return build_step(engine, "lines", sql="lines", tables=names, view=True)


def _has_rows(engine: Engine, table: TableName) -> bool:
    return bool(engine.fetch(f"SELECT COUNT(*) AS n FROM {table}").column("n")[0].as_py())
