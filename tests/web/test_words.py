"""A beheerder finds words that name no concept, and sees what a decision does before it is made."""

from datetime import date
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.actor import Role
from app.matching import preview
from app.vocabulary.concepts import merges
from app.vocabulary.models import Concept, WordDecision
from app.vocabulary.rules import Verdict
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.pages import fault_at, text_of, value_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.words import a_vocabulary

LIST = "/beheer/begrippen/losse-woorden"
DECISIONS = "/beheer/begrippen/besluiten"
FAR = date(2999, 12, 31)
NEW = {"woord": "kindertolk", "label": "kindertolken", "theme": "jeugd", "broader": "jeugdhulp"}


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


@pytest.fixture
def beheerder(client: FlaskClient, words: Session) -> FlaskClient:
    return sign_in(client, words, a_user(words, Role.BEHEERDER, name="Willemijn Tersteeg"))


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def decisions(session: Session) -> list[tuple[Verdict, str]]:
    rows = session.scalars(select(WordDecision).order_by(WordDecision.word))
    return [(row.verdict, row.word) for row in rows]


def a_pair(session: Session, offered: str, asked: str, title: str = "Luisteren") -> None:
    """Somebody in Drenthe, and an open opgave."""
    drenthe = a_gemeente(session, province="Drenthe").code
    user = a_user(session, gemeente_code=drenthe, name="Berend Botje")
    a_profile(session, offered, user=user)
    an_opgave(session, asked, title=title, closes_on=FAR, starts_on=FAR, ends_on=FAR)


def at(client: FlaskClient, path: str, **asked: object) -> TestResponse:
    return client.get(f"{LIST}/{path}?{urlencode(asked)}")


def post(client: FlaskClient, path: str, **typed: object) -> TestResponse:
    return client.post(f"{LIST}/{path}", data=typed, follow_redirects=True)


# The list


def test_words_are_listed_with_how_many_use_them_and_where_they_may_belong(
    beheerder: FlaskClient, words: Session
) -> None:
    for _ in range(2):
        a_profile(words, "jeugdzorgx", "planologie")
    an_opgave(words, "jeugdzorgx", closes_on=FAR)
    a_profile(words, "imkerij")

    page = text_of(beheerder.get(LIST))

    assert "2 woorden, het meest gebruikte eerst" in page
    assert "jeugdzorgx Staat op 2 profielen en in 1 open opgave Hoort misschien bij:" in page
    assert "jeugdhulp net anders geschreven: jeugdzorg" in page
    assert "imkerij Staat op 1 profiel Geen begrip lijkt op dit woord." in page


def test_the_list_can_be_searched_and_paged(beheerder: FlaskClient, words: Session) -> None:
    a_profile(words, *(f"vogels {number:02}" for number in range(12)), "imkerij")

    first, second = (text_of(beheerder.get(f"{LIST}?q=vogel&pagina={n}")) for n in (1, 2))

    assert "12 woorden" in first
    assert ("vogels 09" in first, "vogels 10" in first, "vogels 10" in second) == (
        *(True, False, True),
    )
    assert "imkerij" not in first + second
    assert "Niets gevonden" in text_of(beheerder.get(f"{LIST}?q=zeppelin"))


def test_an_empty_list_says_what_it_means(beheerder: FlaskClient) -> None:
    assert "Geen losse woorden" in text_of(beheerder.get(LIST))
    assert "Nog geen besluiten" in text_of(beheerder.get(DECISIONS))


def test_a_long_list_costs_no_more_than_a_page(beheerder: FlaskClient, words: Session) -> None:
    beheerder.get(LIST)  # builds the vocabulary, which is kept after that
    costs = []
    for number in range(2):
        a_profile(words, *(f"zeppelin {number} {other}" for other in range(20)))
        with counted(words) as statements:
            beheerder.get(LIST)
        costs.append(len(statements))

    assert costs[0] == costs[1]


# One word


def test_a_word_shows_what_can_be_said_of_it(beheerder: FlaskClient, words: Session) -> None:
    a_profile(words, "Kindertolk")

    page = text_of(at(beheerder, "woord", woord="kindertolk", q="pleeg"))

    assert "Kindertolk Staat op 1 profiel." in page
    assert "pleegzorg" in page
    for deed in ("Maak een nieuw begrip", "Zeg dat het iets anders is", "Laat het woord liggen"):
        assert deed in page


def test_a_known_word_says_what_it_stands_for(beheerder: FlaskClient, words: Session) -> None:
    known = text_of(at(beheerder, "woord", woord="Jeugdzorg"))
    post(beheerder, "koppelen", woord="kindertolk", begrip=id_of(words, "jeugdhulp"))
    decided = text_of(at(beheerder, "woord", woord="kindertolk"))

    assert "We kennen dit woord al: het telt als “jeugdhulp”. Naar het begrip" in known
    assert "“kindertolk” telt als “jeugdhulp”. Maak ongedaan Naar het begrip" in decided


