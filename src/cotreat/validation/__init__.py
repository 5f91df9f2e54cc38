"""Whether to trust the tables: rules over study tables, giving findings."""
