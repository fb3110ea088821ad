import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from app.core.mail import Letter, message_of
from app.hours.contacts import Contact, Contacts
from app.loans.lines import Change
from app.notifications.digest import (
    Digest,
    Told,
)
from app.notifications.render import Rendered, Renderer
from app.notifications.rules import MailKind
from app.notifications.service.writing.conversations import MailedMessage
from app.notifications.service.writing.opgaven import MailedLoan
from app.notifications.service.writing.reactions import MailedMatch, MailedWait
from tests.notifications.sections import (
    colleagues_for_opgaven,
    opgaven_for_you,
    responses_to_opgaven,
)
from tests.notifications.test_digest import CLOSES, a_colleague, a_response, an_opgave
from tests.support.work import MONDAY

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
READER = UUID(int=7)
TAG = '<b class="x">Jan & co</b>'


class Addresses:
    """Addresses that are easy to recognise."""

    def limit(self) -> str:
        return "https://dgvn.example/uren/limiet"

    def hours(self) -> str:
        return "https://dgvn.example/uren"

    def absent(self) -> str:
        return "https://dgvn.example/opgaven/afwezig"

    def account(self) -> str:
        return "https://dgvn.example/account"

    def rights(self) -> str:
        return "https://dgvn.example/beheer/rechten"

    def colleagues(self, gemeente_code: str) -> str:
        return f"https://dgvn.example/beheer/collegas?gemeente={gemeente_code}"

    def network(self, network_id: UUID) -> str:
        return f"https://dgvn.example/beheer/netwerken/{network_id}"

    def contact_email(self) -> str:
        return "contact@dgvn.example"

    def home(self) -> str:
        return "https://dgvn.example/"

    def sign_in_page(self) -> str:
        return "https://dgvn.example/inloggen"

    def sign_in(self, sign_in_id: UUID) -> str:
        return f"https://dgvn.example/inloggen/{sign_in_id.int}"

    def proof(self, sign_in_id: UUID, session_id: UUID) -> str:
        return f"https://dgvn.example/account/controle/{sign_in_id.int}-{session_id.int}"

    def opgave(self, opgave_id: UUID) -> str:
        return f"https://dgvn.example/opgaven/{opgave_id.int}"

    def opgave_colleagues(self, opgave_id: UUID) -> str:
        return f"https://dgvn.example/opgaven/{opgave_id.int}/collegas"

    def conversations(self) -> str:
        return self.home()

    def conversation(self, conversation_id: UUID) -> str:
        return f"{self.home()}{conversation_id}"

    def conversations_about(self, opgave_id: UUID) -> str:
        return f"{self.home()}{opgave_id}"

    def matches(self) -> str:
        return "https://dgvn.example/matches"

    def inbox(self) -> str:
        return "https://dgvn.example/meldingen"

    def notice(self, notice_id: UUID) -> str:
        return f"https://dgvn.example/meldingen/{notice_id.int}/openen"

    def preferences(self, user_id: UUID) -> str:
        return f"https://dgvn.example/voorkeuren/{user_id}"

    def requests(self) -> str:
        return "https://dgvn.example/beheer/aanvragen"

    def loan(self, loan_id: UUID) -> str:
        return f"https://dgvn.example/inzet/{loan_id.int}"

    def loan_to_sign(self, loan_id: UUID, email: str) -> str:
        return f"https://dgvn.example/tekenen/{loan_id.int}.{email}"

    def reported(self, report_id: UUID) -> str:
        return f"https://dgvn.example/beheer/gemeld/{report_id}"

    def own_reports(self) -> str:
        return "https://dgvn.example/gemeld"

    def interested(self, user_id: UUID, opgave_id: UUID) -> str:
        return f"https://dgvn.example/antwoord/belangstelling/{user_id.int}.{opgave_id.int}"

    def later(self, user_id: UUID, opgave_id: UUID) -> str:
        return f"https://dgvn.example/antwoord/later/{user_id.int}.{opgave_id.int}"

    def not_my_skill(self, user_id: UUID, opgave_id: UUID) -> str:
        return f"https://dgvn.example/antwoord/niet-mijn-vak/{user_id.int}.{opgave_id.int}"

    def invitation(self, user_id: UUID, opgave_id: UUID) -> str:
        return f"https://dgvn.example/antwoord/uitnodiging/{user_id.int}.{opgave_id.int}"

    def pause(self, user_id: UUID) -> str:
        return f"https://dgvn.example/antwoord/pauze/{user_id.int}"

    def unsubscribe(self, user_id: UUID, family: str | None = None) -> str:
        return f"https://dgvn.example/afmelden/{user_id.int}{family or ''}?a=1&b=2"