@pytest.mark.parametrize("path", ["woord", "koppelen", "nieuw-begrip", "iets-anders"])
@pytest.mark.parametrize("word", ["", "!!!", "\0", "\u202e"])
def test_a_page_about_no_word_leads_to_the_list(
    beheerder: FlaskClient, path: str, word: str
) -> None:
    answer = at(beheerder, path, woord=word)

    assert (answer.status_code, answer.location) == (302, LIST)


@pytest.mark.parametrize("path", ["woord", "koppelen", "nieuw-begrip", "iets-anders"])
@pytest.mark.parametrize("word", ["<b>x</b>", "x" * 100_000, "🙂 zorg", "'; --", "%", "a/b?c=d&e"])
def test_whatever_word_is_asked_for_is_shown_as_text(
    beheerder: FlaskClient, words: Session, path: str, word: str
) -> None:
    asked = {"woord": word, "begrip": id_of(words, "jeugdhulp"), "ander": "zorg"}

    answer = at(beheerder, path, **asked)

    assert (answer.status_code, "<b>x</b>" in answer.text) in {(200, False), (302, False)}


# Link


def test_before_linking_the_page_tells_which_matches_change(
    beheerder: FlaskClient, words: Session
) -> None:
    a_pair(words, "kindertolk", "jeugdzorg")

    page = at(beheerder, "koppelen", woord="Kindertolk", begrip=id_of(words, "jeugdhulp"))

    said = text_of(page)
    assert "“Kindertolk” telt dan als “jeugdhulp”" in said
    assert "1 match komt erbij." in said
    assert (
        "Luisteren Een collega uit Drenthe. Score 100. Gevraagd: jeugdzorg. "
        "Dan telt “kindertolk”: ander woord voor hetzelfde." in said
    )
    assert "Berend" not in page.text
    assert decisions(words) == []


def test_a_word_is_linked_and_that_is_undone(beheerder: FlaskClient, words: Session) -> None:
    a_pair(words, "kindertolk", "jeugdzorg")

    done = text_of(
        post(beheerder, "koppelen", woord="kindertolk", begrip=id_of(words, "jeugdhulp"))
    )
    concept = text_of(beheerder.get(f"/beheer/begrippen/{id_of(words, 'jeugdhulp')}"))
    listed = beheerder.get(DECISIONS)
    (row,) = words.scalars(select(WordDecision)).all()
    before = text_of(beheerder.get(f"{DECISIONS}/{row.id}"))
    undone = beheerder.post(f"{DECISIONS}/{row.id}", follow_redirects=True)

    assert "“kindertolk” telt nu als “jeugdhulp”. We lopen nu alle matches" in done
    assert "jeugdzorg, kindertolk" in concept
    assert "“kindertolk” telt als “jeugdhulp”. Sinds" in text_of(listed)
    assert "door Willemijn Tersteeg" in text_of(listed)
    assert "1 match verdwijnt." in before
    assert "Score was 100. Gevraagd: jeugdzorg. Nu telt “kindertolk”" in before
    assert "Het besluit is ongedaan gemaakt." in text_of(undone)
    assert decisions(words) == []


def test_the_page_of_a_linked_word_as_a_concept_is_that_of_the_word(
    beheerder: FlaskClient, words: Session
) -> None:
    post(beheerder, "koppelen", woord="kindertolk", begrip=id_of(words, "jeugdhulp"))
    (row,) = words.scalars(select(WordDecision)).all()
    page = f"/beheer/begrippen/{row.concept_id}"

    concept, parting = (beheerder.get(path) for path in (page, f"{page}/losmaken"))
    refused = beheerder.post(f"{page}/losmaken")

    assert concept.location == f"{LIST}/woord?woord=kindertolk"
    assert (parting.location, refused.status_code) == (page, 409)


def test_pressing_twice_decides_once(beheerder: FlaskClient, words: Session) -> None:
    concept = id_of(words, "jeugdhulp")
    post(beheerder, "koppelen", woord="kindertolk", begrip=concept)

    again = text_of(post(beheerder, "koppelen", woord="Kindertolk", begrip=concept))
    looked = text_of(at(beheerder, "koppelen", woord="kindertolk", begrip=concept))

    assert "Over “kindertolk” is al besloten. Maak dat eerst ongedaan." in again
    assert "Dit kan niet Over “kindertolk” is al besloten" in looked
    assert decisions(words) == [(Verdict.LINK, "kindertolk")]


