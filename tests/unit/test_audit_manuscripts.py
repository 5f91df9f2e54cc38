"""Manuscripts of every format become the same words; hostile ones do nothing."""

import io
import socket
import subprocess
import zipfile
from pathlib import Path
from typing import NoReturn

import pytest
from docx import Document

from cotreat.audit.manuscripts.reading import read_manuscript
from cotreat.errors import SourceError
from cotreat.study_audit import write_audit

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = f'<w:document xmlns:w="{WORD}"><w:body>{{}}</w:body></w:document>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
HOSTILE_PAGE = """<!DOCTYPE html [<!ENTITY a "wug"><!ENTITY b "&a;&a;&a;">]>
<html><head><title>T</title><script>document.write("777")</script><style>p::after{content:"8"}</style>
<link rel="stylesheet" href="http://192.0.2.1/x.css"></head>
<body onload="alert(1)"><h2>Results</h2><p>There were 18 patients<sup>1,2</sup> &b; and 10<sup>9</sup>/L.</p>
<iframe src="http://192.0.2.1/">999</iframe><img src="http://192.0.2.1/x.png" alt="5">
<svg><text>4</text></svg><table><caption>Table 1</caption><tr><th>Case</th><th>Drug</th></tr>
<tr><td>1</td><td></td></tr></table></body></html>"""


def word_file(folder: Path, body: str, **parts: str) -> Path:
    path = folder / "m.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", body)
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return path


def shown(path: Path) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in read_manuscript(path).passages]


def test_a_page_is_its_words(tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    path.write_text(HOSTILE_PAGE, encoding="utf-8")
    assert shown(path) == [
        ("heading", "Results"),
        ("paragraph", "There were 18 patients &b; and 10^9/L."),
        ("table", "Table 1"),
    ]
    assert next(read_manuscript(path).tables).rows == (("Case", "Drug"), ("1", ""))


def test_markdown_is_its_words(tmp_path: Path) -> None:
    path = tmp_path / "m.md"
    text = "# Results\n\nThere were **18** patients.<sup>3</sup>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n12\n"
    path.write_text(text, encoding="utf-8")
    assert shown(path) == [("heading", "Results"), ("paragraph", "There were 18 patients."), ("table", "")]


def test_a_word_file_is_its_words(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Results", level=1)
    document.add_paragraph("There were 18 patients.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Women", "11 (61%)"
    document.save(str(tmp_path / "m.docx"))
    manuscript = read_manuscript(tmp_path / "m.docx")
    assert [(p.kind, p.text) for p in manuscript.passages] == [
        ("heading", "Results"),
        ("paragraph", "There were 18 patients."),
        ("table", ""),
    ]
    assert next(manuscript.tables).rows == (("Women", "11 (61%)"),)


def test_deleted_words_and_fields_are_not_read(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>18 patients</w:t></w:r><w:del><w:r><w:delText> or 19</w:delText></w:r></w:del>"
        "<w:r><w:instrText>INCLUDETEXT http://192.0.2.1/x</w:instrText></w:r>"
        "<w:ins><w:r><w:t>, 11 women</w:t></w:r></w:ins></w:p>"
    )
    path = word_file(tmp_path, DOCUMENT.format(body), **{"word__vbaProject.bin": "macro"})
    assert shown(path) == [("paragraph", "18 patients, 11 women")]


def test_entities_of_a_word_file_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "wug"><!ENTITY b "&a;&a;">]>' + DOCUMENT.format("<w:p/>")
    with pytest.raises(SourceError, match="declares entities, which no document needs"):
        read_manuscript(word_file(tmp_path, bomb))


def test_a_word_file_that_swells_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", DOCUMENT.format(" " * (80 << 20)))
    (tmp_path / "m.docx").write_bytes(out.getvalue())
    with pytest.raises(SourceError, match="unpacked, the document is larger"):
        read_manuscript(tmp_path / "m.docx")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("m.pdf", b"%PDF", "a manuscript is one of"),
        ("m.docx", b"no archive", "ends too early"),
        ("m.md", b"   \n", "has no words"),
    ],
)
def test_what_is_no_manuscript_is_said(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read_manuscript(tmp_path / name)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_manuscript(tmp_path / "m.md")


# What a file refers to elsewhere, or would have run.

REMOTE = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" TargetMode="External" Target="http://192.0.2.1/evil.dotm"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>
<Relationship Id="r2" TargetMode="External" Target="file:///etc/passwd"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"/>
<Relationship Id="r3" TargetMode="External" Target="http://192.0.2.1/x.png"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>
<Relationship Id="r4" Target="vbaProject.bin"
 Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>"""


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network, or starts a program, fails."""

    def refuse(*arguments: object, **named: object) -> NoReturn:
        pytest.fail(f"asked for {arguments} {named}")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)


def outputs(folder: Path, manuscript: Path) -> str:
    """Everything that the audit of a manuscript writes, Word's parts unpacked."""
    write_audit(manuscript, out=folder / "audit")
    texts = [
        path.read_text(encoding="utf-8") for path in (folder / "audit").iterdir() if path.suffix != ".docx"
    ]
    with zipfile.ZipFile(folder / "audit" / "audit.docx") as archive:
        texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return "\n".join(texts)


@pytest.mark.usefixtures("cut_off")
def test_macros_templates_and_references_of_a_word_file_are_left_alone(tmp_path: Path) -> None:
    body = DOCUMENT.format(
        '<w:p><w:r><w:t>We included 18 patients.</w:t></w:r></w:p><w:altChunk r:id="r2" xmlns:r="r"/>'
        '<w:p><w:hyperlink r:id="r1" xmlns:r="r"><w:r><w:t>Eleven were women.</w:t></w:r></w:hyperlink></w:p>'
        "<w:p><w:r><w:object>wugs</w:object><w:pict>wugs</w:pict></w:r></w:p>"
    )
    parts = {"word___rels__document.xml.rels": REMOTE, "word__vbaProject.bin": "Sub AutoOpen()"}
    path = word_file(tmp_path, body, **parts)
    assert shown(path) == [("paragraph", "We included 18 patients."), ("paragraph", "Eleven were women.")]
    written = outputs(tmp_path, path)
    assert not [word for word in ("192.0.2.1", "root:", "AutoOpen", "wugs") if word in written]


@pytest.mark.usefixtures("cut_off")
def test_an_entity_that_names_a_file_is_refused(tmp_path: Path) -> None:
    body = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + DOCUMENT.format("<w:p/>")
    with pytest.raises(SourceError, match="declares entities, which no document needs"):
        read_manuscript(word_file(tmp_path, body))


@pytest.mark.usefixtures("cut_off")
def test_scripts_and_references_of_a_page_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    path.write_text(HOSTILE_PAGE, encoding="utf-8")
    written = outputs(tmp_path, path)
    assert not [word for word in ("192.0.2.1", "777", "onload", "document.write") if word in written]
