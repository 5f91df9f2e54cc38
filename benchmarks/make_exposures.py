"""Invented exposures of any number of patients, streamed to one Parquet file.

Eight exposures per patient to eight drugs, as whole numbers and dates: four treatments of
two supplies each. A treatment starts on any day of 2019 to 2023; its second supply begins
from 10 days before to 45 days after the first has run out, so that most refills join and
some do not. ``--shape scattered`` makes eight single supplies instead, which hardly ever
join: the hardest case. The same arguments give the same rows on every machine.

Rows come in random order, as a database gives them, or sorted by patient. The order is a
permutation of the row numbers (a Feistel network over their bits), so nothing is sorted
and nothing is kept in memory.
"""

import argparse
from pathlib import Path

import duckdb

EXPOSURES_PER_PATIENT = 8
DRUGS = 8
_MODULUS = 2**32
_ROUND_KEYS = (0x9E37, 0x79B9, 0x7F4A, 0x7C15)

_SUPPLIES = {
    # The second supply of a treatment follows the first: early, on time, late, or too late to join.
    "treatments": """
        SELECT
            patient_id,
            drug,
            first_day
            + CASE WHEN is_refill = 1 THEN length + CAST(g % 56 AS INTEGER) - 10 ELSE 0 END AS start_day,
            CASE WHEN is_refill = 1 THEN refill_length ELSE length END AS length
        FROM (
            SELECT
                patient_id,
                is_refill,
                CAST(1 + (h // 256) % 8 AS INTEGER) AS drug,
                CAST((h // 65536) % 1643 AS INTEGER) AS first_day,
                CAST(14 + (h // 4096) % 77 AS INTEGER) AS length,
                CAST(14 + (g // 4096) % 77 AS INTEGER) AS refill_length,
                g
            FROM mixed
        )
    """,
    "scattered": """
        SELECT
            patient_id,
            CAST(1 + (g // 256) % 8 AS INTEGER) AS drug,
            CAST((g // 65536) % 1643 AS INTEGER) AS start_day,
            CAST(1 + (g // 1024) % 180 AS INTEGER) AS length
        FROM mixed
    """,
}


def write_exposures(
    path: Path, *, persons: int, order: str = "random", shape: str = "treatments", seed: int = 20250225
) -> None:
    """One Parquet file of invented exposures: patient_id, drug, start_date, end_date."""
    rows = persons * EXPOSURES_PER_PATIENT
    numbers = _permuted(rows) if order == "random" else f"SELECT range AS k FROM range({rows})"
    sql = f"""
        WITH numbered AS ({numbers}),
        placed AS (
            SELECT k // 8 + 1 AS patient_id, k % 2 AS is_refill, k // 2 AS treatment, k FROM numbered
        ),
        mixed AS (
            SELECT
                patient_id,
                is_refill,
                {_mixed(f"treatment * 2 + {seed}")} AS h,
                {_mixed(f"k * 2 + 1 + {seed}")} AS g
            FROM placed
        ),
        supplies AS ({_SUPPLIES[shape]})
        SELECT
            patient_id,
            drug,
            DATE '2019-01-01' + start_day AS start_date,
            DATE '2019-01-01' + start_day + length - 1 AS end_date
        FROM supplies
    """
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")


def _mixed(number: str) -> str:
    """The number's bits, well stirred; three rounds of multiply and fold, all inside 64 bits."""
    for factor in (1540483477, 1103515245, 1664525069):
        product = f"(({number}) % {_MODULUS} * {factor} % {_MODULUS})"
        number = f"xor({product}, {product} >> 15)"
    return number


def _permuted(rows: int) -> str:
    """The numbers 0 .. rows - 1 in an order that looks random."""
    bits = max(2, (rows - 1).bit_length())
    half = (bits + 1) // 2
    low = (1 << half) - 1
    sql = f"SELECT range // {1 << half} AS l, range % {1 << half} AS r FROM range({1 << 2 * half})"
    for key in _ROUND_KEYS:
        sql = f"""
            SELECT r AS l, xor(l, ((r + {key}) * 1540483477 % {_MODULUS} // 512) & {low}) AS r FROM ({sql})
        """
    return f"SELECT l * {1 << half} + r AS k FROM ({sql}) WHERE l * {1 << half} + r < {rows}"


def main() -> None:
    """Write the file that the arguments describe."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--order", choices=("random", "sorted"), default="random")
    parser.add_argument("--shape", choices=tuple(_SUPPLIES), default="treatments")
    parser.add_argument("--seed", type=int, default=20250225)
    arguments = parser.parse_args()
    write_exposures(
        arguments.path,
        persons=arguments.persons,
        order=arguments.order,
        shape=arguments.shape,
        seed=arguments.seed,
    )


if __name__ == "__main__":
    main()