@pytest.mark.parametrize("concept", ["", "x", "-1", "0", "999999999", str(2**63)])
def test_a_concept_that_does_not_exist_is_not_linked_to(
    beheerder: FlaskClient, words: Session, concept: str
) -> None:
    shown = at(beheerder, "koppelen", woord="kindertolk", begrip=concept)
    posted = beheerder.post(f"{LIST}/koppelen", data={"woord": "kindertolk", "begrip": concept})

    assert shown.status_code in {302, 404}
    assert posted.status_code in {404, 422}
    assert decisions(words) == []


# A new concept


def test_before_a_concept_is_made_the_page_tells_which_matches_change(
    beheerder: FlaskClient, words: Session
) -> None:
    a_pair(words, "kindertolk", "jeugdzorg")

    first = at(beheerder, "nieuw-begrip", woord="kindertolk")
    page = at(beheerder, "nieuw-begrip", **NEW)

    assert value_of(first, "label") == "kindertolk"
    assert "Wat er gebeurt" not in text_of(first).replace("Bekijk wat er gebeurt", "")
    assert "1 match komt erbij." in text_of(page)
    assert "Dan telt “kindertolk”: specifieker dan gevraagd." in text_of(page)
    assert decisions(words) == []


def test_a_concept_is_made_as_it_was_looked_at(beheerder: FlaskClient, words: Session) -> None:
    done = text_of(post(beheerder, "nieuw-begrip", **NEW, description="Kinderen aan het woord."))
    concept = beheerder.get(f"/beheer/begrippen/{id_of(words, 'kindertolken')}")

    said = text_of(concept)
    (row,) = words.scalars(select(WordDecision)).all()
    assert "“kindertolken” is nu een begrip." in done
    assert "Gemaakt door een beheerder, thema Jeugd en onderwijs." in said
    assert "Omschrijving Kinderen aan het woord." in said
    assert "Andere namen kindertolk Valt onder jeugdhulp" in said
    assert f'href="{DECISIONS}/{row.id}"' in concept.text
    assert "“kindertolk” hoort bij het nieuwe begrip “kindertolken”." in text_of(
        beheerder.get(DECISIONS)
    )


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("label", "", "Vul de naam van het begrip in."),
        ("label", "Jeugdzorg", "Er is al een begrip dat zo heet: “jeugdhulp”."),
        ("label", "x" * 81, "hoogstens 80 tekens"),
        ("theme", "", "Kies een thema."),
        ("theme", "tuinieren", "Kies een thema."),
        ("broader", "tuinieren", "Geen begrip heet “tuinieren”."),
        ("description", "x" * 501, "hoogstens 500 tekens"),
    ],
)
def test_what_is_wrong_with_a_concept_is_said_beside_the_field(
    beheerder: FlaskClient, words: Session, field: str, typed: str, said: str
) -> None:
    fields = {**NEW, field: typed}

    looked = at(beheerder, "nieuw-begrip", **fields)
    posted = beheerder.post(f"{LIST}/nieuw-begrip", data=fields)

    assert (looked.status_code, posted.status_code) == (200, 422)
    for answer in (looked, posted):
        assert said in fault_at(answer, field)
        assert value_of(answer, "broader") == fields["broader"]
    assert decisions(words) == []


def test_a_concept_on_which_others_rest_says_what_to_undo_first(
    beheerder: FlaskClient, words: Session
) -> None:
    post(beheerder, "nieuw-begrip", **NEW)
    post(beheerder, "koppelen", woord="tolkje", begrip=id_of(words, "kindertolken"))
    made = words.scalars(
        select(WordDecision.id).where(WordDecision.verdict == Verdict.CONCEPT)
    ).one()

    looked = text_of(beheerder.get(f"{DECISIONS}/{made}"))
    posted = text_of(beheerder.post(f"{DECISIONS}/{made}", follow_redirects=True))

    for page in (looked, posted):
        assert "“tolkje” telt als “kindertolken”. Maak dat eerst ongedaan." in page
    assert len(decisions(words)) == 2


# Something else, and left


def test_before_words_are_told_apart_the_page_tells_which_matches_change(
    beheerder: FlaskClient, words: Session
) -> None:
    a_pair(words, "planschadu", "planschade")

    first = text_of(at(beheerder, "iets-anders", woord="planschadu"))
    page = text_of(at(beheerder, "iets-anders", woord="planschadu", ander="planschade"))

    assert "match" not in first.split("Het andere woord")[1]
    assert "“planschadu” is iets anders dan “planschade” 1 match verdwijnt." in page
    assert "Nu telt “planschadu”: net anders geschreven." in page


