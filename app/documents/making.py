"""Sets the facts of a document as a PDF that everybody can read, also with a screen reader.

What people wrote goes in as data, never as markup. The moment on the document comes with the
facts, and the fonts are our own: so the same facts give the same bytes, on every machine.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from app.documents.signs import FONTS, readable

TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "documents"

Facts = Mapping[str, Any]


def pdf(name: str, facts: Facts, made_at: datetime) -> bytes:
    """The document `templates/documents/<name>.typ`; its facts have a `title`."""
    return typst.compile(
        TEMPLATES / f"{name}.typ",
        format="pdf",
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(_readable(facts))},
        # For people who listen to it, and for archives.
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(made_at.timestamp()),
    )


def _readable(facts: Any) -> Any:
    """The same facts, in signs that our fonts have."""
    if isinstance(facts, str):
        return readable(facts)
    if isinstance(facts, Mapping):
        return {name: _readable(fact) for name, fact in facts.items()}
    if isinstance(facts, list | tuple):
        return [_readable(fact) for fact in facts]
    return facts
