"""The audit: whether a manuscript says what the data say."""
