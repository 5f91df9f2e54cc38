"""REDCap exports: keys, events, instances, checkboxes, codes and labels, flat and EAV."""

import re
from pathlib import Path

import pytest
from redcap_study import dictionary, read_export

from cotreat.errors import ProtocolError, SourceError

OWN = """
[[source.exposures]]
columns = { drug = "med", start_date = "med_start", end_date = "med_end" }
"""
FIELDS = dictionary(
    "study_id,base,,text,Study ID,",
    'gender,base,,radio,Gender,"1, Male | 2, Female"',
    'risk,base,,checkbox,Risk factors,"1, Smoker | 2, Hypertension | 3, Obesity"',
    'med,meds,,dropdown,Drug,"1, Baricitinib | 2, Methotrexate"',
    "med_start,meds,,text,First day,",
    "med_end,meds,,text,Last day,",
    "vis_date,visit,,text,Date,",
    "easi_total,visit,,text,EASI,",
    "dlqi_total,visit,,text,DLQI,",
    "ae,event,,text,Event,",
    'blamed,event,,checkbox,Suspected,"1, Baricitinib | 2, Methotrexate | 3, combination"',
)
PATIENT = """
[[source.patients]]
columns = { sex = "gender" }
constants = { disease = "atopic dermatitis" }
"""


# Repeating instruments: key = record + event + instrument + instance.


def test_each_instance_of_a_repeating_instrument_is_a_row(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,redcap_repeat_instrument,redcap_repeat_instance,gender,med,med_start,med_end\n"
        "7,,,2,,,\n"
        "7,meds,1,,1,2023-01-01,2023-06-30\n"
        "7,meds,2,,2,2023-02-01,\n"
        "8,meds,1,,1,2023-05-01,\n",
        source=OWN + PATIENT,
        fields=FIELDS,
    )
    assert read.rows("exposures", "patient", "drug", "start_day", "end_day", "source_row") == [
        ("7", "baricitinib", "2023-01-01", "2023-06-30", 3),
        ("7", "methotrexate", "2023-02-01", None, 4),
        ("8", "baricitinib", "2023-05-01", None, 5),
    ]
    assert read.rows("patients", "patient_id", "sex", "disease") == [
        ("7", "female", "atopic_dermatitis"),
        ("8", None, "atopic_dermatitis"),
    ]
    assert read.said == []
    assert read.attrition[:2] == [("redcap_export", "read", 4), ("redcap_export", "used", 4)]


def test_the_same_instance_at_two_events_is_two_entries(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,med,med_start\n"
        "7,baseline_arm_1,meds,1,1,2023-01-01\n"
        "7,month_3_arm_1,meds,1,1,2023-04-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n',
        fields=FIELDS,
    )
    assert read.rows("exposures", "start_day") == [("2023-01-01",), ("2023-04-01",)]


def test_a_repeating_event_repeats_all_its_instruments_together(tmp_path: Path) -> None:
    """Its instances have no instrument, and their visits and drugs stand in one row."""
    read = read_export(
        tmp_path,
        "study_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,med,med_start,"
        "vis_date,easi_total\n"
        "7,visit_arm_1,,1,1,2023-01-01,2023-01-02,20\n"
        "7,visit_arm_1,,2,,,2023-04-02,5.5\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.assessments]]\ncolumns = { date = "vis_date", value = "easi_total" }\n'
        'constants = { instrument = "EASI" }\n',
        fields=FIELDS,
    )
    assert read.rows("exposures", "start_day", "source_row") == [("2023-01-01", 2)]
    assert read.rows("assessments", "day", "instrument", "value", "source_row") == [
        ("2023-01-02", "easi", 20.0, 2),
        ("2023-04-02", "easi", 5.5, 3),
    ]


def test_only_the_named_events_count(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,redcap_event_name,med,med_start\n7,planned_arm_1,1,2023-01-01\n7,given_arm_1,1,2023-02-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        'events = ["given_arm_1"]\n',
        fields=FIELDS,
    )
    assert read.rows("exposures", "start_day") == [("2023-02-01",)]
    assert ("info", "nothing_read", 2, "", "") in read.said
    assert ("redcap_export", "nothing_read", 1) in read.attrition


