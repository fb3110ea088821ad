from app.matching.core.facts import Kind
from app.matching.core.words import COLLEAGUE, YOU, Group, Standing, Voice, short_sentences
from app.web.match_view import ReasonView, match_view
from tests.matching.core.builders import a_missing, a_reason, a_score

PRESENT = a_reason(energy=5, offered_level=1, would_be=50)
ABSENT = a_missing("omgevingsrecht", max_points=50, would_be=95)


def test_a_reason_has_the_words_of_the_core() -> None:
    view = match_view(a_score(PRESENT), COLLEAGUE)

    assert view.reasons == view.short_reasons
    assert view.reasons == (
        ReasonView(
            asked="verkeerskundige",
            must=True,
            standing=Standing.PART,
            points=45,
            max_points=50,
            points_label="45 van de 50 punten",
            sentence="Op het profiel: verkeerskunde (ander woord voor hetzelfde). "
            "Gevraagd: verkeerskundige.",
            details="Niveau: basis. Gevraagd is ervaren. "
            "Dat geeft deze collega veel energie. "
            "Dat scheelt 5 punten: lager niveau dan gevraagd.",
            what_if="Met 'verkeerskunde' op niveau ervaren zou de score 50 zijn.",
            may_dispute=False,
        ),
    )


def test_the_whole_says_what_is_missing_and_what_would_help_most() -> None:
    view = match_view(a_score(PRESENT, ABSENT, tier=2), YOU, "/opgaven/1")

    assert (view.score, view.group, view.group_label, view.href) == (
        45,
        Group.PART,
        "Je hebt een deel",
        "/opgaven/1",
    )
    assert (view.missing, view.what_if) == (
        "Ontbreekt: omgevingsrecht.",
        "Met 'omgevingsrecht' op niveau ervaren en veel energie zou de score 95 zijn.",
    )


def test_where_everything_is_there_nothing_would_help() -> None:
    whole = a_reason(points=50, would_be=50)

    view = match_view(a_score(whole), YOU)

    assert (view.group, view.missing, view.what_if) == (Group.COMPLETE, "", "")


def test_a_mail_tells_of_a_match_what_its_card_tells() -> None:
    whole = a_reason(asked="wonen", offered="wonen", offered_level=4)
    score = a_score(whole, PRESENT, ABSENT, tier=2)
    view = match_view(score, YOU)

    marks = {Standing.PART: "Past deels: "}
    card = [marks.get(reason.standing, "") + reason.sentence for reason in view.short_reasons]
    assert short_sentences(score, YOU) == [*card, view.missing, view.what_if]
    assert [line.partition(":")[0] for line in card] == ["Past deels", "Op je profiel"]


def test_only_of_the_own_reasons_somebody_can_say_that_they_are_wrong() -> None:
    same = a_reason(kind=Kind.SAME)
    reasons = a_score(PRESENT, same, ABSENT)

    def seen(voice: Voice) -> list[bool]:
        return [reason.may_dispute for reason in match_view(reasons, voice).reasons]

    assert (seen(YOU), seen(COLLEAGUE)) == ([True, False, False], [False] * 3)
    assert match_view(reasons, YOU).opgave_id == reasons.opgave_id
