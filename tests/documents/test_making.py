"""A document is tagged, titled, in Dutch, and the same bytes whenever and wherever it is made."""

import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Name, Pdf

from app.documents import pdf
from tests.documents.builders import MADE_AT, facts_with

ROOT = Path(__file__).parent.parent.parent
MAKE_IT = """
import sys
from hashlib import sha256
from app.documents import pdf
from tests.documents.builders import MADE_AT, facts_with
print(sha256(pdf("agreement", facts_with(sys.argv[1]), MADE_AT)).hexdigest())
"""
HOSTILE = {
    "code": '#eval("1/0") #panic() ${} `raw` // niets /* niets */',
    "markup": "*vet* _schuin_ = kop - lijst @verwijzing <label> \\ ~ $x^2$ [x] #",
    "emoji": "😀 👨‍👩‍👧 🏳️‍🌈 🫠",
    "right to left": "שלום العربية \u202eomgekeerd\u202c",
    "control signs": "a\x00b\x07c\r\nd\te\x0bf\u2028g",
    "combining": "e\u0301 en \u00e9, Z\u0335\u0321\u0356algo",
    "other scripts": "漢字 ไทย 𐐀 Ελληνικά Кириллица",
    "a long word": "x" * 10_000,
    "many words": "woord " * 1_666,
    "many lines": "regel\n" * 200,
    "nothing": "",
}


def opened(words: str) -> Pdf:
    return Pdf.open(BytesIO(pdf("agreement", facts_with(words), MADE_AT)))


def test_it_can_be_listened_to() -> None:
    document = opened("inkoop")

    assert bool(document.Root.MarkInfo.Marked)
    assert str(document.Root.Lang) == "nl"
    assert str(document.docinfo["/Title"]) == "Afspraken over inkoop"
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert document.Root.StructTreeRoot.Type == Name.StructTreeRoot
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata.pdfa_status == "2A"
        assert metadata["dc:title"] == "Afspraken over inkoop"


def test_its_headings_and_lists_are_tagged() -> None:
    document = opened("inkoop")

    kinds = [str(one.S) for one in document.objects if "/S" in keys(one) and "/P" in keys(one)]

    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 3
    assert {"/L", "/LI", "/LBody", "/P"} <= set(kinds)


def keys(thing: object) -> set[str]:
    return set(thing.keys()) if hasattr(thing, "keys") else set()


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_people_wrote_is_only_words(kind: str) -> None:
    first = pdf("agreement", facts_with(HOSTILE[kind]), MADE_AT)

    assert first.startswith(b"%PDF-")
    assert pdf("agreement", facts_with(HOSTILE[kind]), MADE_AT) == first


@pytest.mark.parametrize("words", ["inkoop", HOSTILE["emoji"], HOSTILE["code"]])
def test_another_process_makes_the_same_bytes(words: str) -> None:
    here = sha256(pdf("agreement", facts_with(words), MADE_AT)).hexdigest()

    there = subprocess.run(
        [sys.executable, "-c", MAKE_IT, words],
        cwd=ROOT,
        env={"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LANG": "C.UTF-8"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert there.stdout.strip() == here


def test_other_facts_or_another_moment_are_another_document() -> None:
    first = pdf("agreement", facts_with("inkoop"), MADE_AT)

    assert pdf("agreement", facts_with("verkoop"), MADE_AT) != first
    assert pdf("agreement", facts_with("inkoop"), MADE_AT + timedelta(seconds=1)) != first