def facts_of(kind: MailKind, word: str = "Jan") -> dict[str, Any]:
    """What the templates of this kind read, with `word` in every place that people fill in."""
    asker = {"asker_name": word, "asker_email": "jan@urk.example", "gemeente_name": "Urk"}
    opgaven = [an_opgave(number, title=word, gemeente_name=word) for number in range(1, 8)]
    colleagues = [
        replace(a_colleague(number, opgave=number), opgave_title=word, display_name=word)
        for number in range(1, 8)
    ]
    responses = [replace(a_response(number), name=word, opgave_title=word) for number in range(9)]
    parts = (
        Told("responses", responses_to_opgaven(responses)),
        Told("matches", opgaven_for_you(opgaven)),
        Told("colleagues", colleagues_for_opgaven(colleagues)),
    )
    interest = {
        "user_id": READER,
        "opgave_id": UUID(int=1),
        "opgave_title": word,
        "closes_on": CLOSES,
        "colleague_name": word,
        "colleague_gemeente": word,
        "colleague_email": "jan@urk.example",
        "why": word,
    }
    loan = {
        "loan_id": UUID(int=6),
        "headline": word,
        "is_own": False,
        "opgave_title": word,
        "about_opgave": "",
        "professional_name": word,
        "lender_name": word,
        "borrower_name": word,
        "summary": word,
        "who_asks": word,
        "comes_back": word,
        "changed": word,
        "changes": [Change(word, word, word)],
        "hours": word,
        "said": word,
        "asked": word,
        "why": word,
        "end_talk": word,
        "wrote": word,
        "remark": word,
        "link_says": word,
        "email": "baas@urk.example",
    }
    message = {
        "user_id": READER,
        "conversation_id": READER,
        "opgave_title": word,
        "sender_name": word,
        "sender_gemeente": word,
        "messages": (MailedMessage(word, (word,)),),
        "earlier": 2,
        "asks": True,
    }
    invitation = {
        "user_id": READER,
        "opgave_id": UUID(int=1),
        "opgave_title": word,
        "gemeente_name": word,
        "inviter_name": word,
        "lines": (word,),
        "asked": (word,),
        "why": word,
        "answer_by": CLOSES,
    }
    outcome = {
        "user_id": READER,
        "opgave_id": UUID(int=2),
        "opgave_title": word,
        "gemeente_name": word,
        "is_down": False,
        "is_open": False,
        "is_interested": False,
        "is_taken_back": False,
        "closes_on": CLOSES,
        "why": word,
        "lines": (word,),
        "next": (MailedMatch(UUID(int=1), word, word, CLOSES, word),),
        "most": 3,
    }
    facts: Mapping[MailKind, dict[str, Any]] = {
        MailKind.SIGN_IN: {
            "sign_in_id": UUID(int=5),
            "session_id": None,
            "minutes": 30,
            "is_new": False,
        },
        MailKind.ACCESS_ASKED: asker,
        MailKind.ACCESS_DECIDED: {"granted": True, **asker},
        MailKind.ACCOUNT_UNUSED: {
            "step": "hidden",
            "has_profile": True,
            "seen_on": date(2025, 11, 23),
            "hidden_on": date(2026, 11, 23),
            "gone_on": date(2027, 11, 23),
        },
        MailKind.ROLE_PROPOSED: {
            "person_name": word,
            "role": "gemeentebeheerder",
            "where": f"in {word}",
            "proposer_name": word,
            "ends_on": CLOSES,
            "lapses_on": CLOSES,
            "state": "waiting",
            "is_own": False,
            "is_on_site": True,
        },
        MailKind.TAKEOVER: {
            "opgave_title": word,
            "gemeente_name": word,
            "to_name": word,
            "proposer_name": word,
            "lapses_on": CLOSES,
            "state": "waiting",
        },
        MailKind.COLLEAGUE_INVITED: {"inviter_name": word, "gemeente_name": "Testerdam"},
        MailKind.SHUT_OUT: {"shut_out_at": MONDAY, "lines": (word,), "asked": word},
        MailKind.ROLE_ENDING: {
            "person_name": word,
            "role": "opgavehouder",
            "where": f"in {word}",
            "gemeente_code": "GM0184",
            "ends_on": CLOSES,
            "is_own": False,
            "is_over": False,
            "network_id": None,
            "is_last": True,
            "may_prolong": True,
            "asked": word,
        },
        MailKind.FACTOR_CHANGED: {"change": "enrolled", "changed_at": MONDAY},
        MailKind.IDENTITY_JOINED: {"gemeente_name": "Testerdam", "joined_at": MONDAY},
        MailKind.SIGNED_IN_ELSEWHERE: {"signed_in_at": MONDAY},
        MailKind.ACCOUNT_ENDED: {"ended_at": MONDAY},
        MailKind.INTEREST_SHOWN: {**interest, "lines": (word,)},
        MailKind.MESSAGE: message,
        MailKind.INVITATION: invitation,
        MailKind.OUTCOME: outcome,
        MailKind.ANSWER_AWAITED: {
            "user_id": READER,
            "opgave_id": UUID(int=2),
            "opgave_title": word,
            "waiting": (MailedWait(word, word, CLOSES),),
            "is_late": False,
        },
        MailKind.ANSWER_RETURNED: {
            "conversation_id": READER,
            "opgave_title": word,
            "length": 5_000,
            "limit": 4_000,
        },
        MailKind.LOAN: loan,
        MailKind.HANDED_OVER: {
            "opgave_id": UUID(int=2),
            "opgave_title": word,
            "from_name": word,
            "by_name": word,
            "is_own_deed": False,
            "is_taken_over": True,
            "reactions": 1,
            "conversations": 2,
            "loans": (MailedLoan(UUID(int=6), word, word),),
        },
        MailKind.REPORT_MADE: {"report_id": UUID(int=7), "title": word, "ground": word},
        MailKind.REPORT_DECIDED: {
            "title": word,
            "is_down": True,
            "is_writer": False,
            "is_back": False,
            "has_to_publish": False,
            "lines": (word,),
            "loans": (word,),
        },
        MailKind.URENBANK: {
            "user_id": READER,
            "sentence": word,
            "year": 2026,
            "is_limit": True,
            "contacts": [Contacts(word, (Contact(word, "jan@urk.example"),)), Contacts(word, ())],
            "held_up": [(UUID(int=6), word)],
        },
        MailKind.REVIEW: {
            "user_id": READER,
            "notice_id": UUID(int=8),
            "opgave_title": word,
            "kind": "sent_back",
            "by_name": word,
            "lines": (word,),
            "closes_on": CLOSES,
        },
        MailKind.DIGEST: {"digest": Digest(word, parts), "user_id": READER},
    }
    return {"name": word, **facts[kind]}


