"""What is said of rows of the study's drugs: why they are left out, and what is unknown in them."""

from collections.abc import Mapping

from cotreat.findings import Findings, Severity, compute_shown_count
from cotreat.readers.omop.drug_rows import DrugRows
from cotreat.readers.omop.reasons import OBSERVATION_REASONS, ROW_PROBLEMS, USED_NOTES, Reason
from cotreat.readers.omop.views import CdmView
from cotreat.readers.omop.work import Work
from cotreat.readers.table_loading import compute_counted

_MOST_LISTED = 1000
_FIRST_COLUMN = "row_id"


def validate_rows(work: Work, view: CdmView, rows: DrugRows, *, stops: bool, minimum_count: int) -> Findings:
    """Findings of the rows of the study's drugs.

    Bad rows are named one by one, up to 1,000 for each reason; in a study whose small counts
    are suppressed they are counted only.

    Parameters
    ----------
    work
        The database of the CDM.
    view
        The table of exposures.
    rows
        Its rows, judged.
    stops
        Whether a row that cannot be right is an error.
    minimum_count
        Smallest count that may be shown; 0 shows every one.
    """
    found = work.fetch(
        f"SELECT reason, COUNT(*) AS n FROM {rows.flagged} "
        "WHERE place = 1 AND reason IS NOT NULL GROUP BY reason"
    ).to_pylist()
    counts = {str(row["reason"]): int(row["n"]) for row in found}
    parts: list[Findings] = []
    for code, reason in {**ROW_PROBLEMS, **OBSERVATION_REASONS}.items():
        n = counts.get(code, 0)
        severity: Severity = "error" if stops and reason.is_bad else reason.severity
        if n and reason.is_bad and not minimum_count:
            parts.append(_listed(work, view, rows, code, reason, severity))
        elif n:
            parts.append(_counted(view, code, reason, severity, n, minimum_count))
    parts += [
        _counted(view, code, note, note.severity, n, minimum_count)
        for code, note in USED_NOTES.items()
        if view.table.name == "drug_exposure" and (n := _count_used(work, rows, note))
    ]
    return Findings.concat(parts)


def validate_lives(
    work: Work, person: CdmView, patients: str, rows: DrugRows, *, minimum_count: int
) -> Findings:
    """What is unknown of births and deaths.

    Parameters
    ----------
    work
        The database of the CDM.
    person
        The table of persons.
    patients
        The study table of patients, as far as it is made.
    rows
        Rows of the study's drugs and their persons.
    minimum_count
        Smallest count that may be shown; 0 shows every one.
    """
    counted = work.fetch(
        "SELECT COUNT(*) AS n, COALESCE(SUM(p.is_birth_reckoned), 0) AS reckoned, "
        "COALESCE(SUM(CASE WHEN p.birth_day IS NOT NULL AND t.birth_day IS NULL THEN 1 END), 0) AS odd "
        f"FROM {rows.observed} AS o INNER JOIN {rows.people} AS p ON p.person_id = o.person_id "
        f"INNER JOIN {patients} AS t ON t.patient_key = o.patient_key"
    ).to_pylist()[0]
    notes: Mapping[str, tuple[int, Severity, str, str]] = {
        "birth_reckoned": (
            int(counted["reckoned"]),
            "info",
            "The day or month of birth is not given for {n}: the first of the month, or 15 June, is taken.",
            "Nothing; an age can be half a year off.",
        ),
        "implausible_birth": (
            int(counted["odd"]),
            "warning",
            "The birth is before 1900, after the cut-off or after the death for {n}; it is unknown.",
            "Correct the database's own records, if they are wrong.",
        ),
    }
    return Findings.concat(
        person.place.finding(
            severity,
            code,
            why.format(n=compute_shown_text(n, "patient", minimum_count)),
            what_to_do,
            column=person.heading("birth_year"),
        )
        for code, (n, severity, why, what_to_do) in notes.items()
        if n
    )


def compute_shown_text(n: int, noun: str, minimum_count: int) -> str:
    """A number with its noun; where small counts are suppressed, not a small one and another rounded."""
    shown = compute_shown_count(n, minimum_count)
    if shown is None:
        return f"fewer than {minimum_count} {noun}s"
    return compute_counted(shown, noun)


def _count_used(work: Work, rows: DrugRows, note: Reason) -> int:
    sql = (
        f"SELECT COUNT(*) AS n FROM {rows.flagged} AS r WHERE r.reason IS NULL AND r.place = 1 "
        f"AND {note.condition}"
    )
    return work.count(sql)


def _counted(
    view: CdmView, code: str, reason: Reason, severity: Severity, n: int, minimum_count: int
) -> Findings:
    return view.place.finding(
        severity,
        code,
        reason.why.format(rows=compute_shown_text(n, "row", minimum_count)),
        reason.what_to_do,
        column=view.heading(reason.field),
    )


def _listed(
    work: Work, view: CdmView, rows: DrugRows, code: str, reason: Reason, severity: Severity
) -> Findings:
    """Each row by its number in the database, the lowest first, and how many more there are."""
    found = work.fetch(
        f"SELECT row_id FROM {rows.flagged} WHERE place = 1 AND reason = :code "
        f"ORDER BY row_id LIMIT {_MOST_LISTED + 1}",
        {"code": code},
    )
    numbers = [int(str(number)) for number in found.column(_FIRST_COLUMN).drop_null().to_pylist()]
    n = _count(work, rows, code)
    shown = numbers[:_MOST_LISTED]
    listed = view.place.findings(
        severity,
        code,
        reason.why.format(rows="this row"),
        reason.what_to_do,
        rows=shown,
        columns=[view.heading(reason.field)] * len(shown),
        values=[""] * len(shown),
    )
    if n == len(shown):
        return listed
    more = compute_counted(n - len(shown), "further row") if shown else compute_counted(n, "row")
    return Findings.concat(
        [
            listed,
            view.place.finding(
                severity,
                code,
                reason.why.format(rows=more),
                reason.what_to_do,
                column=view.heading(reason.field),
            ),
        ]
    )


def _count(work: Work, rows: DrugRows, code: str) -> int:
    sql = f"SELECT COUNT(*) AS n FROM {rows.flagged} WHERE place = 1 AND reason = :code"
    return work.count(sql, {"code": code})
