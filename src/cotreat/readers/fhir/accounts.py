"""Where every resource went, and where what was found about it stands: file, type of resource, line."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from cotreat.engine.literals import compute_literal
from cotreat.findings import FINDING_SCHEMA, Findings, Severity
from cotreat.readers.fhir.files import RESOURCES, FhirFile
from cotreat.readers.fhir.structure import STRUCTURES
from cotreat.readers.fhir.study import LEFT, PARTS
from cotreat.readers.places import Place
from cotreat.readers.table_files import SCRATCH
from cotreat.readers.table_loading import compute_counted, read_counts
from cotreat.study_tables.schema import SCHEMAS, STUDY_TABLES

OTHER = "other_resource"

# Reason: how grave it is, what it means, what to do about it.
_REASONS: dict[str, tuple[Severity, str, str]] = {
    "entered_in_error": ("info", "was entered in error", "Nothing."),
    "not_done": ("info", "says that nothing was taken or done", "Nothing."),
    "not_yet": ("info", "says what was planned or begun, not what happened", "Nothing."),
    "not_to_be_taken": ("info", "says that the drug must not be taken", "Nothing."),
    "not_an_order": ("info", "is a proposal, a plan or an option, not an order", "Nothing."),
    "potential": ("info", "is an event that might have happened", "Nothing."),
    "refuted": ("info", "was refuted", "Nothing."),
    "duplicate": ("info", "repeats another with the same id", "Nothing."),
    "older_version": ("info", "is an older version of another with the same id", "Nothing."),
    "counted_elsewhere": (
        "warning",
        "is about a drug of a patient of which resources of another type count",
        "Nothing, or set `exposures` or `exposures_by_drug` under [source].",
    ),
    "not_counted": (
        "info",
        "is of a type that `exposures` under [source] does not name",
        "Nothing, or name the type there.",
    ),
    "no_test_or_score": (
        "info",
        "is no laboratory result and no score that is known",
        "Name its code or text under [values], as `test` or `instrument`, if it is one.",
    ),
    "no_value": ("info", "has no value", "Nothing, unless it should have one."),
    "no_term": ("warning", "has no code and no text", "Enter what it is about."),
    "no_patient": ("warning", "is about no patient", "Refer to a Patient in `subject`."),
    "no_date": (
        "warning",
        "has no date",
        "Enter when it was: nothing is made up in its place.",
    ),
    "no_drug": ("warning", "names no drug", "Enter a code or a text."),
    "missing_medication": (
        "warning",
        "refers to a Medication that is in no file",
        "Export the Medication resources too.",
    ),
    "no_end": (
        "warning",
        "is over, and says neither when it ended nor how long the supply lasts",
        "Give `no_end` under [source], or enter the end.",
    ),
    "duplicate_id": (
        "error",
        "has the id of another and says something else, and neither is newer",
        "Export again, or take one out; `meta.lastUpdated` would say which counts.",
    ),
}


def validate_resources(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FhirFile], folder: Place, *, is_lenient: bool
) -> Findings:
    """One finding for each type of resource and reason why it is not used, at the first of them.

    Raises
    ------
    SourceError
        No file holds a resource of FHIR.
    """
    (n_resources,) = read_counts(connection, f"SELECT COUNT(kind) FROM {RESOURCES}")
    if not n_resources:
        folder.refuse(
            "no file in it holds a FHIR resource: there is JSON, and nothing in it has a `resourceType`.",
            "Export FHIR R4 as NDJSON or as a Bundle.",
        )
    rows = connection.execute(
        f"""
        SELECT l.reason, COUNT(*), MIN(l.n) FROM {LEFT} AS l INNER JOIN {RESOURCES} AS r ON r.n = l.n
        GROUP BY r.kind, l.reason ORDER BY r.kind, l.reason
        """
    ).fetchall()
    parts = [file.findings for file in files]
    if is_lenient:
        parts = [_as_warnings(found) for found in parts]
    for reason, n, first in rows:
        severity, why, what_to_do = _REASONS[reason]
        others = "" if n == 1 else f" So it is with {int(n):,} of them; this is the first."
        parts.append(
            folder.finding(
                "warning" if severity == "error" and is_lenient else severity,
                str(reason),
                f"The resource {why}; it is not used.{others}",
                what_to_do,
                row=int(first) * PARTS,
            )
        )
    return Findings.concat([*parts, _not_fhir(connection, folder), _several_diseases(connection, folder)])


def _as_warnings(found: Findings) -> Findings:
    severity = pa.repeat(pa.scalar("warning", pa.string()), len(found))
    return Findings(found.table.set_column(0, FINDING_SCHEMA.field(0), severity))


def _not_fhir(connection: duckdb.DuckDBPyConnection, folder: Place) -> Findings:
    rows = connection.execute(
        f"SELECT COUNT(*), MIN(n) FROM {RESOURCES} WHERE kind IS NULL GROUP BY file_id ORDER BY file_id"
    ).fetchall()
    return Findings.concat(
        folder.finding(
            "warning",
            "not_fhir",
            f"JSON without a `resourceType` is no FHIR resource ({compute_counted(int(n), 'object')}).",
            "Take the file out of the folder, or name the others in `files` under [source].",
            row=int(first) * PARTS,
        )
        for n, first in rows
    )


def _several_diseases(connection: duckdb.DuckDBPyConnection, folder: Place) -> Findings:
    ((n, first),) = connection.execute(
        f"SELECT COUNT(*), MIN(n) FROM (SELECT MIN(n) AS n FROM {SCRATCH}.fhir_terms "
        "WHERE is_disease AND reason IS NULL GROUP BY patient HAVING COUNT(DISTINCT term) > 1)"
    ).fetchall()
    if not n:
        return Findings.of()
    return folder.finding(
        "info",
        "several_diseases",
        f"Several diseases are recorded of {compute_counted(int(n), 'patient')}: which counts is unknown.",
        "Give `diseases` under [source], those that the study is about.",
        row=int(first) * PARTS,
    )


def build_placed_findings(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FhirFile], findings: Findings
) -> Findings:
    """Findings with the file, the type of resource and the line in place of the number of a row."""
    own = {file.place.file for file in files}
    _register_files(connection, files)
    connection.register(
        "found", findings.table.append_column("place", pa.array(range(len(findings)), pa.int64()))
    )
    placed = connection.sql(
        f"""
        SELECT f.severity, f.code, COALESCE(n.file, f.file) AS file, COALESCE(r.kind, f.sheet) AS sheet,
            COALESCE(r.line, f.row) AS row, f."column", f.value, f.why, f.what_to_do
        FROM found AS f
        LEFT JOIN {RESOURCES} AS r ON r.n = f.row // {PARTS} AND f.file NOT IN ({_listed(own)})
        LEFT JOIN fhir_files AS n ON n.file_id = r.file_id
        ORDER BY f.place
        """
    ).to_arrow_table()
    connection.unregister("found")
    connection.unregister("fhir_files")
    return Findings(placed.select(FINDING_SCHEMA.names).cast(FINDING_SCHEMA))


def build_resource_accounts(connection: duckdb.DuckDBPyConnection, files: Sequence[FhirFile]) -> None:
    """``sources`` by file, ``attrition`` also by type of resource; every row by its file and line."""
    used = " UNION ".join(
        f"SELECT source_row // {PARTS} AS n FROM {table.name} WHERE source_row IS NOT NULL"
        for table in STUDY_TABLES
        if "source_row" in table.names
    )
    helping = " UNION ".join(
        f"SELECT n FROM {SCRATCH}.fhir_{kind} WHERE n NOT IN (SELECT n FROM {LEFT})"
        for kind in ("medication", "episodeofcare")
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {SCRATCH}.fhir_used AS
        {used} UNION {helping} UNION
        SELECT t.n FROM {SCRATCH}.fhir_terms AS t
        INNER JOIN {SCRATCH}.fhir_diseases AS d ON d.patient = t.patient AND d.term = t.term
        WHERE t.reason IS NULL
        """
    )
    _register_files(connection, files)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE sources AS
        SELECT f.file_id AS source_id, f.file, '' AS sheet, f.sha256, f.about,
            CAST(COUNT(r.n) + f.n_bad AS BIGINT) AS rows_read, CAST(COUNT(u.n) AS BIGINT) AS rows_used,
            CAST(COUNT(r.n) + f.n_bad - COUNT(u.n) AS BIGINT) AS rows_left_out
        FROM fhir_files AS f
        LEFT JOIN {RESOURCES} AS r ON r.file_id = f.file_id
        LEFT JOIN {SCRATCH}.fhir_used AS u ON u.n = r.n
        GROUP BY f.file_id, f.file, f.sha256, f.about, f.n_bad ORDER BY source_id
        """
    )
    connection.unregister("fhir_files")
    _build_attrition(connection, files)
    for table in STUDY_TABLES:
        if "source_row" in table.names:
            connection.execute(
                f"CREATE OR REPLACE TABLE {table.name} AS SELECT t.* REPLACE "
                f"(r.file_id AS source_id, r.line AS source_row) FROM {table.name} AS t "
                f"LEFT JOIN {RESOURCES} AS r ON r.n = t.source_row // {PARTS}"
            )


def _build_attrition(connection: duckdb.DuckDBPyConnection, files: Sequence[FhirFile]) -> None:
    known = _listed(set(STRUCTURES))
    rows = connection.execute(
        f"""
        SELECT COALESCE(r.kind, 'JSON') AS "table", CASE
                WHEN r.kind IS NULL THEN 'not_fhir' WHEN r.kind NOT IN ({known}) THEN '{OTHER}'
                ELSE COALESCE(l.reason, 'used') END AS reason, COUNT(*) AS n
        FROM {RESOURCES} AS r LEFT JOIN {LEFT} AS l ON l.n = r.n
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    steps: list[dict[str, object]] = []
    for code in sorted({code for file in files for code in file.left_out}):
        n = sum(file.left_out.get(code, 0) for file in files)
        steps.append({"table": "lines", "reason": code, "rows": n})
    for kind in dict.fromkeys(str(row[0]) for row in rows):
        by_reason = {str(reason): int(n) for table, reason, n in rows if table == kind}
        n_used = by_reason.pop("used", 0)
        steps.append({"table": kind, "reason": "read", "rows": n_used + sum(by_reason.values())})
        for reason, n in by_reason.items():
            steps.append({"table": kind, "reason": reason, "rows": n})
        steps.append({"table": kind, "reason": "used", "rows": n_used})
    found = connection.execute(
        'SELECT "table", reason, rows, patients FROM attrition ORDER BY step'
    ).fetchall()
    for table, reason, n, patients in found:
        steps.append({"table": table, "reason": reason, "rows": n, "patients": patients})
    numbered = [{"step": step, **row} for step, row in enumerate(steps, start=1)]
    connection.register("account_rows", pa.Table.from_pylist(numbered, schema=SCHEMAS["attrition"].arrow))
    connection.execute("CREATE OR REPLACE TABLE attrition AS SELECT * FROM account_rows")
    connection.unregister("account_rows")


def _register_files(connection: duckdb.DuckDBPyConnection, files: Sequence[FhirFile]) -> None:
    rows = [
        {
            "file_id": file_id,
            "file": file.place.file,
            "sha256": file.sha256,
            "about": f"FHIR R4, {file.about}",
            "n_bad": sum(file.left_out.values()),
        }
        for file_id, file in enumerate(files, start=1)
    ]
    connection.register("fhir_files", pa.Table.from_pylist(rows))


def _listed(words: set[str]) -> str:
    return ", ".join(compute_literal(word) for word in sorted(words)) or "''"
