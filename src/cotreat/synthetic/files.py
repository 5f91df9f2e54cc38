"""Files of invented tables, which grow as patients are made."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

# No invented word has a comma or a quote in it; one that had would be refused here, not written wrongly.
_CSV = pa_csv.WriteOptions(quoting_style="none", include_header=False)


class TableFiles:
    """Parquet and CSV files that grow, some thousands of patients at a time; closed at the end of a block."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._writers: dict[Path, pa_csv.CSVWriter | pq.ParquetWriter] = {}

    def append(self, path: Path, rows: pa.Table) -> None:
        """The rows stand in the file behind those that are there; the ending says what kind of file."""
        if path not in self._writers:
            self._writers[path] = self._open(path, rows.schema)
        self._writers[path].write_table(rows)

    def _open(self, path: Path, schema: pa.Schema) -> pa_csv.CSVWriter | pq.ParquetWriter:
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".parquet":
            return self._stack.enter_context(pq.ParquetWriter(path, schema))
        file = self._stack.enter_context(path.open("wb"))
        file.write(f"{','.join(schema.names)}\n".encode())
        return self._stack.enter_context(pa_csv.CSVWriter(file, schema, write_options=_CSV))

    def __enter__(self) -> Self:
        """The files themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Every file is closed."""
        self._stack.close()
