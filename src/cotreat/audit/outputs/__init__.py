"""The audit for people: on the screen, as a table, as a page, as a Word file."""