def render(kind: MailKind, word: str = "Jan", **changed: Any) -> Rendered:
    return Renderer(TEMPLATES, Addresses()).render(kind, {**facts_of(kind, word), **changed})


class Reader(HTMLParser):
    """What is in a page: its links, its tags and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_has_the_same_links_in_both_parts(kind: MailKind) -> None:
    mail = render(kind)

    in_text = set(re.findall(r"https://\S+", mail.text))
    assert set(Reader(mail.html).links) == in_text


@pytest.mark.parametrize("kind", sorted(set(MailKind) - {MailKind.ACCOUNT_ENDED}))
def test_markup_in_a_name_stays_text(kind: MailKind) -> None:
    mail = render(kind, TAG)

    assert [tag for tag, _ in Reader(mail.html).tags if tag == "b"] == []
    assert TAG in "".join(Reader(mail.html).words)
    assert TAG in mail.text


@pytest.mark.parametrize("kind", sorted(set(MailKind) - {MailKind.ACCOUNT_ENDED}))
def test_s46_a_template_in_a_name_stays_text(kind: MailKind) -> None:
    typed = "{{ 1234*4321 }} {% print(1234*4321) %} %(name)s"
    mail = render(kind, typed)

    assert typed in "".join(Reader(mail.html).words)
    assert typed in mail.text
    assert "5332114" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_asks_nothing_of_a_server(kind: MailKind) -> None:
    html = render(kind).html

    tags = Reader(html).tags
    assert [tag for tag, _ in tags if tag in {"img", "link", "script", "iframe", "form"}] == []
    assert re.findall(r"url\(|@import|<v:", html) == []
    assert (tags[0][0], tags[0][1]["lang"]) == ("html", "nl")


@pytest.mark.parametrize("kind", MailKind)
def test_a_fact_stays_on_its_line_whatever_people_typed(kind: MailKind) -> None:
    mail = render(kind, "Jan\r\nBcc: iedereen@example.org\x00\u202e")
    letter = Letter("a@b.example", "Jan", mail.subject, mail.text, mail.html, "<1@b.example>")

    content = message_of(letter, "dgvn <noreply@dgvn.example>", MONDAY)
    message = message_from_bytes(content, policy=default)

    assert (message["Subject"].strip(), message["Bcc"]) == (mail.subject, None)
    assert [line for line in mail.text.splitlines() if line.startswith("Bcc")] == []


@pytest.mark.parametrize("kind", MailKind)
def test_a_forgotten_fact_fails(kind: MailKind) -> None:
    with pytest.raises(UndefinedError):
        Renderer(TEMPLATES, Addresses()).render(kind, {"name": "Jan"})


def test_a_digest_begins_with_the_best_and_ends_with_the_way_out() -> None:
    lines = [line for line in render(MailKind.DIGEST).text.splitlines() if line]

    assert lines[0] == "Jan uit Urk heeft belangstelling voor Jan."
    assert lines[-5:] == [
        "Je krijgt dit overzicht omdat je een account hebt. "
        "Er staat alleen in wat nieuw is sinds het vorige.",
        f"Kies hoe vaak je het wilt: https://dgvn.example/voorkeuren/{READER}",
        "Even pauze: https://dgvn.example/antwoord/pauze/7",
        "Meld je af: https://dgvn.example/afmelden/7?a=1&b=2",
        "De gemeente van nu: https://dgvn.example/",
    ]


def test_a_digest_is_told_in_order_and_the_rest_is_counted() -> None:
    for_you = opgaven_for_you([an_opgave(number, 50 + number) for number in range(8)])
    colleagues = colleagues_for_opgaven([a_colleague(1, opgave=number) for number in range(7)])
    parts = (Told("matches", for_you), Told("colleagues", colleagues))
    text = render(MailKind.DIGEST, digest=Digest("Jan", parts)).text

    titles = re.findall(r"^  (Opgave \d)$", text, re.MULTILINE)
    assert titles == [f"Opgave {number}" for number in (7, 6, 5, 4, 3)]
    assert "En nog 3 andere." in text.splitlines()
    assert re.findall(r"^1 collega voor (Opgave \d)$", text, re.MULTILINE) == [
        f"Opgave {number}" for number in range(5)
    ]
    assert "En nog 2 collega's voor 2 andere opgaven van jou:" in text.splitlines()


def test_only_mail_that_nobody_asked_for_offers_to_unsubscribe() -> None:
    offering = [kind for kind in MailKind if "/afmelden/" in render(kind).text]

    assert offering == [
        *(MailKind.INTEREST_SHOWN, MailKind.MESSAGE),
        *(MailKind.INVITATION, MailKind.OUTCOME, MailKind.ANSWER_AWAITED),
        *(MailKind.URENBANK, MailKind.REVIEW, MailKind.DIGEST),
    ]
    assert "/afmelden/7responses?" in render(MailKind.INTEREST_SHOWN).text


@pytest.mark.parametrize(("is_new", "greeting"), [(True, "Welkom!"), (False, "Open deze link en")])
def test_a_sign_in_mail_knows_a_newcomer(is_new: bool, greeting: str) -> None:
    text = render(MailKind.SIGN_IN, name="", is_new=is_new).text

    assert [line for line in text.splitlines() if line.startswith(greeting)] != []
    assert "Dag," in text.splitlines()
    assert ("Dan kijkt een beheerder eerst mee." in text) is is_new
    assert "Vraag dan een nieuwe aan: https://dgvn.example/inloggen" in text


def test_a_mail_to_prove_who_one_is_lets_nobody_in() -> None:
    mail = render(MailKind.SIGN_IN, session_id=UUID(int=6))

    assert mail.subject == "Laat zien dat jij het bent"
    for part in (mail.text, mail.html):
        assert "https://dgvn.example/account/controle/5-6" in part
        assert "https://dgvn.example/inloggen" not in part
        assert "Was jij dat niet? Open de link dan niet" in part


@pytest.mark.parametrize(
    ("granted", "subject"),
    [
        (True, "Je kunt meedoen met de gemeente van nu"),
        (False, "Je aanvraag voor de gemeente van nu"),
    ],
)
def test_a_decision_is_told_either_way(granted: bool, subject: str) -> None:
    mail = render(MailKind.ACCESS_DECIDED, granted=granted)

    assert (mail.subject, "Welkom!" in mail.text) == (subject, granted)
    for part in (mail.text, mail.html):
        assert ("https://dgvn.example/inloggen" in part) is granted
        assert ("Vragen? Mail naar contact@dgvn.example." in part) is not granted


@pytest.mark.parametrize(
    ("change", "subject", "said"),
    [
        ("enrolled", "Er is een app gekoppeld aan je account", "een code uit die app"),
        ("renewed", "Er zijn nieuwe reservecodes voor je account", "De oude werken niet meer."),
        ("forgotten", "De tweede stap is ontkoppeld van je account", "Je bent overal uitgelogd"),
        ("spare_used", "Er is ingelogd met een reservecode", "Die code werkt niet meer."),
        ("passkey_added", "Er is een passkey toegevoegd aan je account", "Was jij dit niet?"),
        ("passkey_removed", "Er is een passkey verwijderd van je account", "werkt hier niet meer"),
        ("closed", "Te veel verkeerde codes op je account", "een kwartier geen code"),
    ],
)
def test_who_did_not_change_the_second_step_reads_what_to_do(
    change: str, subject: str, said: str
) -> None:
    mail = render(MailKind.FACTOR_CHANGED, change=change)

    assert mail.subject == subject
    for part in (mail.text, mail.html):
        assert "Op 23 november 2026 om 09:00" in part
        assert said in part
        assert "Was jij dit niet? Log dan uit in alle andere browsers" in part
        assert "https://dgvn.example/account" in part


@pytest.mark.parametrize(
    ("step", "has_profile", "subject", "said"),
    [
        (
            "hidden_soon",
            True,
            "Doe je nog mee? Over een maand is je profiel niet meer te zien",
            "Op 23 november 2026 zetten we jouw profiel op pauze.",
        ),
        (
            "hidden",
            True,
            "Je was hier een jaar niet: je profiel is niet meer te zien",
            "zet je profiel weer aan",
        ),
        (
            "hidden",
            False,
            "Je was hier een jaar niet",
            "halen we je account op 23 november 2027 weg",
        ),
        (
            "gone_soon",
            False,
            "Je account gaat weg op 23 november 2027",
            "Dat is niet terug te draaien.",
        ),
    ],
)
def test_who_stays_away_reads_what_follows_and_how_to_stay(
    step: str, has_profile: bool, subject: str, said: str
) -> None:
    mail = render(MailKind.ACCOUNT_UNUSED, step=step, has_profile=has_profile)

    assert mail.subject == subject
    for part in (mail.text, mail.html):
        assert "Sinds 23 november 2025 logde je niet in." in part
        assert said in part
        assert "https://dgvn.example/inloggen" in part
        assert ("profiel" in part) is (has_profile or step == "gone_soon")
