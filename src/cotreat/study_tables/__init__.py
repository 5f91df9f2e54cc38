"""What a study's tables hold, and how their rows are counted."""
