"""The build guide to print: BUILD.md as a PDF on A4, with its pictures. `make hardware` runs this.

    python -m hardware.guide_pdf OUT.pdf

The page's Markdown is read by markdown-it and set by typst, as the report is: the same page gives the same paper.
"""

import sys
from collections.abc import Iterator
from itertools import count, repeat
from pathlib import Path

import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

HERE = Path(__file__).resolve().parent
PAGE = HERE / "BUILD.md"
PREAMBLE = """\
#set document(title: "sitbone: build guide")
#set page(paper: "a4", margin: 18mm, numbering: "1 / 1")
#set text(size: 10pt, lang: "en")
#set par(leading: 0.6em)
#show heading.where(level: 2): set block(above: 1.6em, below: 0.8em)
#show raw: set text(size: 9pt)
#show link: set text(fill: rgb("#1f5fa8"))
"""
SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\#$*_`<>@[]~=-+/"})
PICTURE_CM, FIT = 8.5, 'fit: "contain"'
OPENED = {
    "bullet_list_open": "",
    "ordered_list_open": "",
    "paragraph_open": "",
    "blockquote_open": '\n#block(fill: rgb("#f2f2f2"), inset: 8pt, radius: 3pt)[\n',
    "strong_open": "#strong[",
    "em_open": "#emph[",
}
CLOSED = {"blockquote_close": "]\n", "strong_close": "]", "em_close": "]"}


def escaped(words: str) -> str:
    return words.translate(SPECIAL)


def quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')


def inline(tokens: list[Token]) -> str:
    """Words, emphasis, code, links and pictures of one line. A link into the tree is only its words on paper."""
    out, linked = [], False
    for token in tokens:
        if token.type == "text":
            out.append(escaped(token.content))
        elif token.type == "code_inline":
            out.append(f'#raw("{quoted(token.content)}")')
        elif token.type == "image":
            source = quoted(str(token.attrs["src"]))
            out.append(
                f'#box(width: 100%, height: {PICTURE_CM}cm, image("{source}", width: 100%, height: 100%, {FIT}))'
            )
        elif token.type == "link_open":
            linked = str(token.attrs["href"]).startswith("http")
            out.append(f'#link("{quoted(str(token.attrs["href"]))}")[' if linked else "")
        elif token.type == "link_close":
            out.append("]" if linked else "")
        elif token.type in ("softbreak", "hardbreak"):
            out.append(" ")
        else:
            out.append(OPENED.get(token.type) or CLOSED.get(token.type, ""))
    return "".join(out)


def table(tokens: Iterator[Token]) -> str:
    """Everything up to the table's end; its first row repeats on each page."""
    cells: list[str] = []
    columns = 0
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "inline":
            cells.append(f"[{inline(token.children or [])}]")
        elif token.type == "thead_close":
            columns = len(cells)
    head, body = ", ".join(cells[:columns]), ", ".join(cells[columns:])
    widths = ", ".join(["auto"] * (columns - 1) + ["1fr"])
    return f"\n#table(columns: ({widths}), stroke: 0.4pt + gray, inset: 4pt, table.header({head}), {body})\n"


def typeset(markdown: str) -> str:
    """The page as typst's own markup."""
    tokens = iter(MarkdownIt("commonmark").enable("table").parse(markdown))
    out: list[str] = [PREAMBLE]
    lists: list[Iterator[str]] = []  # of each list that is open, its next markers
    for token in tokens:
        if token.type == "table_open":
            out.append(table(tokens))
        elif token.type == "heading_open":
            out.append(f"\n{'=' * int(token.tag[1])} ")
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            first = int(token.attrGet("start") or 1)
            lists.append(repeat("-") if token.type.startswith("bullet") else (f"{n}." for n in count(first)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            out.append("\n")
        elif token.type == "list_item_open":
            out.append(f"\n{'  ' * (len(lists) - 1)}{next(lists[-1])} #block[")
        elif token.type == "list_item_close":
            out.append("]")
        elif token.type == "inline":
            out.append(inline(token.children or []) + "\n")
        elif token.type in ("code_block", "fence"):
            out.append(f'\n#raw("{quoted(token.content.rstrip())}", block: true)\n')
        elif token.type == "paragraph_close":
            out.append("\n")
        else:
            out.append(OPENED.get(token.type) or CLOSED.get(token.type, ""))
    return "".join(out)


def write(target: Path) -> None:
    """Writes the PDF; the pictures are read from the page's folder."""
    source = typeset(PAGE.read_text()).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    paper = typst.Compiler(source, root=str(HERE), ignore_system_fonts=True).compile(format="pdf")
    assert isinstance(paper, bytes)
    target.write_bytes(paper)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
