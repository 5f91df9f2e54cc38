"""From a source to study tables: one module per kind of source."""
