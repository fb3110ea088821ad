"""A small vocabulary, for tests that do not need the whole one."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from app.vocabulary.service import import_starter
from tests.support.work import make_work

CONCEPTS = {
    "ruimte": """\
ruimtelijke ordening,planologie,RO,,
omgevingsplan,,,ruimtelijke ordening,
planschade,,,,
""",
    "duurzaamheid": "klimaatadaptatie,,,,\n",
    "sociaal-domein": "Wet maatschappelijke ondersteuning,,Wmo,,\n",
    "jeugd": """\
jeugdhulp,jeugdzorg,,,
pleegzorg,,,jeugdhulp,
""",
}
HEADER = "label,synonyms,acronyms,broader,related\n"


def a_vocabulary(session: Session, folder: Path, concepts: Mapping[str, str] = CONCEPTS) -> None:
    """Ruimte, duurzaamheid, sociaal domein and jeugd, in a handful of words, unless you say."""
    for kind in ("concepts", "different"):
        (folder / kind).mkdir()
    for theme, lines in concepts.items():
        (folder / "concepts" / f"{theme}.csv").write_text(HEADER + lines, encoding="utf-8")
    import_starter(make_work(session), folder)
    session.commit()
