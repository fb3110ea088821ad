"""Turns the facts of a mail into its three parts: subject, plain text and HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core import dutch
from app.core.text import clean_line
from app.notifications.rules import MailKind


class MailLinks(Protocol):
    """Absolute addresses of the pages that a mail may point at, and where people answer."""

    def contact_email(self) -> str: ...
    def home(self) -> str: ...
    def sign_in_page(self) -> str: ...
    def sign_in(self, sign_in_id: UUID) -> str: ...
    def proof(self, sign_in_id: UUID, session_id: UUID) -> str: ...
    def opgave(self, opgave_id: UUID) -> str: ...
    def absent(self) -> str: ...
    def opgave_colleagues(self, opgave_id: UUID) -> str: ...
    def conversations(self) -> str: ...
    def conversation(self, conversation_id: UUID) -> str: ...
    def conversations_about(self, opgave_id: UUID) -> str: ...
    def matches(self) -> str: ...
    def inbox(self) -> str: ...
    def notice(self, notice_id: UUID) -> str: ...
    def preferences(self, user_id: UUID) -> str: ...
    def account(self) -> str: ...
    def requests(self) -> str: ...
    def loan(self, loan_id: UUID) -> str: ...
    def loan_to_sign(self, loan_id: UUID, email: str) -> str: ...
    def reported(self, report_id: UUID) -> str: ...
    def own_reports(self) -> str: ...
    def interested(self, user_id: UUID, opgave_id: UUID) -> str: ...
    def later(self, user_id: UUID, opgave_id: UUID) -> str: ...
    def not_my_skill(self, user_id: UUID, opgave_id: UUID) -> str: ...
    def pause(self, user_id: UUID) -> str: ...
    def unsubscribe(self, user_id: UUID, family: str | None = None) -> str: ...


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


class Renderer:
    """Keeps the compiled templates; one for the life of a process."""

    def __init__(self, templates: Path, links: MailLinks) -> None:
        self.links = links
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            # Jinja knows no .mjml: by its own rule a name with a tag in it would get through.
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
            undefined=StrictUndefined,
            finalize=_one_line,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for filter_ in (dutch.dutch_date, dutch.short_date, dutch.moment, dutch.number):
            self._environment.filters[filter_.__name__] = filter_
        self._environment.globals.update(links=links, plural=dutch.plural)

    def render(self, kind: MailKind, facts: Mapping[str, Any]) -> Rendered:
        """The parts; it fails when a template asks for a fact that is not there."""
        subject = clean_line(self._part(kind, "subject.txt", facts))
        told = {**facts, "subject": subject}
        return Rendered(
            subject=subject,
            text=self._part(kind, "body.txt", told).strip() + "\n",
            html=_html(self._part(kind, "body.mjml", told)),
        )

    def _part(self, kind: MailKind, name: str, facts: Mapping[str, Any]) -> str:
        return self._environment.get_template(f"email/{kind.value}/{name}").render(facts)


def _one_line(value: Any) -> Any:
    """No fact may begin a line of its own, or hold a sign that no mail can carry."""
    return clean_line(value) if isinstance(value, str) else value


def _html(mjml: str) -> str:
    import mrml  # noqa: PLC0415  (slow to load, and only a worker needs it)

    # No fonts: a mail asks nothing of a server when it is opened.
    options = mrml.RenderOptions(fonts={})
    return str(mrml.to_html(mjml, render_options=options).content)
