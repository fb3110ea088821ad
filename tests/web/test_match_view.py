from app.matching.core.words import COLLEAGUE, YOU
from app.web.match_view import ReasonView, match_view
from tests.matching.core.builders import a_missing, a_reason, a_score

PRESENT = a_reason(energy=5, offered_level=1, would_be=50)
ABSENT = a_missing("omgevingsrecht", max_points=50, would_be=95)


def test_a_reason_has_the_words_of_the_core() -> None:
    view = match_view(a_score(PRESENT), COLLEAGUE)

    assert view.reasons == (
        ReasonView(
            asked="verkeerskundige",
            must=True,
            points=45,
            max_points=50,
            points_label="45 van de 50 punten",
            sentence="Deze collega heeft verkeerskunde; gevraagd is verkeerskundige (synoniem).",
            details="Niveau: basis. Gevraagd is ervaren. "
            "Daar krijgt deze collega veel energie van.",
            what_if="Met 'verkeerskundige' op niveau ervaren zou dit 50 zijn.",
        ),
    )


def test_the_whole_says_what_is_missing_and_what_would_help_most() -> None:
    view = match_view(a_score(PRESENT, ABSENT, tier=2), YOU, "/opgaven/1")

    assert (view.score, view.is_complete, view.tier_label, view.href) == (
        45,
        False,
        "Een deel",
        "/opgaven/1",
    )
    assert view.sentence == "Je hebt 1 van de 2 dingen die nodig zijn."
    assert (view.missing, view.what_if) == (
        ("omgevingsrecht",),
        "Met 'omgevingsrecht' zou dit 95 zijn.",
    )


def test_where_everything_is_there_nothing_would_help() -> None:
    whole = a_reason(points=50)

    view = match_view(a_score(whole), YOU)

    assert (view.is_complete, view.missing, view.what_if) == (True, (), "")


def test_what_is_only_nice_is_not_missing() -> None:
    nice = a_missing("participatie", must=False, max_points=10, would_be=60)

    assert match_view(a_score(PRESENT, nice), YOU).missing == ()
