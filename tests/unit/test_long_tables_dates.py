"""Dates of long tables: what is read, what is partial, and what is told."""

from pathlib import Path

import pyarrow as pa
import pytest
from long_table_study import ROW, exposures, read_files

from cotreat.errors import ProtocolError


def _start(tmp_path: Path, text: str, source: str = "") -> tuple[list[tuple[object, ...]], list[str]]:
    found = read_files(tmp_path, {"e.csv": exposures(ROW, f"2,adalimumab,{text},2023-12-31")}, source=source)
    rows = found.rows("exposures", "source_row", "start_day", "date_precision")
    return [row[1:] for row in rows if row[0] == 3], [f.code for f in found.findings if f.row == 3]


@pytest.mark.parametrize(
    ("text", "day", "precision", "codes"),
    [
        ("2023-03-31", "2023-03-31", "day", []),
        ("2023-03-31T13:30:00", "2023-03-31", "day", []),
        ("2023-03-31 13:30", "2023-03-31", "day", []),
        ("20230331", "2023-03-31", "day", []),
        ("2023-05", "2023-05-01", "month", ["only_month"]),
        ("2023-5", "2023-05-01", "month", ["only_month"]),
        ("2023", "2023-01-01", "year", ["only_year"]),
        ("\u00a02023-03-31\u00a0", "2023-03-31", "day", []),
        ("2024-02-29", None, None, ["end_before_start"]),
    ],
)
def test_an_iso_date_is_understood(
    tmp_path: Path, text: str, day: str | None, precision: str | None, codes: list[str]
) -> None:
    rows, found = _start(tmp_path, text)
    assert rows == ([(day, precision)] if day else [])
    assert found == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-02-30", "date_not_read"),
        ("2023-02-29", "date_not_read"),
        ("2023-13", "date_not_read"),
        ("20231301", "date_not_read"),
        ("31.03.2023", "date_not_read"),
        ("3/4/2023", "date_not_read"),
        ("45016", "date_not_read"),
        ("soon", "date_not_read"),
        ("2023-03-31x", "date_not_read"),
        ("0202-05-01", "implausible_date"),
        ("3023-05-01", "implausible_date"),
        ("1899-12-31", "implausible_date"),
        ("2101-01-01", "implausible_date"),
        ("9999-12-31", "implausible_date"),
        ("0202", "implausible_date"),
        ("", "missing_start_date"),
    ],
)
def test_a_start_that_is_no_date_of_a_study_is_an_error(tmp_path: Path, text: str, code: str) -> None:
    assert _start(tmp_path, text) == ([], [code])


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("31.03.2023", "2023-03-31", "day"),
        ("1.4.2023", "2023-04-01", "day"),
        ("04.2023", "2023-04-01", "month"),
        ("4.2023", "2023-04-01", "month"),
        ("2023-03-31", "2023-03-31", "day"),
    ],
)
def test_a_format_adds_to_iso_and_understands_its_months(
    tmp_path: Path, text: str, day: str, precision: str
) -> None:
    rows, _ = _start(tmp_path, text, 'date_format = "%d.%m.%Y"')
    assert rows == [(day, precision)]


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("%m/%d/%Y", "03/04/2023", "2023-03-04"),
        ("%d/%m/%Y", "03/04/2023", "2023-04-03"),
        ("%d-%b-%Y", "03-APR-2023", "2023-04-03"),
        ("%d.%m.%y", "03.04.23", "2023-04-03"),
        ("%Y/%m/%d", "2023/04/03", "2023-04-03"),
        ("%d.%m.%Y %H:%M:%S", "03.04.2023 13:30:00", "2023-04-03"),
        ("%Y %j", "2023 093", "2023-04-03"),
    ],
)
def test_a_format_is_used_as_it_is_written(tmp_path: Path, form: str, text: str, day: str) -> None:
    rows, codes = _start(tmp_path, text, f'date_format = "{form}"')
    assert rows == [(day, "day")]
    assert codes == []


def test_a_day_that_the_month_does_not_have_is_not_moved(tmp_path: Path) -> None:
    assert _start(tmp_path, "31.04.2023", 'date_format = "%d.%m.%Y"') == ([], ["date_not_read"])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("DD.MM.YYYY", "needs codes for day, month and year"),
        ("%d.%m", "needs codes for day, month and year"),
        ("%d.%m.%Q", "`%Q` is no part of a date"),
        ("%d.%m.%Y%", "`%` is no part of a date"),
        ("", "needs codes"),
    ],
)
def test_a_format_that_is_none_is_a_protocol_error(tmp_path: Path, form: str, said: str) -> None:
    with pytest.raises(ProtocolError, match="date_format") as error:
        _start(tmp_path, "2023-01-01", f'date_format = "{form}"')
    assert said in str(error.value)
    assert "line " in str(error.value)


