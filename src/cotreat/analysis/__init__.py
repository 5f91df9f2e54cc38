"""From tables to Result; the only home of statistics libraries."""
