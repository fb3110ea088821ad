"""The links in mails lead to the pages they name, and their keys cannot be made by others."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha1
from unittest.mock import patch
from uuid import UUID

import pytest
import time_machine
from flask import Flask, url_for
from itsdangerous import Signer, TimestampSigner

from app.links import Deed, Links, Permit
from app.settings import Settings

SOME_ID = UUID("7d9f4f2e-55f0-4a34-9b0b-0a3f0f1f7a11")
SIGN = TimestampSigner.sign
SHA256_BYTES = 32
AN_OPGAVE = UUID("0b4f4f2e-55f0-4a34-9b0b-0a3f0f1f7a22")


@pytest.fixture
def links(app: Flask) -> Links:
    return Links(app.extensions["settings"])


def test_each_link_is_the_address_of_its_page(app: Flask, links: Links) -> None:
    with app.test_request_context(base_url="http://localhost"):
        pages = {
            links.home(): url_for("home.index", _external=True),
            links.sign_in_page(): url_for("accounts.sign_in", _external=True),
            links.provider_returns("GM0344"): url_for(
                "at_gemeente.back", key="gm0344", _external=True
            ),
            links.opgave(SOME_ID): url_for("opgaven.show", opgave_id=SOME_ID, _external=True),
            links.opgave_colleagues(SOME_ID): url_for(
                "matching.of_opgave", opgave_id=SOME_ID, _external=True
            ),
            links.matches(): url_for("matching.index", _external=True),
            links.inbox(): url_for("notifications.inbox", _external=True),
            links.own_reports(): url_for("moderation.mine", _external=True),
            links.reported(SOME_ID): url_for("moderation.case", report_id=SOME_ID, _external=True),
            links.requests(): url_for("beheer.requests", _external=True),
        }
    assert list(pages) == list(pages.values())


def test_a_link_with_a_key_is_the_address_of_its_page(app: Flask, links: Links) -> None:
    sign_in, unsubscribe = links.sign_in(SOME_ID), links.unsubscribe(SOME_ID)
    preferences = links.preferences(SOME_ID)
    with app.test_request_context(base_url="http://localhost"):
        pages = (
            url_for("accounts.finish", token=_token(sign_in), _external=True),
            url_for("notifications.unsubscribe", token=_token(unsubscribe), _external=True),
            url_for("notifications.preferences_by_mail", token=_token(preferences), _external=True),
        )
    assert (sign_in, unsubscribe, preferences) == pages


@pytest.mark.parametrize("deed", Deed)
def test_a_link_to_do_something_is_the_address_of_its_page(
    app: Flask, links: Links, deed: Deed
) -> None:
    link, endpoint, opgave_id = to_do(links)[deed]
    with app.test_request_context(base_url="http://localhost"):
        page = url_for(endpoint, token=_token(link), _external=True)

    assert link == page
    assert links.permit_of(deed, _token(link)) == Permit(SOME_ID, opgave_id, is_over=False)


@pytest.mark.parametrize("deed", Deed)
def test_a_link_to_do_something_does_nothing_else(links: Links, deed: Deed) -> None:
    others = [_token(link) for one, (link, *_) in to_do(links).items() if one is not deed]
    others += [_token(links.preferences(SOME_ID)), _token(links.unsubscribe(SOME_ID))]

    assert {links.permit_of(deed, token) for token in others} == {None}
    assert links.preferences_user_of(_token(to_do(links)[deed][0])) is None


def to_do(links: Links) -> dict[Deed, tuple[str, str, UUID | None]]:
    """Per deed a link, the page that it leads to and the opgave that it is about."""
    return {
        Deed.INTERESTED: (links.interested(SOME_ID, AN_OPGAVE), "by_mail.interested", AN_OPGAVE),
        Deed.LATER: (links.later(SOME_ID, AN_OPGAVE), "by_mail.later", AN_OPGAVE),
        Deed.NOT_MY_SKILL: (
            *(links.not_my_skill(SOME_ID, AN_OPGAVE), "by_mail.not_my_skill", AN_OPGAVE),
        ),
        Deed.INVITATION: (links.invitation(SOME_ID, AN_OPGAVE), "by_mail.invitation", AN_OPGAVE),
        Deed.PAUSE: (links.pause(SOME_ID), "by_mail.pause", None),
    }


def test_a_key_tells_whom_it_is_for(links: Links) -> None:
    found = (
        links.sign_in_id_of(_token(links.sign_in(SOME_ID))),
        links.unsubscribe_user_of(_token(links.unsubscribe(SOME_ID))),
        links.preferences_user_of(_token(links.preferences(SOME_ID))),
    )
    assert found == (SOME_ID, SOME_ID, SOME_ID)


def test_a_key_of_one_kind_opens_nothing_of_another_kind(links: Links) -> None:
    found = (
        links.sign_in_id_of(_token(links.unsubscribe(SOME_ID))),
        links.unsubscribe_user_of(_token(links.sign_in(SOME_ID))),
        links.unsubscribe_user_of(_token(links.preferences(SOME_ID))),
        links.preferences_user_of(_token(links.unsubscribe(SOME_ID))),
    )
    assert found == (None, None, None, None)


def test_a_key_of_another_house_opens_nothing(app: Flask, links: Links) -> None:
    settings: Settings = app.extensions["settings"]
    elsewhere = Links(Settings(**{**vars(settings), "secret_key": "another key altogether"}))
    assert links.sign_in_id_of(_token(elsewhere.sign_in(SOME_ID))) is None


def test_no_key_of_before_opens_anything_once_there_is_another(app: Flask, links: Links) -> None:
    settings: Settings = app.extensions["settings"]
    before = Links(Settings(**{**vars(settings), "secret_key": "the key of the year before"}))

    opened = {
        name: every_key(links)[name][1](_token(link))
        for name, (link, _) in every_key(before).items()
    }

    assert set(opened.values()) == {None}


def every_key(links: Links) -> dict[str, tuple[str, Callable[[str], object]]]:
    """Of each way to sign a key in a link: a key, and who opens it."""
    return {
        "sign-in": (links.sign_in(SOME_ID), links.sign_in_id_of),
        "unsubscribe": (links.unsubscribe(SOME_ID), links.unsubscribe_user_of),
        "preferences": (links.preferences(SOME_ID), links.preferences_user_of),
        "loan": (links.loan_to_sign(SOME_ID, "chef@urk.example"), links.loan_permit_of),
        **{
            f"answer-{deed.value}": (link, partial(links.permit_of, deed))
            for deed, (link, *_) in to_do(links).items()
        },
    }


def test_every_key_is_signed_with_sha_256_and_with_nothing_shorter(links: Links) -> None:
    signatures = [_token(link).rsplit(".", 1)[-1] for link, _ in every_key(links).values()]

    assert {len(urlsafe_b64decode(f"{each}=")) for each in signatures} == {SHA256_BYTES}


def test_a_key_of_before_opens_until_it_ends(app: Flask, links: Links) -> None:
    """A release must not take the links out of mails that are read tomorrow."""
    key = app.extensions["settings"].secret_key
    for salt, (link, opens) in every_key(links).items():
        made = _token(link)
        signed = made.rsplit(".", 1)[0]
        before = Signer(key, salt=salt, digest_method=sha1).sign(signed).decode()
        forged = Signer(f"{key}x", salt=salt, digest_method=sha1).sign(signed).decode()

        assert before != made
        assert opens(before) == opens(made) is not None
        assert opens(forged) is None


def test_a_link_is_the_same_all_day(links: Links) -> None:
    """Else the two parts of a mail could differ, and a mail from one try to the next."""

    def made() -> tuple[str, str]:
        return links.interested(SOME_ID, AN_OPGAVE), links.preferences(SOME_ID)

    with time_machine.travel(datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC)):
        early = made()
    with time_machine.travel(datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)):
        assert made() == early
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC)):
        assert not set(made()) & set(early)


def test_a_link_in_both_parts_of_a_mail_is_signed_once(links: Links) -> None:
    with patch.object(TimestampSigner, "sign", autospec=True, side_effect=SIGN) as sign:
        assert links.later(SOME_ID, AN_OPGAVE) == links.later(SOME_ID, AN_OPGAVE)

    assert sign.call_count == 1


@pytest.mark.parametrize(
    "token", ["", "x", ".", "a.b", "é", "💥.💥", "\x00", "%00", "../../etc/passwd", "a" * 10_000]
)
def test_rubbish_is_no_key(links: Links, token: str) -> None:
    assert (links.sign_in_id_of(token), links.unsubscribe_user_of(token)) == (None, None)


def _token(link: str) -> str:
    return link.rsplit("/", 1)[-1]
