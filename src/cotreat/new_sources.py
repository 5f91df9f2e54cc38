"""What a new study folder holds, for each kind of source."""

import json
import tempfile
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from pyarrow.parquet import read_table

from cotreat.new_case_table import (
    NONE_WORDS,
    ONGOING_WORDS,
    SHEET,
    SWITCHED_WORDS,
    UNKNOWN_WORDS,
    build_column_lines,
    build_value_lines,
    build_word_list,
)
from cotreat.new_redcap import build_dictionary_file
from cotreat.new_table_workbook import build_table_workbook
from cotreat.new_workbook import build_case_workbook
from cotreat.readers.redcap_instrument import read_instrument_forms, read_instrument_words
from cotreat.synthetic import (
    LONG,
    read_synthetic_concepts,
    read_synthetic_cutoff,
    read_synthetic_reasons,
    write_synthetic_cdm,
    write_synthetic_fhir,
    write_synthetic_redcap,
    write_synthetic_tables,
)
from cotreat.vocabulary import read_drugs

_EXAMPLE_PATIENTS, _EXAMPLE_SEED = 200, 1


@dataclass(frozen=True, slots=True)
class NewStudy:
    """A kind of new study.

    Attributes
    ----------
    build
        Makes its files: contents by name.
    next_step
        What to do first, in the folder.
    about
        What such a source is, for the help.
    """

    build: Callable[[], Mapping[str, bytes]]
    next_step: str
    about: str


def _build_excel() -> Mapping[str, bytes]:
    """The files of a study whose cases are kept in a workbook."""
    protocol = Template(_read_template("excel", "study.toml")).substitute(
        sheet=SHEET,
        none=build_word_list(NONE_WORDS),
        unknown=build_word_list(UNKNOWN_WORDS),
        ongoing=build_word_list(ONGOING_WORDS),
        switched_to=build_word_list(SWITCHED_WORDS),
        columns=build_column_lines(),
        values=build_value_lines(),
        classes=_class_lines(),
    )
    # The protocol comes last: a folder that has one is a whole study.
    return {
        "README.md": _read_template("excel", "README.md").encode(),
        "cases.xlsx": build_case_workbook(_read_template("excel", "instructions.txt")),
        "study.toml": protocol.encode(),
    }


def _build_tables() -> Mapping[str, bytes]:
    """The files of a study whose records are long tables: a workbook filled with invented patients."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_synthetic_tables(
            Path(folder) / "data",
            n_patients=_EXAMPLE_PATIENTS,
            seed=_EXAMPLE_SEED,
            format="parquet",
            tables=tuple(LONG),
        )
        workbook = build_table_workbook({path.stem: read_table(path) for path in written})
    return {**_pages("tables", {}), "study.xlsx": workbook, **_protocol("tables", _reason_lines())}


def _build_redcap() -> Mapping[str, bytes]:
    """The files of a study whose records are kept in REDCap: the instruments, and an invented export."""
    with tempfile.TemporaryDirectory() as folder:
        (written,) = write_synthetic_redcap(
            Path(folder) / "data", n_patients=_EXAMPLE_PATIENTS, seed=_EXAMPLE_SEED
        )
        export = written.read_bytes()
    repeating = "\n".join(f"   - {form.label}" for form in read_instrument_forms() if form.repeats)
    return {
        **_pages("redcap", {"repeating": repeating}),
        "dictionary.csv": build_dictionary_file(),
        "export.csv": export,
        **_protocol("redcap", _choice_lines()),
    }


def _build_fhir() -> Mapping[str, bytes]:
    """The files of a study whose records are FHIR resources, of invented patients."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_synthetic_fhir(
            Path(folder) / "data", n_patients=_EXAMPLE_PATIENTS, seed=_EXAMPLE_SEED, format="ndjson"
        )
        resources = {f"data/{path.name}": path.read_bytes() for path in written}
    return {**_pages("fhir", {}), **resources, **_protocol("fhir", _reason_lines())}