def test_several_sets_of_variables_fill_one_table(tmp_path: Path) -> None:
    """Scores that stand side by side, and a judgement without a score; a visit without any is no row."""
    read = read_export(
        tmp_path,
        "study_id,med,med_start,vis_date,easi_total,dlqi_total\n"
        "7,1,2023-01-01,2023-01-02,20,9\n"
        "8,1,2023-01-01,2023-01-03,,4\n"
        "9,1,2023-01-01,2023-01-04,,\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.assessments]]\ncolumns = { date = "vis_date", value = "easi_total" }\n'
        'constants = { instrument = "EASI" }\n'
        '[[source.assessments]]\ncolumns = { date = "vis_date", value = "dlqi_total" }\n'
        'constants = { instrument = "DLQI" }\n',
        fields=FIELDS,
    )
    assert read.rows("assessments", "patient", "instrument", "value") == [
        ("7", "dlqi", 9.0),
        ("7", "easi", 20.0),
        ("8", "dlqi", 4.0),
    ]


# Checkboxes.


def test_every_ticked_choice_is_a_row_of_its_own(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,risk___1,risk___2,risk___3,med,med_start\n7,1,0,1,1,2023-01-01\n8,0,0,0,1,2023-01-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.conditions]]\ncolumns = { term = "risk" }\nconstants = { kind = "risk_factor" }\n',
        fields=FIELDS,
    )
    assert read.rows("conditions", "patient", "term", "kind") == [
        ("7", "obesity", "risk_factor"),
        ("7", "smoker", "risk_factor"),
    ]


def test_ticked_suspects_are_a_list(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,ae,blamed___1,blamed___2,blamed___3,med,med_start\n"
        "7,Acne,1,1,0,1,2023-01-01\n"
        "8,Nausea,0,0,1,1,2023-01-01\n"
        "9,,0,0,0,1,2023-01-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.adverse_events]]\ncolumns = { term = "ae", suspects = "blamed" }\n',
        fields=FIELDS,
    )
    assert read.rows("adverse_events", "patient", "term") == [("7", "acne"), ("8", "nausea")]
    assert read.rows("attributions", "drug", "source_row") == [
        ("baricitinib", 2),
        ("methotrexate", 2),
        ("combination", 3),
    ]


def test_a_code_that_a_heading_cannot_hold_is_known(tmp_path: Path) -> None:
    """REDCap writes `risk____1` for the code -1, and small letters."""
    fields = dictionary(
        "study_id,base,,text,Study ID,",
        'risk,base,,checkbox,Risk factors,"-1, Smoker | OB, Obesity"',
        "med,meds,,text,Drug,",
        "med_start,meds,,text,First day,",
    )
    read = read_export(
        tmp_path,
        "study_id,risk____1,risk___ob,med,med_start\n7,1,1,Baricitinib,2023-01-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.conditions]]\ncolumns = { term = "risk" }\n',
        fields=fields,
    )
    assert read.rows("conditions", "term") == [("obesity",), ("smoker",)]


# Codes, labels, missing data.


@pytest.mark.parametrize(
    "export",
    [
        (
            "Study ID,Repeat Instrument,Repeat Instance,Gender,Risk factors (choice=Smoker),Drug,First day\n"
            "7,,,Female,Checked,,\n7,Medication,1,,,Methotrexate,2023-01-01\n"
        ),
        (
            "study_id,redcap_repeat_instrument,redcap_repeat_instance,gender,risk___1,med,med_start\n"
            "7,,,Female,Checked,,\n7,meds,1,,,Methotrexate,2023-01-01\n"
        ),
        (
            "study_id,redcap_repeat_instrument,redcap_repeat_instance,gender,risk___1,med,med_start\n"
            "7,,,2,1,,\n7,meds,1,,,2,2023-01-01\n"
        ),
        (
            "record,redcap_repeat_instrument,redcap_repeat_instance,field_name,value\n"
            "7,,,gender,2\n7,,,risk,1\n7,meds,1,med,2\n7,meds,1,med_start,2023-01-01\n"
        ),
        (
            "record,redcap_repeat_instrument,redcap_repeat_instance,field_name,value\n"
            "7,,,gender,Female\n7,,,risk___1,1\n7,,,risk___2,0\n7,meds,1,med,Methotrexate\n"
            "7,meds,1,med_start,2023-01-01\n"
        ),
    ],
    ids=["labels", "labels under raw headings", "raw", "eav", "eav with labels"],
)
def test_every_form_of_an_export_says_the_same(tmp_path: Path, export: str) -> None:
    read = read_export(
        tmp_path,
        export,
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        + PATIENT
        + '[[source.conditions]]\ncolumns = { term = "risk" }\n',
        fields=FIELDS,
    )
    assert read.rows("patients", "patient_id", "sex") == [("7", "female")]
    assert read.rows("conditions", "term") == [("smoker",)]
    assert read.rows("exposures", "drug", "start_day") == [("methotrexate", "2023-01-01")]
    assert read.said == []


