"""Drugs over time: from exposures to eras, segments, pairs, courses, states and lines."""
