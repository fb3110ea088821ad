"""Reading a page as a person does."""

import re
from html import unescape

from werkzeug.test import TestResponse


def text_of(answer: TestResponse) -> str:
    """What a person reads, without tags."""
    return _words(answer.text)


def fault_at(answer: TestResponse, name: str) -> str:
    """What is said to be wrong beside the field with this name, or nothing."""
    found = re.search(rf'id="{re.escape(name)}-fout">(.*?)</p>', answer.text, re.DOTALL)
    return _words(found[1]) if found else ""


def value_of(answer: TestResponse, name: str) -> str | None:
    """What stands in the box with this name, or None when there is no such box."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', answer.text)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return unescape(value[1]) if value else None


def hidden_in(answer: TestResponse) -> dict[str, list[str]]:
    """What the form of a page sends along unseen."""
    main = answer.text.split("<main", 1)[1]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', main):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
