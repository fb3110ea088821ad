"""Reading a page as a person does."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from flask.testing import FlaskClient
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


def press(client: FlaskClient, answer: TestResponse, name: str, value: str) -> TestResponse:
    """What a browser without JavaScript gets from a button on a page with one form."""
    form = _Form(answer, name, value)
    address = urldefrag(urljoin(answer.request.path, form.goes_to)).url
    return client.post(address, data={**form.filled_in, name: value})


def filled_in(answer: TestResponse) -> dict[str, list[str]]:
    """What the form of a page sends when no button is named."""
    return _Form(answer).filled_in


class _Form(HTMLParser):
    """What a form sends, and where to when one of its buttons is pressed."""

    def __init__(self, answer: TestResponse, name: str = "", value: str = "") -> None:
        super().__init__()
        self._pressed = {"name": name, "value": value}
        self._action, self._name, self._is_aside = "", "", False
        self.goes_to = ""
        self.filled_in: dict[str, list[str]] = {}
        self.feed(answer.text.split("<main", 1)[1])
        assert self.goes_to or not name, f"no button {name}={value} on the page"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._is_aside = True
        elif self._is_aside:
            return
        elif tag == "form":
            self._action = found.get("action", "")
        elif tag == "button" and self._pressed.items() <= found.items():
            self.goes_to = found.get("formaction") or self._action
        elif tag in ("select", "textarea"):
            self._name = found["name"]
        elif tag == "option" and "selected" in found:
            self._send(self._name, found["value"])
        elif tag == "input" and _is_sent(found):
            self._send(found["name"], found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._is_aside = False
        elif tag == "textarea":
            self._name = ""

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self._name:
            self._send(self._name, data.lstrip("\r\n"))

    def _send(self, name: str, value: str) -> None:
        self.filled_in.setdefault(name, []).append(value)


def _is_sent(found: dict[str, str]) -> bool:
    return found.get("type") not in ("checkbox", "radio") or "checked" in found


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