def _build_omop() -> Mapping[str, bytes]:
    """The files of a study whose records are an OMOP CDM, of invented persons."""
    with tempfile.TemporaryDirectory() as folder:
        written = write_synthetic_cdm(
            Path(folder) / "cdm", n_patients=_EXAMPLE_PATIENTS, seed=_EXAMPLE_SEED, format="csv"
        )
        tables = {f"cdm/{path.name}": path.read_bytes() for path in sorted(written)}
    words = {"reasons_ended": _reason_lines()["reasons_ended"], "sets": _concept_lines()}
    return {**_pages("omop", {}), **tables, **_protocol("omop", words)}


def _concept_lines() -> str:
    """The concepts of the invented persons' conditions, events, tests and scores, as tables of TOML."""
    purposes = {
        "disease": "conditions",
        "condition": "conditions",
        "adverse_event": "adverse_events",
        "laboratory": "laboratory",
        "instrument": "assessments",
    }
    concepts = read_synthetic_concepts()
    return "\n".join(
        f"[source.{table}.{term}]\nconcepts = [{number}]\n"
        + ('kind = "disease"\n' if kind == "disease" else "")
        for kind, table in purposes.items()
        for term, number in concepts[kind].items()
    )


def _pages(source: str, words: Mapping[str, str]) -> Mapping[str, bytes]:
    page = Template(_read_template(source, "README.md"))
    return {"README.md": page.substitute(patients=_EXAMPLE_PATIENTS, **words).encode()}


def _protocol(source: str, words: Mapping[str, str]) -> Mapping[str, bytes]:
    """The protocol comes last: a folder that has one is a whole study."""
    protocol = Template(_read_template(source, "study.toml")).substitute(
        patients=_EXAMPLE_PATIENTS,
        cutoff=read_synthetic_cutoff().isoformat(),
        classes=_class_lines(),
        **words,
    )
    return {"study.toml": protocol.encode()}


def _reason_lines() -> Mapping[str, str]:
    """What the words of invented tables mean."""
    started, ended = (_word_lines(reasons) for reasons in read_synthetic_reasons())
    return {"reasons_started": started, "reasons_ended": ended}


def _choice_lines() -> Mapping[str, str]:
    """What the choices of the instruments for REDCap mean."""
    words = {
        field: _word_lines({k: v[0] for k, v in own.items()})
        for field, own in read_instrument_words().items()
    }
    return {"reasons_started": words["reason_started"], "reasons_ended": words["end_reason"]}


def _class_lines() -> str:
    """Every class of drugs, as lines of comment."""
    classes = sorted({drug.drug_class for drug in read_drugs().values()})
    return textwrap.fill(", ".join(classes), 110, initial_indent="#   ", subsequent_indent="#   ")


def _word_lines(words: Mapping[str, str]) -> str:
    """Levels with the entry that means each, as lines of TOML."""
    return "\n".join(f"{level} = [{json.dumps(entry)}]" for level, entry in words.items())


def _read_template(source: str, name: str) -> str:
    return files("cotreat").joinpath("templates", source, name).read_text(encoding="utf-8")


NEW_STUDIES: Mapping[str, NewStudy] = {
    "excel": NewStudy(
        _build_excel, "fill in cases.xlsx (its sheet Instructions says how)", "a case table, one row per case"
    ),
    "tables": NewStudy(
        _build_tables, "read README.md; everything in study.xlsx is invented", "tables with dates"
    ),
    "redcap": NewStudy(
        _build_redcap, "read README.md; everything in export.csv is invented", "a REDCap project"
    ),
    "fhir": NewStudy(
        _build_fhir, "read README.md; everything in data is invented", "FHIR R4, NDJSON or Bundles"
    ),
    "omop": NewStudy(_build_omop, "read README.md; everything in cdm is invented", "an OMOP CDM 5.3 or 5.4"),
}
