"""Texts as they stand in DuckDB's SQL, where it takes no parameter."""


def compute_literal(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def compute_file_literal(path: str) -> str:
    """The path of one file as an SQL literal; signs that would stand for several files are plain."""
    signs = {"[": "[[]", "*": "[*]", "?": "[?]"}
    return compute_literal("".join(signs.get(sign, sign) for sign in path))
