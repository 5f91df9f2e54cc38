"""Two threads at one database: each has tables of its own, and both see what was read."""

from concurrent.futures import ThreadPoolExecutor

from cotreat.engine import DuckDBEngine, connect


def test_a_fork_sees_what_was_read_and_has_tables_of_its_own() -> None:
    with connect() as engine:
        assert isinstance(engine, DuckDBEngine)
        engine.connection.execute("CREATE TABLE patients AS SELECT 7 AS patient_key")
        beside = engine.fork("patients")
        assert beside is not None
        engine.create("bucket", "SELECT patient_key FROM patients")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(
                beside.create, "bucket", "SELECT patient_key + 1 AS patient_key FROM patients"
            ).result()
        found = [place.fetch("SELECT patient_key FROM bucket").to_pylist() for place in (engine, beside)]
        assert found == [[{"patient_key": 7}], [{"patient_key": 8}]]
        beside.close()
        assert engine.fetch("SELECT COUNT(*) AS n FROM patients").to_pylist() == [{"n": 1}]


def test_there_is_no_fork_that_would_not_see_a_table_or_see_another_one() -> None:
    with connect() as engine:
        assert isinstance(engine, DuckDBEngine)
        engine.connection.execute("CREATE TABLE patients AS SELECT 7 AS patient_key")
        engine.create("patients", "SELECT 1 AS patient_key")
        engine.define("exposures", "SELECT 1 AS patient_key")
        assert engine.fork("patients") is None
        assert engine.fork("exposures") is None
        assert engine.fork("assessments") is not None