def test_words_are_told_apart_and_that_is_undone(beheerder: FlaskClient, words: Session) -> None:
    a_pair(words, "planschadu", "planschade")

    done = text_of(post(beheerder, "iets-anders", woord="planschadu", ander="planschade"))
    (row,) = words.scalars(select(WordDecision)).all()
    before = text_of(beheerder.get(f"{DECISIONS}/{row.id}"))
    beheerder.post(f"{DECISIONS}/{row.id}")

    assert "“planschadu” en “planschade” lijken alleen op elkaar. We lopen nu alle matches" in done
    assert "1 match komt erbij." in before
    assert decisions(words) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("", "Vul het andere woord in."),
        ("Kinder tolk", "twee schrijfwijzen van hetzelfde woord"),
        ("!!", "geen woord"),
    ],
)
def test_what_cannot_be_told_apart_says_why(
    beheerder: FlaskClient, words: Session, other: str, said: str
) -> None:
    looked = text_of(at(beheerder, "iets-anders", woord="kindertolk", ander=other))
    post(beheerder, "iets-anders", woord="kindertolk", ander=other)

    assert said in looked
    assert decisions(words) == []


def test_a_word_that_is_left_leaves_the_list_until_that_is_undone(
    beheerder: FlaskClient, words: Session
) -> None:
    a_profile(words, "gezelligheid")

    done = text_of(post(beheerder, "laten-liggen", woord="gezelligheid"))
    (row,) = words.scalars(select(WordDecision)).all()
    before = text_of(beheerder.get(f"{DECISIONS}/{row.id}"))
    beheerder.post(f"{DECISIONS}/{row.id}")

    assert "“gezelligheid” blijft liggen. Het staat bij je besluiten." in done
    assert "Geen losse woorden" in done
    assert "Geen enkele match verandert hierdoor." in before
    assert "gezelligheid Staat op 1 profiel" in text_of(beheerder.get(LIST))


# Merging, with what it does


def test_before_a_merge_and_its_undoing_the_page_tells_which_matches_change(
    beheerder: FlaskClient, words: Session
) -> None:
    a_pair(words, "planschade", "klimaatadaptatie")
    page = f"/beheer/begrippen/{id_of(words, 'planschade')}"

    merging = text_of(beheerder.get(f"{page}?q=klimaatadaptatie"))
    beheerder.post(f"{page}/samenvoegen", data={"into_id": id_of(words, "klimaatadaptatie")})
    parting = text_of(beheerder.get(f"{page}/losmaken"))

    assert "1 match komt erbij." in merging
    assert "1 match verdwijnt." in parting
    assert len(merges(words)) == 1
    assert beheerder.get(f"/beheer/begrippen/{id_of(words, 'jeugdhulp')}/losmaken").location


def test_more_than_can_be_looked_at_is_said_to_be_at_least_so_many(
    beheerder: FlaskClient, words: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        a_pair(words, "kindertolk", "jeugdzorg")
    monkeypatch.setattr(preview.altered_matches, "__defaults__", (2,))

    page = text_of(at(beheerder, "koppelen", woord="kindertolk", begrip=id_of(words, "jeugdhulp")))

    assert "Minstens 2 matches komen erbij." in page


def test_changes_of_several_kinds_are_added_up(beheerder: FlaskClient, words: Session) -> None:
    a_pair(words, "planschade", "klimaatadaptatie")
    drenthe = a_gemeente(words, province="Drenthe").code
    a_profile(words, "kindertolk", user=a_user(words, gemeente_code=drenthe))
    an_opgave(words, "planschade", "kindertolk", closes_on=FAR, starts_on=FAR, ends_on=FAR)
    page = f"/beheer/begrippen/{id_of(words, 'planschade')}"
    a_profile(words, "klimaatadaptatie", "kindertolk")

    said = text_of(beheerder.get(f"{page}?q=klimaatadaptatie"))

    assert "2 matches veranderen: 1 komt erbij en 1 krijgt een andere score." in said


# Others


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_only_a_beheerder_decides(client: FlaskClient, words: Session, role: Role) -> None:
    sign_in(client, words, a_user(words, role))
    asked = "woord=kindertolk&begrip=1&ander=x&label=x"
    pages = ("", "/woord", "/koppelen", "/nieuw-begrip", "/iets-anders")
    deeds = ("koppelen", "nieuw-begrip", "iets-anders", "laten-liggen")
    gets = [client.get(f"{LIST}{page}?{asked}").status_code for page in pages]
    posts = [client.post(f"{LIST}/{deed}?{asked}").status_code for deed in deeds]
    others = [client.get(DECISIONS).status_code, client.post(f"{DECISIONS}/{uuid4()}").status_code]

    assert {*gets, *posts, *others} == {404}


def test_a_decision_that_is_gone_is_not_found(beheerder: FlaskClient) -> None:
    path = f"{DECISIONS}/{uuid4()}"

    assert [beheerder.get(path).status_code, beheerder.post(path).status_code] == [404, 404]