def test_a_partial_end_is_its_last_day_and_counts_once_per_column(tmp_path: Path) -> None:
    found = read_files(
        tmp_path,
        {
            "e.csv": exposures(
                "1,adalimumab,2020-01-05,2020-02",
                "2,adalimumab,2020-01,2021-02",
                "3,adalimumab,2019,2020-12-31",
                "4,adalimumab,2019-06,2020",
            )
        },
    )
    assert found.rows("exposures", "start_day", "end_day", "date_precision") == [
        ("2020-01-05", "2020-02-29", "month"),
        ("2020-01-01", "2021-02-28", "month"),
        ("2019-01-01", "2020-12-31", "year"),
        ("2019-06-01", "2020-12-31", "year"),
    ]
    assert [(f.code, f.row, f.column, f.value, f.why) for f in found.findings] == [
        (
            "only_month",
            2,
            "end_date",
            "2020-02",
            "Only the month is given in 2 cells: its last day is taken.",
        ),
        (
            "only_month",
            3,
            "start_date",
            "2020-01",
            "Only the month is given in 2 cells: its first day is taken.",
        ),
        ("only_year", 4, "start_date", "2019", "Only the year is given in 1 cell: its first day is taken."),
        ("only_year", 5, "end_date", "2020", "Only the year is given in 1 cell: its last day is taken."),
    ]


def test_the_end_is_before_the_start_only_when_every_day_that_may_be_meant_is(tmp_path: Path) -> None:
    found = read_files(
        tmp_path,
        {
            "e.csv": exposures(
                "1,adalimumab,2020-02-15,2020-02",
                "2,adalimumab,2020-02-15,2020-01",
                "3,adalimumab,2020-02-15,2020-02-14",
                "4,adalimumab,2020-02-15,2020-02-15",
            )
        },
    )
    assert [row for (row,) in found.rows("exposures", "source_row")] == [2, 5]
    assert [(f.code, f.row) for f in found.findings if f.severity == "error"] == [
        ("end_before_start", 3),
        ("end_before_start", 4),
    ]


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31 00:00:00", "99991231"])
def test_the_last_day_of_calendars_is_no_end(tmp_path: Path, text: str) -> None:
    found = read_files(
        tmp_path, {"e.csv": exposures(f"1,adalimumab,2020-01-01,{text}", ROW.replace("1,", "2,", 1))}
    )
    assert found.rows("exposures", "end_day", "is_ongoing", "end_rule") == [
        (None, 1, None),
        ("2020-12-31", None, "recorded"),
    ]
    assert found.said == [("info", "open_end", 2, "end_date", text)]


def test_other_words_and_days_for_no_end_are_named(tmp_path: Path) -> None:
    found = read_files(
        tmp_path,
        {
            "e.csv": exposures(
                "1,adalimumab,2020-01-01,Laufend",
                "2,adalimumab,2020-01-01,2099-12-31",
                "3,adalimumab,2020-01-01,9999-12-31",
            )
        },
        source='open_end = ["laufend", "2099-12-31"]',
    )
    assert found.rows("exposures", "source_row", "is_ongoing") == [(2, 1), (3, 1)]
    assert [(f.code, f.row) for f in found.findings] == [("implausible_date", 4), ("open_end", 2)]


def test_an_end_that_cannot_be_read_is_not_taken_for_no_end(tmp_path: Path) -> None:
    found = read_files(tmp_path, {"e.csv": exposures("1,adalimumab,2020-01-01,31.12.2020", ROW)})
    assert found.codes("error") == ["date_not_read"]
    assert found.rows("exposures", "source_row") == [(3,)]


def test_elsewhere_a_date_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    found = read_files(
        tmp_path,
        {
            "e.csv": exposures(ROW),
            "p.csv": "patient_id,birth_date,death_date\n1,0202-01-01,x\n",
        },
        source='[source.patients]\nfile = "p.csv"\n[source.exposures]\nfile = "e.csv"',
    )
    assert found.rows("patients", "patient_id", "birth_day", "death_day") == [("1", None, None)]
    assert found.said == [
        ("warning", "implausible_date", 2, "birth_date", "0202-01-01"),
        ("warning", "date_not_read", 2, "death_date", "x"),
    ]


