"""Suggestions while typing, and what a typed word is taken for."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.people.rules import ProfileState
from app.vocabulary.concepts import merges
from app.vocabulary.models import Concept
from app.vocabulary.service import import_starter
from app.web.vocabulary.hints import MOST_LOOKED_UP, Hint, hints_for, unknown_among
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import make_work


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def test_a_visitor_gets_no_suggestions(client: FlaskClient) -> None:
    assert client.get("/begrippen?q=ruimte").status_code == 302


def test_an_acronym_gives_the_concept_with_its_other_names_and_theme(
    client: FlaskClient, words: Session
) -> None:
    sign_in(client, words, a_user(words))

    first = client.get("/begrippen?q=wmo").get_json()[0]

    assert first["label"] == "Wet maatschappelijke ondersteuning"
    assert first["hint"] == "ook: Wmo · Sociaal domein"


def test_a_label_that_begins_like_what_was_typed_comes_before_other_names(
    client: FlaskClient, words: Session
) -> None:
    sign_in(client, words, a_user(words))

    found = client.get("/begrippen?q=plan").get_json()

    assert [one["label"] for one in found][:2] == ["planschade", "ruimtelijke ordening"]


@pytest.mark.parametrize(
    "typed",
    ["", "x", "%", "%%%__", "'; --", "\0", "a\0b", "\u202e", "🙂", "<script>", "z" * 100_000],
    ids=lambda typed: repr(typed[:8]),
)
def test_whatever_is_typed_gives_a_short_list(
    client: FlaskClient, words: Session, typed: str
) -> None:
    sign_in(client, words, a_user(words))

    answer = client.get("/begrippen", query_string={"q": typed})

    assert (answer.status_code, len(answer.get_json()) <= 8) == (200, True)


def test_bytes_that_are_no_text_are_no_error(client: FlaskClient, words: Session) -> None:
    sign_in(client, words, a_user(words))

    assert client.get("/begrippen?q=%ff%fe%ed%a0%80").status_code == 200


def test_a_known_word_shows_its_concept_and_an_unknown_one_what_may_be_meant(
    words: Session,
) -> None:
    hints = hints_for(["RO", "ruimtelijke ordening", "ruimtelijke ordenen en zo", "", "!!"])

    assert hints["RO"] == Hint("RO", "ruimtelijke ordening")
    assert (hints["RO"].is_other_word, hints["ruimtelijke ordening"].is_other_word) == (True, False)
    unknown = hints["ruimtelijke ordenen en zo"]
    assert (unknown.is_known, unknown.meant[0]) == (False, "ruimtelijke ordening")
    assert set(hints) == {"RO", "ruimtelijke ordening", "ruimtelijke ordenen en zo"}


def test_a_form_full_of_unknown_words_asks_a_bounded_number_of_questions(words: Session) -> None:
    unknown = [f"ruimtelijke ordenen {number}" for number in range(60)]
    hints_for(unknown)  # builds the vocabulary, which is kept after that

    with counted(words) as few:
        hints_for(unknown[:MOST_LOOKED_UP])
    with counted(words) as many:
        hints = hints_for(unknown)

    assert len(many) == len(few)
    assert [bool(hint.meant) for hint in hints.values()] == [True] * 10 + [False] * 50


def test_a_visitor_who_searches_asks_for_what_is_alike_once(
    client: FlaskClient, words: Session
) -> None:
    with counted(words) as statements:
        client.get("/opgaven", query_string={"q": "ruimtelijke ordenen en zo " * 9})

    assert sum("word_similarity(" in statement for statement in statements) == 1


def test_the_words_that_nobody_knows_are_named_once(words: Session) -> None:
    assert unknown_among(["RO", "wolkenfluisteren", "wolkenfluisteren"]) == ["wolkenfluisteren"]


@pytest.fixture
def beheerder(client: FlaskClient, words: Session) -> FlaskClient:
    return sign_in(client, words, a_user(words, Role.BEHEERDER, name="Willemijn Tersteeg"))


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def page_of(session: Session, label: str) -> str:
    return f"/beheer/begrippen/{id_of(session, label)}"


def merge(client: FlaskClient, session: Session, label: str, into: str) -> str:
    """What the page says after the button was pressed."""
    answer = client.post(
        f"{page_of(session, label)}/samenvoegen",
        data={"into_id": id_of(session, into)},
        follow_redirects=True,
    )
    return text_of(answer)


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_only_a_beheerder_looks_after_concepts(
    client: FlaskClient, words: Session, role: Role
) -> None:
    sign_in(client, words, a_user(words, role))
    page = page_of(words, "jeugdhulp")
    gets = [client.get(path).status_code for path in ("/beheer/begrippen", page)]
    posts = [client.post(f"{page}/{deed}").status_code for deed in ("samenvoegen", "losmaken")]

    assert gets + posts == [404] * 4


def test_a_concept_is_found_and_opened(beheerder: FlaskClient, words: Session) -> None:
    found = beheerder.get("/beheer/begrippen?q=planologie")
    concept = text_of(beheerder.get(page_of(words, "ruimtelijke ordening")))

    assert f'href="{page_of(words, "ruimtelijke ordening")}"' in found.text
    assert "Andere namen planologie, RO" in concept
    assert "Hieronder valt omgevingsplan" in concept


def test_nothing_found_and_nothing_merged_is_said(beheerder: FlaskClient) -> None:
    page = text_of(beheerder.get("/beheer/begrippen?q=wolkenfluisteren"))

    assert ("Niets gevonden" in page, "Er is nog niets samengevoegd" in page) == (True, True)


def test_before_a_merge_the_page_shows_what_comes_of_it(
    beheerder: FlaskClient, words: Session
) -> None:
    page = text_of(beheerder.get(f"{page_of(words, 'pleegzorg')}?q=Jeugdzorg"))

    assert "“pleegzorg” telt voortaan als “jeugdhulp”" in page
    assert "jeugdzorg pleegzorg" in page
    assert merges(words) == []


def test_a_pair_that_only_looks_alike_is_pointed_out(
    beheerder: FlaskClient, words: Session, tmp_path: Path
) -> None:
    (tmp_path / "different" / "ruimte.csv").write_text(
        "one,other,why\nomgevingsplan,planschade,een plan en geld.\n", encoding="utf-8"
    )
    import_starter(make_work(words), tmp_path)
    words.commit()

    page = text_of(beheerder.get(f"{page_of(words, 'planschade')}?q=omgevingsplan"))

    assert "alleen op elkaar lijken: een plan en geld. Voeg toch samen" in page


def test_a_merge_that_cannot_be_says_so_before_and_offers_the_other_way(
    beheerder: FlaskClient, words: Session
) -> None:
    asked = beheerder.get(f"{page_of(words, 'jeugdhulp')}?q=pleegzorg")

    assert "“pleegzorg” valt onder “jeugdhulp”" in text_of(asked)
    assert "Voeg samen</button>" not in asked.text
    assert f'href="{page_of(words, "pleegzorg")}?q=jeugdhulp"' in asked.text


def test_a_merge_that_cannot_be_either_way_offers_neither(
    beheerder: FlaskClient, words: Session
) -> None:
    merge(beheerder, words, "pleegzorg", "jeugdhulp")
    merge(beheerder, words, "omgevingsplan", "planschade")

    page = text_of(beheerder.get(f"{page_of(words, 'jeugdhulp')}?q=planschade"))

    assert "Andere begrippen tellen al als “jeugdhulp”." in page
    assert "andersom" not in page


def test_before_a_merge_the_page_counts_where_its_names_stand(
    beheerder: FlaskClient, words: Session
) -> None:
    a_profile(words, "Pleeg zorg", "pleegzorg")
    a_profile(words, "pleegzorg", state=ProfileState.PAUSED)
    a_profile(words, "jeugdhulp")
    for asked in ("pleegzorg", "Pleegzorg", "jeugdhulp"):
        an_opgave(words, asked, closes_on=date(2999, 12, 31))

    page = text_of(beheerder.get(f"{page_of(words, 'pleegzorg')}?q=Jeugdzorg"))

    said = "Een naam van “pleegzorg” staat nu op 1 gepubliceerd profiel en in 2 open opgaven."
    assert said in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Vul de naam van een begrip in."),
        ("Jeugdhulp", "Dit is “jeugdhulp” zelf. Kies een ander begrip."),
        ("jeugdzorg", "“jeugdzorg” telt al als “jeugdhulp”. Kies een ander begrip."),
        ("pleegzorg", "“pleegzorg” telt al als “jeugdhulp”. Kies een ander begrip."),
    ],
)
def test_what_is_no_other_concept_is_said_exactly(
    beheerder: FlaskClient, words: Session, typed: str, said: str
) -> None:
    merge(beheerder, words, "pleegzorg", "jeugdhulp")

    page = beheerder.get(f"{page_of(words, 'jeugdhulp')}?q={typed}")

    assert said in text_of(page)
    assert "Geen ander begrip" not in text_of(page)
    offered = re.findall(r"een van deze\?</span>\s*(<a|</p>)", page.text)
    assert offered in ([], ["<a"])


def test_a_word_that_is_no_concept_offers_what_may_be_meant(
    beheerder: FlaskClient, words: Session
) -> None:
    page = text_of(beheerder.get(f"{page_of(words, 'planschade')}?q=jeugdhulpen"))

    assert "Geen ander begrip heet “jeugdhulpen”" in page
    assert "Bedoel je een van deze? jeugdhulp" in page


def test_concepts_are_merged_and_it_is_undone(beheerder: FlaskClient, words: Session) -> None:
    done = merge(beheerder, words, "pleegzorg", "jeugdhulp")
    merged_page = text_of(beheerder.get(page_of(words, "pleegzorg")))
    undone = beheerder.post(f"{page_of(words, 'pleegzorg')}/losmaken", follow_redirects=True)

    assert "Samengevoegd. We lopen nu alle matches" in done
    assert "pleegzorg telt als jeugdhulp" in done
    assert "door Willemijn Tersteeg" in done
    assert "Dit begrip telt nu als jeugdhulp" in merged_page
    assert "Weer twee begrippen" in text_of(undone)
    assert merges(words) == []


def test_a_merge_that_was_made_meanwhile_is_told_not_made_twice(
    beheerder: FlaskClient, words: Session
) -> None:
    merge(beheerder, words, "pleegzorg", "jeugdhulp")
    again = merge(beheerder, words, "pleegzorg", "planschade")
    undo = f"{page_of(words, 'pleegzorg')}/losmaken"

    assert "“pleegzorg” telt al als “jeugdhulp”" in again
    assert [beheerder.post(undo).status_code for _ in range(2)] == [302, 404]


@pytest.mark.parametrize("into", ["", "x", "-1", "0", "999999999", str(2**63)])
def test_a_button_without_a_concept_merges_nothing(
    beheerder: FlaskClient, words: Session, into: str
) -> None:
    answer = beheerder.post(f"{page_of(words, 'pleegzorg')}/samenvoegen", data={"into_id": into})

    assert answer.status_code in {404, 422}
    assert merges(words) == []


@pytest.mark.parametrize("concept_id", ["0", "999999999", str(2**31), str(2**63), "x", "-1"])
def test_a_concept_that_does_not_exist_is_not_found(
    beheerder: FlaskClient, concept_id: str
) -> None:
    assert beheerder.get(f"/beheer/begrippen/{concept_id}").status_code == 404
