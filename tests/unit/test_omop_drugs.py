"""Which products of a CDM are which drug of the study."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from omop_cdm import (
    ADALIMUMAB,
    BOTH,
    METHOTREXATE,
    ONE_PERSON,
    OTHER,
    TAKEN,
    VOCABULARY,
    Rows,
    read_cdm,
    supply,
    write_omop_study,
)

from cotreat.errors import ProtocolError, SourceError

PRODUCTS = (ADALIMUMAB, METHOTREXATE, BOTH, OTHER, 1, 2)
EACH: Mapping[str, Rows] = {
    **ONE_PERSON,
    "drug_exposure": [supply(concept, concept, "2021-01-01", "2021-12-31") for concept in PRODUCTS],
}
ROLES = '[roles]\nanchor = {{ {anchor} }}\npartner = {{ drugs = ["methotrexate"] }}\n'
NAMED = ROLES.format(anchor='drugs = ["mine"]')


def drugs(tmp_path: Path, source: str, rest: str = NAMED) -> set[tuple[int, str]]:
    """Products with the drugs that they were read as."""
    found = read_cdm(tmp_path, EACH, source=source, rest=rest)
    return {(row["source_row"], row["drug"]) for row in found.tables["exposures"]}


def mine(read: set[tuple[int, str]]) -> list[int]:
    return sorted(product for product, drug in read if drug == "mine")


@pytest.mark.parametrize(
    ("definition", "products"),
    [
        ('ingredients = ["ADALIMUMAB"]', [1, ADALIMUMAB, BOTH]),
        ('ingredients = ["adalimumab", " Ibuprofen"]', [1, ADALIMUMAB, BOTH, OTHER]),
        ('atc = ["L04AB"]', [1, ADALIMUMAB, BOTH]),
        ("concepts = [1]", [1, ADALIMUMAB, BOTH]),
        ("concepts = [1]\ndescendants = false", [1]),
        (f"concepts = [1]\nexclude = [{BOTH}]", [1, ADALIMUMAB]),
        (f"concepts = [{ADALIMUMAB}, {OTHER}]\ndescendants = false", [ADALIMUMAB, OTHER]),
        ("concepts = [51]\nexclude = [1]", []),
    ],
)
def test_a_drug_is_defined_by_names_codes_or_concepts(
    tmp_path: Path, definition: str, products: list[int]
) -> None:
    assert mine(drugs(tmp_path, f"[source.drugs.mine]\n{definition}")) == products


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_concept_set_of_atlas_is_understood(tmp_path: Path, is_wrapped: bool) -> None:
    items = [
        {"concept": {"CONCEPT_ID": 1, "CONCEPT_NAME": "x"}, "includeDescendants": True, "isExcluded": False},
        {"concept": {"CONCEPT_ID": OTHER}, "includeMapped": False},
        {"concept": {"CONCEPT_ID": BOTH}, "isExcluded": True},
    ]
    expression: object = {"items": items}
    held = {"id": 7, "name": "mine", "expression": expression} if is_wrapped else expression
    (tmp_path / "set.json").write_text(json.dumps(held), encoding="utf-8")
    read = drugs(tmp_path, '[source.drugs.mine]\nconcept_set = "set.json"')
    assert mine(read) == [1, ADALIMUMAB, OTHER]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it has no list of `items`"),
        ('{"items": []}', "it has no list of `items`"),
        ('{"items": [{"concept": {"CONCEPT_NAME": "x"}}]}', "an item has no CONCEPT_ID"),
        ('{"items": [{"concept": {"CONCEPT_ID": "1"}}]}', "an item has no CONCEPT_ID"),
    ],
)
def test_what_is_no_concept_set_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "set.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"set\.json: it is no concept set of ATLAS") as error:
        drugs(tmp_path, '[source.drugs.mine]\nconcept_set = "set.json"')
    assert said in str(error.value)


def test_a_concept_set_that_is_not_there_or_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Correct `source\.drugs\.mine\.concept_set`"):
        drugs(tmp_path, '[source.drugs.mine]\nconcept_set = "set.json"')
    with pytest.raises(ProtocolError, match=r"`source\.drugs\.mine\.concept_set` is '../set.json'"):
        drugs(tmp_path / "inner", '[source.drugs.mine]\nconcept_set = "../set.json"')


def test_a_drug_of_the_vocabulary_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    concepts = [(1, "cyclosporine", "RxNorm", "Ingredient", "S", "a"), *VOCABULARY["concept"][1:]]
    rest = ROLES.format(anchor='drugs = ["ciclosporin"]')
    found = read_cdm(tmp_path, {**TAKEN, "concept": concepts}, rest=rest)
    assert found.rows("exposures", "drug") == [("ciclosporin",), ("methotrexate",)]


def test_a_class_of_the_vocabulary_brings_those_of_its_drugs_that_are_there(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, TAKEN, rest=ROLES.format(anchor='classes = ["biologic"]'))
    assert found.rows("exposures", "drug") == [("adalimumab",), ("methotrexate",)]
    (members,) = [f for f in found.findings if f.code == "no_concept"]
    assert members.severity == "info"
    assert "dupilumab" in members.why
    assert "adalimumab" not in members.why


def test_of_a_class_of_the_source_each_ingredient_is_a_drug(tmp_path: Path) -> None:
    source = '[source.classes.my_class]\natc = ["L04AB"]\nconcepts = [4]'
    read = drugs(tmp_path, source, ROLES.format(anchor='classes = ["my_class"]'))
    assert read == {
        (1, "adalimumab"), (ADALIMUMAB, "adalimumab"), (BOTH, "adalimumab"), (OTHER, "ibuprofen"),
        (2, "methotrexate"), (METHOTREXATE, "methotrexate"), (BOTH, "methotrexate"),
    }  # fmt: skip


def test_a_class_leaves_out_what_it_excludes(tmp_path: Path) -> None:
    source = f'[source.classes.my_class]\natc = ["L04AB"]\nexclude = [{BOTH}]'
    read = drugs(tmp_path, source, ROLES.format(anchor='classes = ["my_class"]'))
    assert (ADALIMUMAB, "adalimumab") in read
    assert (BOTH, "adalimumab") not in read
    assert (BOTH, "methotrexate") in read


@pytest.mark.parametrize(
    ("definition", "shown"),
    [
        ('ingredients = ["adalimumab", "Kryptonite"]', ["Kryptonite"]),
        ('atc = ["L04AB", "L04AA99"]', ["L04AA99"]),
    ],
)
def test_a_name_that_the_vocabulary_does_not_have_is_a_warning(
    tmp_path: Path, definition: str, shown: list[str]
) -> None:
    found = read_cdm(tmp_path, EACH, source=f"[source.drugs.mine]\n{definition}", rest=NAMED)
    assert [f.value for f in found.findings if f.code == "no_concept"] == shown
    assert found.codes("warning") == ["no_concept"]


def test_a_named_drug_that_is_nowhere_is_a_warning(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, TAKEN, rest=ROLES.format(anchor='drugs = ["adalimumab", "dupilumab"]'))
    assert [(f.code, f.value) for f in found.findings if f.severity == "warning"] == [
        ("no_concept", "dupilumab")
    ]


def test_how_many_concepts_each_drug_has_is_told(tmp_path: Path) -> None:
    found = read_cdm(tmp_path, TAKEN)
    told = {f.value: f.why for f in found.findings if f.code == "drug_concepts"}
    assert told == {
        "adalimumab": "3 concepts of the vocabulary belong to this drug.",
        "methotrexate": "3 concepts of the vocabulary belong to this drug.",
    }


@pytest.mark.parametrize(
    "definition", ['ingredients = ["methotrexate"]', "concepts = [2]", f"concepts = [{METHOTREXATE}]"]
)
def test_one_concept_is_not_two_drugs(tmp_path: Path, definition: str) -> None:
    with pytest.raises(ProtocolError, match="belongs to two drugs of the study, `mine` and `methotrexate`"):
        drugs(tmp_path, f"[source.drugs.mine]\n{definition}")


def test_a_product_of_two_drugs_may_be_a_drug_of_its_own_once_it_is_taken_out(tmp_path: Path) -> None:
    source = f"[source.drugs.mine]\nconcepts = [{BOTH}]\n"
    with pytest.raises(ProtocolError, match=rf"The concept {BOTH} belongs to two drugs"):
        drugs(tmp_path / "a", source)
    apart = f'{source}[source.drugs.methotrexate]\ningredients = ["methotrexate"]\nexclude = [{BOTH}]'
    read = drugs(tmp_path / "b", apart)
    assert mine(read) == [BOTH]
    assert (BOTH, "methotrexate") not in read


def test_names_and_products_need_the_tables_of_the_vocabulary(tmp_path: Path) -> None:
    for number, (without, said) in enumerate(
        [
            ("concept", "that table says which concept an ingredient or a code is"),
            ("concept_ancestor", "that table says which products a drug has"),
        ]
    ):
        with pytest.raises(SourceError, match=rf"cdm.duckdb.*{without}.*{said}") as error:
            read_cdm(tmp_path / str(number), TAKEN, without=[without])
        assert "vocabulary_folder" in str(error.value)


def test_concepts_that_are_listed_need_no_vocabulary(tmp_path: Path) -> None:
    source = (
        f"[source.drugs.adalimumab]\nconcepts = [{ADALIMUMAB}]\ndescendants = false\n"
        f"[source.drugs.methotrexate]\nconcepts = [{METHOTREXATE}]\ndescendants = false\n"
    )
    without = ["concept", "concept_ancestor", "drug_strength"]
    found = read_cdm(tmp_path, TAKEN, source=source, without=without)
    assert found.rows("exposures", "drug") == [("adalimumab",), ("methotrexate",)]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[source.drugs.mine]\nexclude = [1]", "names no concept"),
        ('[source.drugs.mine]\natc = ["L4AB"]', "source.drugs.mine.atc"),
        ("[source.drugs.mine]\nconcepts = [0]", "source.drugs.mine.concepts"),
        (
            "[source.drugs.mine]\nconcepts = [1]\n[source.classes.mine]\nconcepts = [1]",
            "under `drugs` and under",
        ),
        ("[source.drugs.mine]\nconcept = [1]", "unknown key `source.drugs.mine.concept`"),
        ("[source.conditions.x]\nconcepts = [1]\nkind = 'other'", "source.conditions.x.kind"),
    ],
)
def test_a_definition_that_defines_nothing_is_a_protocol_error(
    tmp_path: Path, source: str, said: str
) -> None:
    with pytest.raises(ProtocolError) as error:
        drugs(tmp_path, source)
    assert said in str(error.value)
    assert ", line " in str(error.value)


def test_a_role_may_name_what_the_source_defines_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"`roles\.anchor\.drugs` names 'mine'"):
        read_cdm(tmp_path, EACH, rest=NAMED)
    with pytest.raises(ProtocolError, match=r"`roles\.anchor\.classes` names 'my_class'"):
        read_cdm(tmp_path / "b", EACH, rest=ROLES.format(anchor='classes = ["my_class"]'))
    assert write_omop_study(tmp_path / "c", EACH).is_file()