def test_a_missing_data_code_says_nothing(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,gender,risk___1,risk___unk,med,med_start,med_end\n7,UNK,0,1,1,2023-01-01,-99\n",
        source='missing_codes = ["UNK", "-99"]\n'
        + OWN
        + PATIENT
        + '[[source.conditions]]\ncolumns = { term = "risk" }\n',
        fields=FIELDS,
    )
    assert read.rows("patients", "sex") == [(None,)]
    assert read.rows("exposures", "end_day") == [(None,)]
    assert read.tables["conditions"] == []
    assert read.said == []


def test_a_code_that_the_dictionary_does_not_have_is_a_finding(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,gender,med,med_start,med_end\n7,3,1,2023-01-01,\n8,3,1,2023-01-01,\n",
        source=OWN + PATIENT,
        fields=FIELDS,
    )
    found = [f for f in read.findings if f.code == "unknown_choice"]
    assert [(f.severity, f.sheet, f.row, f.column, f.value) for f in found] == [
        ("warning", "base", 2, "gender", "3")
    ]
    assert "it stands in 2 rows" in found[0].why
    assert read.rows("patients", "sex") == [(None,), (None,)]


def test_markup_in_a_label_is_no_part_of_it(tmp_path: Path) -> None:
    fields = dictionary(
        "study_id,base,,text,<b>Study</b>  ID,",
        'med,meds,,dropdown,"<div class=""x"">Drug</div>","1, <i>Baricitinib</i>"',
        "med_start,meds,,text,First day,",
    )
    read = read_export(
        tmp_path,
        "Study ID,Drug,First day\n7,Baricitinib,2023-01-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n',
        fields=fields,
    )
    assert read.rows("exposures", "drug") == [("baricitinib",)]


def test_a_label_of_two_variables_is_told_apart_by_its_order_or_refused(tmp_path: Path) -> None:
    fields = dictionary(
        "study_id,base,,text,Study ID,",
        "birth,base,,text,Date,",
        "med,meds,,text,Drug,",
        "med_start,meds,,text,Date,",
    )
    source = '[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
    read = read_export(
        tmp_path,
        "Study ID,Date,Drug,Date\n7,1980-05-05,Baricitinib,2023-01-01\n",
        source=source,
        fields=fields,
    )
    assert read.rows("exposures", "start_day") == [("2023-01-01",)]
    with pytest.raises(ProtocolError, match='"med_start" has a label that other variables have too'):
        read_export(tmp_path, "Study ID,Drug,Date\n7,Baricitinib,2023-01-01\n", source=source, fields=fields)


# Patients: variables of several entries.


def test_what_is_said_of_a_patient_comes_from_all_entries(tmp_path: Path) -> None:
    """The first and the last visit are the ends of observation; two sexes are none."""
    read = read_export(
        tmp_path,
        "study_id,redcap_event_name,gender,vis_date,med,med_start\n"
        "7,a,1,2023-03-01,1,2023-01-01\n7,b,2,2023-09-01,,\n8,a,2,2023-05-01,1,2023-01-01\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        "[[source.patients]]\n"
        'columns = { sex = "gender", observed_from = "vis_date", observed_to = "vis_date" }\n',
        fields=FIELDS,
    )
    assert read.rows("patients", "patient_id", "sex", "observed_from", "observed_to") == [
        ("7", None, "2023-03-01", "2023-09-01"),
        ("8", "female", "2023-05-01", "2023-05-01"),
    ]
    assert read.said == [("warning", "several_values", 2, "gender", "Female / Male")]


# Places, keys, and rows that are not used.


def test_a_finding_names_line_variable_and_key(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,med,med_start,med_end\n"
        "7,base,meds,1,1,2023-01-01,\n7,base,meds,2,1,2023-02-30,\n",
        source=OWN,
        fields=FIELDS,
    )
    (found,) = (f for f in read.findings if f.severity == "error")
    assert (found.file, found.sheet, found.row, found.column) == ("export.csv", "meds", 3, "med_start")
    assert (found.code, found.value) == ("date_not_read", "2023-02-30")
    assert found.why.endswith("(Record 7, event base, meds, instance 2.)")


def test_a_finding_names_the_variable_of_its_own_part(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,med,med_start,vis_date,easi_total,dlqi_total\n7,1,2023-01-01,2023-01-02,20,99\n",
        source='[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.assessments]]\ncolumns = { date = "vis_date", value = "easi_total" }\n'
        'constants = { instrument = "EASI" }\n'
        '[[source.assessments]]\ncolumns = { date = "vis_date", value = "dlqi_total" }\n'
        'constants = { instrument = "DLQI" }\n',
        fields=FIELDS,
    )
    assert read.said == [("warning", "value_out_of_range", 2, "dlqi_total", "99")]


