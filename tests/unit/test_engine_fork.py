"""Two threads at one database: each has tables of its own, and both see what was read."""

from concurrent.futures import ThreadPoolExecutor

from cotreat.engine import DuckDBEngine, connect


def test_a_fork_sees_what_was_read_and_has_tables_of_its_own() -> None:
    with connect() as engine:
        assert isinstance(engine, DuckDBEngine)
        engine.connection.execute("CREATE TABLE patients AS SELECT 7 AS patient_key")
        beside = engine.fork()
        engine.create("bucket", "SELECT patient_key FROM patients")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(
                beside.create, "bucket", "SELECT patient_key + 1 AS patient_key FROM patients"
            ).result()
        found = [place.fetch("SELECT patient_key FROM bucket").to_pylist() for place in (engine, beside)]
        assert found == [[{"patient_key": 7}], [{"patient_key": 8}]]
        beside.close()
        assert engine.fetch("SELECT COUNT(*) AS n FROM patients").to_pylist() == [{"n": 1}]
