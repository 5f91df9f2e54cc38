"""How likely each suspected drug is the cause of an adverse event, and by which method."""

from collections.abc import Mapping
from types import MappingProxyType

import duckdb
import pyarrow as pa

from cotreat.readers.fhir.study import PARTS
from cotreat.readers.table_files import SCRATCH

# HL7's codes of causality assessment (of WHO-UMC) and of methods, and the words of others for the same.
_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "certain": "certain",
        "definite": "certain",
        "probably-likely": "probable",
        "probable": "probable",
        "likely": "probable",
        "possible": "possible",
        "unlikely": "unlikely",
        "doubtful": "unlikely",
        "conditional-classified": "conditional",
        "conditional": "conditional",
        "unassessable-unclassifiable": "unassessable",
        "unassessable": "unassessable",
    }
)
_METHODS: Mapping[str, str] = MappingProxyType(
    {"probabilityscale": "probability_scale", "bayesian": "bayesian", "checklist": "checklist"}
)


def add_causality(connection: duckdb.DuckDBPyConnection) -> None:
    """Category and method of every attribution whose event says them; others stay unknown."""
    words = [
        {"what": what, "word": word, "level": level}
        for what, levels in (("assessment", _CATEGORIES), ("method", _METHODS))
        for word, level in levels.items()
    ]
    connection.register("causality_words", pa.Table.from_pylist(words))
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE attributions AS
        WITH judged AS (
            SELECT s.n, replace(s.drug, ' ', '_') AS drug, MIN(c.level) AS category, MIN(m.level) AS method
            FROM {SCRATCH}.fhir_suspected AS s
            LEFT JOIN causality_words AS c ON c.what = 'assessment' AND c.word = lower(s.assessment)
            LEFT JOIN causality_words AS m ON m.what = 'method' AND m.word = lower(s.method)
            GROUP BY s.n, s.drug
        )
        SELECT a.* REPLACE (j.category AS category, j.method AS method)
        FROM attributions AS a
        LEFT JOIN judged AS j ON j.n = a.source_row // {PARTS} AND j.drug = a.drug
        """
    )
    connection.unregister("causality_words")
