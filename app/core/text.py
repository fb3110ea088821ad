"""Text as people typed it, without what cannot be seen and could do harm."""

import unicodedata

# Controls, formatting (zero-width, right-to-left marks) and lone surrogates.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def clean_line(text: str) -> str:
    """One line: composed, unseen signs gone, runs of white space folded to one space."""
    # What can be printed holds nothing unseen, and no white space but the space itself.
    seen = text if text.isprintable() else _seen(text)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def clean_text(text: str) -> str:
    """Many lines: each one clean, at most one empty line between paragraphs."""
    lines = [clean_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    paragraphs: list[str] = []
    for line in lines:
        if line or (paragraphs and paragraphs[-1]):
            paragraphs.append(line)
    return "\n".join(paragraphs).strip("\n")


def _seen(text: str) -> str:
    spaced = (" " if sign.isspace() else sign for sign in text)
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in _UNSEEN)
