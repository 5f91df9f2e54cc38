"""cotreat: combination-therapy studies, from treatment records to the published letter."""