def test_a_visit_of_which_only_the_month_is_known_has_no_day(tmp_path: Path) -> None:
    found = read_files(
        tmp_path,
        {"e.csv": exposures(ROW), "a.csv": "patient_id,date,instrument,value\n1,2020-03,PASI,5\n"},
        source='[source.assessments]\nfile = "a.csv"\n[source.exposures]\nfile = "e.csv"',
    )
    assert found.rows("assessments", "day", "value") == [(None, 5.0)]
    assert [f.why for f in found.findings] == ["Only the month is given in 1 cell: no day is taken."]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (pa.date32(), 18262),
        (pa.date64(), 18262 * 86_400_000),
        (pa.timestamp("s"), 18262 * 86_400 + 3600),
        (pa.timestamp("ns"), (18262 * 86_400 + 3600) * 10**9),
        (pa.timestamp("us", tz="UTC"), 18262 * 86_400 * 10**6),
        (pa.int64(), 20200101),
        (pa.string(), "2020-01-01"),
        (pa.dictionary(pa.int8(), pa.string()), "2020-01-01"),
        (pa.large_string(), "2020-01-01"),
        (pa.binary(), b"2020-01-01"),
    ],
)
def test_a_date_in_parquet_is_read_whatever_its_type(
    tmp_path: Path, type_: pa.DataType, value: object
) -> None:
    array = (
        pa.array([value, None], type_)
        if not isinstance(type_, pa.DictionaryType)
        else pa.array(["2020-01-01", None]).dictionary_encode()
    )
    table = pa.table(
        {
            "patient_id": ["1", "1"],
            "drug": ["adalimumab"] * 2,
            "start_date": pa.array(["2020-01-01"] * 2),
            "end_date": array,
        }
    )
    found = read_files(tmp_path, {"e.parquet": table})
    assert found.rows("exposures", "source_row", "end_day") == [(1, "2020-01-01"), (2, None)]
    assert found.findings == []


def test_instants_are_days_in_utc_and_that_is_said(tmp_path: Path) -> None:
    # Midnight in Berlin on 2 January is 23:00 on 1 January in UTC.
    berlin = pa.array([(18263 * 24 - 1) * 3600 * 10**6], pa.timestamp("us", tz="Europe/Berlin"))
    table = pa.table({"patient_id": ["1"], "drug": ["adalimumab"], "start_date": berlin})
    found = read_files(tmp_path, {"e.parquet": table})
    assert found.rows("exposures", "start_day") == [("2020-01-01",)]
    assert found.said == [("warning", "time_zone", 1, "start_date", "")]


def test_the_last_day_of_calendars_in_parquet_is_no_end(tmp_path: Path) -> None:
    table = pa.table(
        {
            "patient_id": ["1"],
            "drug": ["adalimumab"],
            "start_date": pa.array([18262], pa.date32()),
            "end_date": pa.array([2932896], pa.date32()),
        }
    )
    found = read_files(tmp_path, {"e.parquet": table})
    assert found.rows("exposures", "end_day", "is_ongoing") == [(None, 1)]


def test_without_a_cutoff_the_latest_date_is_taken_and_said(tmp_path: Path) -> None:
    rows = exposures(ROW, "2,adalimumab,2021-03-04,2021-05-06")
    found = read_files(tmp_path, {"e.csv": rows}, study='[study]\nname = "x"\n')
    assert found.latest_day == 18753  # 2021-05-06
    assert found.said == [("info", "cutoff_taken", 3, "end_date", "2021-05-06")]


def test_an_end_long_after_everything_else_is_a_doubtful_cutoff(tmp_path: Path) -> None:
    rows = exposures(ROW, "2,adalimumab,2020-03-04,2099-12-31")
    found = read_files(tmp_path, {"e.csv": rows}, study='[study]\nname = "x"\n')
    assert found.said == [("warning", "cutoff_taken", 3, "end_date", "2099-12-31")]


def test_a_start_after_the_cutoff_is_left_out_and_listed(tmp_path: Path) -> None:
    rows = exposures(ROW, "2,adalimumab,2024-12-31,", "3,adalimumab,2025-01-01,2025-02-01")
    found = read_files(tmp_path, {"e.csv": rows})
    assert found.rows("exposures", "source_row") == [(2,), (3,)]
    assert found.said == [("warning", "start_after_cutoff", 4, "start_date", "2025-01-01")]
    assert found.attrition == [
        ("exposures", "read", 3, 3),
        ("exposures", "start_after_cutoff", 1, 1),
        ("exposures", "used", 2, 2),
    ]