def test_a_row_without_its_key_is_an_error(tmp_path: Path) -> None:
    read = read_export(
        tmp_path,
        "study_id,redcap_repeat_instrument,redcap_repeat_instance,med,med_start,med_end\n"
        "7,meds,1,1,2023-01-01,\n,meds,1,1,2023-01-01,\n7,meds,,1,2023-05-01,\n",
        source=OWN,
        fields=FIELDS,
    )
    assert [one for one in read.said if one[0] == "error"] == [
        ("error", "missing_key", 3, "record", ""),
        ("error", "missing_key", 4, "instance", ""),
    ]
    assert read.attrition[:3] == [
        ("redcap_export", "read", 3),
        ("redcap_export", "missing_key", 2),
        ("redcap_export", "used", 1),
    ]


@pytest.mark.parametrize("form", ["flat", "eav"])
def test_two_entries_with_one_key_are_a_copy_or_an_error(tmp_path: Path, form: str) -> None:
    export = {
        "flat": "study_id,redcap_repeat_instrument,redcap_repeat_instance,med,med_start,med_end\n"
        "7,meds,1,1,2023-01-01,\n7,meds,1,1,2023-01-01,\n7,meds,1,2,2023-01-01,\n",
        "eav": "record,redcap_repeat_instrument,redcap_repeat_instance,field_name,value\n"
        "7,meds,1,med_start,2023-01-01\n7,meds,1,med,1\n7,meds,1,med,1\n7,meds,1,med,2\n",
    }[form]
    read = read_export(tmp_path, export, source=OWN, fields=FIELDS)
    codes = [(severity, code) for severity, code, *_ in read.said]
    assert codes == [("error", "duplicate_key"), ("info", "duplicate")]
    assert read.rows("exposures", "drug") == [("baricitinib",)]
    lenient = read_export(tmp_path, export, source='bad_rows = "leave_out"\n' + OWN, fields=FIELDS)
    assert [severity for severity, *_ in lenient.said] == ["warning", "info"]


def test_two_ticks_of_one_checkbox_are_no_duplicate(tmp_path: Path) -> None:
    export = "record,field_name,value\n7,risk,1\n7,risk,2\n7,med,1\n7,med_start,2023-01-01\n"
    source = (
        '[[source.exposures]]\ncolumns = { drug = "med", start_date = "med_start" }\n'
        '[[source.conditions]]\ncolumns = { term = "risk" }\n'
    )
    read = read_export(tmp_path, export, source=source, fields=FIELDS)
    assert read.rows("conditions", "term") == [("hypertension",), ("smoker",)]
    assert read.said == []


# What is refused.


@pytest.mark.parametrize(
    ("export", "said"),
    [
        ("med,med_start\n1,2023-01-01\n", 'it has no column "study_id"'),
        (
            "study_id,redcap_repeat_instrument,med,med_start\n7,meds,1,2023-01-01\n",
            'it has no column "redcap_repeat_instance"',
        ),
        ("", "it is empty"),
    ],
)
def test_an_export_without_its_key_is_refused(tmp_path: Path, export: str, said: str) -> None:
    with pytest.raises(SourceError, match=re.escape(said)):
        read_export(tmp_path, export, source=OWN, fields=FIELDS)


def test_labels_without_a_dictionary_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="its headings are labels"):
        read_export(tmp_path, "Study ID,Drug,First day\n7,Baricitinib,2023-01-01\n", source=OWN)


def test_a_variable_that_is_not_there_is_named_with_its_neighbour(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match='has no variable "med_end"; perhaps "med" is meant'):
        read_export(tmp_path, "study_id,med,med_start\n7,1,2023-01-01\n", source=OWN, fields=FIELDS)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('[[source.exposures]]\ncolumns = { drug = "med" }\n', "no variable is named for `start_date`"),
        (OWN + '[[source.patients]]\ncolumns = { gender = "gender" }\n', "`gender` is no field of patients"),
        ('[[source.patients]]\ncolumns = { sex = "gender" }\n', "needs `[[source.exposures]]`"),
        (
            OWN + 'constants = { drug = "x" }\n',
            "`drug` stands under `columns` and under `constants`",
        ),
    ],
)
def test_a_wrong_mapping_is_one_message(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=re.escape(said)):
        read_export(
            tmp_path, "study_id,med,med_start,med_end\n7,1,2023-01-01,\n", source=source, fields=FIELDS
        )


def test_a_file_that_is_no_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no data dictionary of REDCap"):
        read_export(tmp_path, "study_id,med,med_start\n7,1,2023-01-01\n", source=OWN, fields="a,b\n1,2\n")
