"""Workbook files written by hand, so that a test says which XML it is about."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of the parts, in their order."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def xlsx_parts(
    rows: str,
    *,
    strings: str = "",
    styles: str = "",
    workbook: str = "",
    before: str = "",
    after: str = "",
    sheets: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The parts of an .xlsx workbook; `rows` is what stands in the sheet data of its first sheet."""
    bodies = {"Cases": f"{before}<sheetData>{rows}</sheetData>{after}", **(sheets or {})}
    listed = "".join(
        f'<sheet name="{name.partition("|")[0]}" sheetId="{i}" r:id="rId{i}" '
        f'state="{name.partition("|")[2] or "visible"}"/>'
        for i, name in enumerate(bodies, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(bodies) + 1)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}'
        f'<Relationship Id="s" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="t" Type="{RELATIONS}/styles" Target="/xl/styles.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for i, body in enumerate(bodies.values(), 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = f'<worksheet xmlns="{MAIN}">{body}</worksheet>'
    return parts


def write_xlsx(path: Path, rows: str, **more: str) -> Path:
    """A workbook with one sheet, "Cases"."""
    path.write_bytes(packed(xlsx_parts(rows, **more)))  # type: ignore[arg-type]  # texts only
    return path


def ods_parts(tables: str, *, styles: str = "") -> dict[str, str]:
    """The parts of an .ods workbook; `tables` is what stands in its spreadsheet."""
    names = " ".join(
        f'xmlns:{prefix}="{OPEN}:{prefix}:1.0"' for prefix in ("office", "table", "text", "style", "draw")
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {names} {calc}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }


def write_ods(path: Path, rows: str) -> Path:
    """A workbook with one sheet, "Cases"."""
    path.write_bytes(packed(ods_parts(f'<table:table table:name="Cases">{rows}</table:table>')))
    return path


def ods_row(*texts: str) -> str:
    """A row of text cells."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row>{cells}</table:table-row>"


def xlsx_row(number: int, *texts: str) -> str:
    """A row of text cells."""
    cells = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for i, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'
