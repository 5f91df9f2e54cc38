"""A whole study gives the same results, report and episodes whatever database it runs on."""

import json
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import LETTER, cotreat, digests

from cotreat.analysis.estimates import estimate
from cotreat.analysis.measures import MEASURES
from cotreat.analysis.results import Result
from cotreat.analysis.selection import StudyTables
from cotreat.engine import DuckDBEngine, Engine
from servers import postgres_url, spark_url

URLS: Mapping[str, Callable[[], str]] = {
    "postgres": postgres_url,
    "spark": spark_url,
    "duckdb file": lambda: "duckdb://{folder}/study.duckdb",
}
LETTER_ON_POSTGRES = pytest.param("letter", "postgres", marks=pytest.mark.postgres)
# Spark takes seconds for what the others do at once: it gets the dated study, which has every step, and one
# measure of each kind.
RUNS = [
    LETTER_ON_POSTGRES,
    pytest.param("tables", "postgres", marks=pytest.mark.postgres),
    pytest.param("tables", "spark", marks=pytest.mark.spark),
    pytest.param("tables", "duckdb file"),
]


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A study of long tables and one case table, each with its report from DuckDB beside it."""
    folder = tmp_path_factory.mktemp("studies")
    cotreat("new", folder / "tables", "--from", "tables").requires(0)
    shutil.copytree(LETTER, folder / "letter")
    for name in ("tables", "letter"):
        cotreat("run", folder / name / "study.toml", "--out", folder / f"{name}-report").requires(0)
    return {name: folder / name for name in ("tables", "letter")}


def estimate_each_kind(
    engine: Engine, tables: StudyTables, *, leave_out: Collection[str] = (), **_: object
) -> Result:
    """The first measure of each kind, in each unit, whole and by its first group."""
    kinds = {m.kind: m for m in reversed(MEASURES.values()) if m.name not in leave_out}
    return Result.concat(
        estimate(engine, tables, measure=measure.name, unit=unit, rule=rules[0], by=by)
        for measure in kinds.values()
        for unit, rules in measure.rules_of(is_dated=True).items()
        if rules
        for by in (*([""] if measure.is_pooled else []), *measure.groups_of(is_dated=True)[:1])
    )


@pytest.mark.parametrize(("name", "engine"), RUNS)
def test_a_study_gives_the_same_on_every_engine(
    studies: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, engine: str
) -> None:
    original = studies[name]
    expected = original.with_name(f"{name}-report")
    if engine == "spark":
        monkeypatch.setattr("cotreat.study.estimate_study", estimate_each_kind)
        expected = tmp_path / "expected"
        cotreat("run", original / "study.toml", "--out", expected).requires(0)
    shutil.copytree(original, tmp_path / "study")
    study = tmp_path / "study" / "study.toml"
    text = study.read_text(encoding="utf-8")
    url = URLS[engine]().format(folder=tmp_path)
    # One of them in buckets of patients: what each has finished goes back into the database.
    buckets = "buckets = 3\n" if engine == "postgres" else ""
    study.write_text(f'{text}\n[engine]\nurl = "{url}"\n{buckets}', encoding="utf-8")
    cotreat("run", study, "--out", tmp_path / "report").requires(0)

    here, there = digests(tmp_path / "report"), digests(expected)
    assert set(here) == set(there)
    # Parquet files and the fingerprint of the protocol differ, so what stands in them is compared below.
    apart = {"run.json", "report.html", "report.docx"}
    differ = {path for path in here if here[path] != there[path]}
    assert {p for p in differ if not p.startswith("episodes/") and p not in apart} == set()
    for path in (p for p in here if p.endswith(".parquet")):
        ours, theirs = (pq.read_table(folder / path) for folder in (tmp_path / "report", expected))
        assert ours.schema.names == theirs.schema.names
        assert ours.schema.types == theirs.schema.types
        # DuckDB marks columns that are never empty, the others do not.
        assert ours.cast(theirs.schema).equals(theirs), path
    assert facts(tmp_path / "report") == facts(expected)
    assert url not in (tmp_path / "report" / "run.json").read_text(encoding="utf-8")


def facts(report: Path) -> dict[str, object]:
    """What run.json says, without what belongs to one run."""
    found = json.loads((report / "run.json").read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if key not in ("seconds", "protocol_sha256", "files")}


def test_views_that_do_not_agree_stop_the_run(
    studies: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong view is a fault in cotreat: it is said, and no wrong number is written."""
    create = DuckDBEngine.create

    def one_row_too_few(self: DuckDBEngine, name: str, sql: str, params: object = None) -> object:
        text = f"SELECT * FROM ({sql}) AS whole WHERE pair_key > 1" if name == "pairs" else sql
        return create(self, name, text, params)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(DuckDBEngine, "create", one_row_too_few)
    ran = cotreat("run", studies["tables"] / "study.toml", "--out", tmp_path / "report").requires(3)
    assert "Between segments and pairs" in ran.err
    assert "days are not explained: a fault in cotreat, not in the data" in ran.err
    assert list(tmp_path.iterdir()) == []
