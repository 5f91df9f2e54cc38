"""Rows of long tables that say that there was nothing, and the earlier therapies of a patient."""

from pathlib import Path

from long_table_study import ROW, Read, exposures, read_files


def read(folder: Path, rows: str = ROW, **tables: str) -> Read:
    files = {name: f"{name}.csv" for name in ("exposures", *tables)}
    source = "".join(f'[source.{name}]\nfile = "{file}"\n' for name, file in files.items())
    texts = {"exposures": exposures(*rows.split()), **tables}
    return read_files(folder, {files[name]: text for name, text in texts.items()}, source=source)


def test_earlier_therapies_are_drugs_and_other_therapies_of_a_patient(tmp_path: Path) -> None:
    text = (
        "patient_id,therapy,failed\n1,Cyclosporin,yes\n1,phototherapy,no\n1,Snake oil,\n1,methotrxate,yes\n"
    )
    found = read(tmp_path, prior_therapies=text)
    assert found.rows("prior_therapies", "drug", "drug_text", "is_failed", "pair_key") == [
        ("ciclosporin", "Cyclosporin", 1, None),
        ("phototherapy", "phototherapy", 0, None),
        ("snake_oil", "Snake oil", None, None),
        ("methotrxate", "methotrxate", 1, None),
    ]
    assert found.said == [
        ("warning", "unknown_therapy", 4, "therapy", "Snake oil"),
        ("warning", "unknown_therapy", 5, "therapy", "methotrxate"),
    ]
    assert "perhaps methotrexate is meant" in found.findings[1].why


def test_a_therapy_is_needed(tmp_path: Path) -> None:
    found = read(tmp_path, prior_therapies="patient_id,therapy,failed\n1,,yes\n")
    assert found.codes("error") == ["missing_therapy"]


def test_none_says_that_there_was_none(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"{ROW} 2,adalimumab,2020-01-01,2020-12-31",
        prior_therapies="patient_id,therapy\n1,none\n",
        conditions="patient_id,term\n1,Keine\n2,asthma\n",
    )
    assert found.findings == []
    assert found.rows("prior_therapies", "patient_key", "drug") == [(1, "none")]
    assert found.rows("conditions", "patient_key", "term") == [(1, "none"), (2, "asthma")]


def test_none_among_adverse_events_is_no_event(tmp_path: Path) -> None:
    """The row is counted with its reason and left out: it is no event called none."""
    text = "patient_id,term,onset_date\n1,None,2020-02-01\n1,nausea,2020-03-01\n"
    found = read(tmp_path, adverse_events=text)
    assert found.rows("adverse_events", "term") == [("nausea",)]
    assert found.said == [("info", "no_event", 2, "term", "None")]
    assert [row for row in found.attrition if row[0] == "adverse_events"] == [
        ("adverse_events", "read", 2, 1),
        ("adverse_events", "no_event", 1, 1),
        ("adverse_events", "used", 1, 1),
    ]
