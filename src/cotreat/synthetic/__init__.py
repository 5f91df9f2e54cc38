"""Invented studies with known truth: what every reader and the episode engine can be held against."""

from cotreat.synthetic.cdm import write_synthetic_cdm
from cotreat.synthetic.cdm_vocabulary import read_synthetic_concepts
from cotreat.synthetic.columns import LONG, TRUTH
from cotreat.synthetic.fhir import write_synthetic_fhir
from cotreat.synthetic.patients import read_synthetic_cutoff, read_synthetic_reasons
from cotreat.synthetic.redcap import write_synthetic_redcap
from cotreat.synthetic.studies import build_synthetic_study
from cotreat.synthetic.tables import write_synthetic_tables

__all__ = [
    "LONG",
    "TRUTH",
    "build_synthetic_study",
    "read_synthetic_concepts",
    "read_synthetic_cutoff",
    "read_synthetic_reasons",
    "write_synthetic_cdm",
    "write_synthetic_fhir",
    "write_synthetic_redcap",
    "write_synthetic_tables",
]
