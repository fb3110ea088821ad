"""What a gemeente leaves to its successor, and that nothing goes to one that is none."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput
from app.gemeenten import queries
from app.gemeenten.models import Gemeente, Provider
from app.gemeenten.moving import carry_over, refuse_unless_merged
from tests.hours.builders import merge
from tests.support.builders import a_domain, a_gemeente
from tests.support.work import MONDAY, TODAY, make_work

ISSUER = "https://inloggen.olddam.example"


def a_sign_in(session: Session, code: str) -> None:
    provider = Provider(
        gemeente_code=code,
        issuer=ISSUER,
        client_id="dgvn",
        sealed="dicht",
        is_only=True,
        connected_at=MONDAY,
    )
    session.add(provider)
    session.flush()


def test_domains_go_along_and_the_sign_in_stops(session: Session) -> None:
    ended = a_gemeente(session)
    a_domain(session, ended, "olddam.nl")
    a_sign_in(session, ended.code)
    into = merge(session, ended.code)

    carry_over(make_work(session), ended.code, into, with_provider=False)

    assert queries.domains_of(session, ended.code) == []
    assert queries.domains_of(session, into) == ["olddam.nl"]
    assert queries.provider_of(session, ended.code) is None
    assert queries.provider_of(session, into) is None


def test_a_sign_in_that_goes_along_shuts_nobody_out(session: Session) -> None:
    ended = a_gemeente(session)
    a_sign_in(session, ended.code)
    into = merge(session, ended.code)

    carry_over(make_work(session), ended.code, into, with_provider=True)

    found = queries.provider_of(session, into)
    assert found is not None
    assert (found.issuer, found.sealed, found.is_only) == (ISSUER, "dicht", False)
    assert queries.provider_of(session, ended.code) is None


def test_a_successor_keeps_its_own_sign_in(session: Session) -> None:
    ended = a_gemeente(session)
    a_sign_in(session, ended.code)
    into = merge(session, ended.code)
    a_sign_in(session, into)

    with pytest.raises(InvalidInput) as refused:
        carry_over(make_work(session), ended.code, into, with_provider=True)

    assert "heeft al een eigen inlog" in refused.value.said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"valid_until": None}, "bestaat nog: in de lijst staat geen einddatum"),
        ({"valid_until": TODAY + timedelta(days=1)}, "bestaat nog tot 24 november 2026"),
        ({"successor_code": None}, "heeft in de lijst geen opvolger"),
    ],
)
def test_who_did_not_end_with_a_successor_stays(
    session: Session, changed: dict[str, object], said: str
) -> None:
    ended = a_gemeente(session)
    into = merge(session, ended.code)
    for column, value in changed.items():
        setattr(ended, column, value)
    session.flush()

    with pytest.raises(InvalidInput) as refused:
        refuse_unless_merged(make_work(session), [ended.code], into)

    assert said in refused.value.said


def test_only_what_the_list_names_is_the_successor(session: Session) -> None:
    ended, other = a_gemeente(session), a_gemeente(session)
    into = session.get_one(Gemeente, merge(session, ended.code))
    work = make_work(session)

    for codes, to, said in (
        ([ended.code], other.code, f"is opgegaan in {into.name} ({into.code}), niet in"),
        ([into.code], into.code, "kan niet in zichzelf opgaan"),
        ([ended.code], "GM0000", "Er is geen gemeente met de code GM0000."),
        (["'); --"], into.code, "Er is geen gemeente met de code '); --."),
    ):
        with pytest.raises(InvalidInput) as refused:
            refuse_unless_merged(work, codes, to)
        assert said in refused.value.said


def test_the_successor_of_a_successor_is_one(session: Session) -> None:
    ended = a_gemeente(session)
    last = merge(session, merge(session, ended.code))

    refuse_unless_merged(make_work(session), [ended.code], last)


def test_a_successor_that_is_yet_to_begin_takes_nothing(session: Session) -> None:
    ended = a_gemeente(session)
    into = merge(session, ended.code, valid_from=TODAY + timedelta(days=1))

    with pytest.raises(InvalidInput) as refused:
        refuse_unless_merged(make_work(session), [ended.code], into)

    assert "bestaat pas vanaf 24 november 2026" in refused.value.said
