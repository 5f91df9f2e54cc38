"""FHIR R4 resources, read into study tables."""

from cotreat.readers.fhir.reading import read_fhir

__all__ = ["read_fhir"]
