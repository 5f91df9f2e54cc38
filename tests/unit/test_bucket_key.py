"""What finished buckets depend on, where a source has no bytes that could be compared."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from cotreat.engine import connect
from cotreat.findings import Findings
from cotreat.protocol import Protocol, read_protocol
from cotreat.readers.sources import ReadStudy
from cotreat.study_bucket_key import read_bucket_key
from cotreat.study_tables.schema import SCHEMAS
from servers import postgres_url, spark_url

URLS = {"duckdb": lambda: "duckdb://", "postgres": postgres_url, "spark": spark_url}
ENGINES = (
    "duckdb",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("spark", marks=pytest.mark.spark),
)
PATIENTS = [{"patient_key": key, "patient_id": str(key), "sex": "female", "birth_day": 0} for key in (1, 2)]
EXPOSURES = [
    {"exposure_key": 1, "patient_key": 1, "drug": "a", "start_day": 9, "end_day": 20, "source_row": 1},
    {"exposure_key": 2, "patient_key": 1, "drug": "b", "start_day": 12, "source_row": 2},
    {"exposure_key": 3, "patient_key": 2, "drug": "b", "start_day": 12, "end_day": 40, "source_row": 3},
]


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return read_protocol(Path(__file__).parents[2] / "examples" / "letter" / "study.toml")


def table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name].arrow)


def changed(place: int, **values: object) -> list[dict[str, object]]:
    return [{**row, **(values if at == place else {})} for at, row in enumerate(EXPOSURES)]


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_changed_in_a_database_are_noticed_and_their_order_is_not(
    protocol: Protocol, engine: str
) -> None:
    read = ReadStudy(Findings.concat([]), {}, 100)
    with connect(URLS[engine]()) as connected:

        def key(
            exposures: list[dict[str, object]], *, sex: str = "female", sha256: str | None = None
        ) -> Mapping[str, object]:
            connected.load("sources", table("sources", [{"source_id": 1, "sha256": sha256}]))
            connected.load("patients", table("patients", [PATIENTS[0], {**PATIENTS[1], "sex": sex}]))
            connected.load("exposures", table("exposures", exposures))
            connected.load("assessments", table("assessments", []))
            return read_bucket_key(connected, protocol, read, [1, 2])

        first = key(EXPOSURES)
        turned = [
            {**row, "exposure_key": place, "source_row": place}
            for place, row in enumerate(EXPOSURES[::-1], start=1)
        ]
        assert key(turned) == first
        others = [
            key(changed(0, start_day=10)),
            key(changed(1, end_day=60)),
            key(changed(1, drug="a")),
            key(changed(2, patient_key=1)),
            # Two changes that leave the sum of the days of a drug as it is.
            key([EXPOSURES[0], {**EXPOSURES[1], "start_day": 15}, {**EXPOSURES[2], "start_day": 9}]),
            key(EXPOSURES, sex="male"),
        ]
        assert first not in others
        assert key(EXPOSURES, sha256="of a file")["sources"] != first["sources"]
        assert "contents" not in key(EXPOSURES, sha256="of a file")
