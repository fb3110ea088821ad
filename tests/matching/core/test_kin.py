"""Two labels are kin when they share what they are about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.core.kin import LEAST_LIKENESS, MOST_KIN, kinship
from app.vocabulary.starter import read_concepts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("leerlingenvervoer", "vervoer van leerlingen"),
        ("aanpak jeugdwerkloosheid", "jeugdwerkloosheid"),
        ("bouwkunde", "bouwkundige"),
        ("bestrijding duizendknoop", "Japanse duizendknoop"),
        ("reis", "dienstreis"),
        ("aanpak energiearmoede", "energiearmoede bestrijden"),
        ("implementatie zaaksysteem", "zaaksysteem beheren"),
    ],
)
def test_labels_that_share_what_they_are_about_are_kin(one: str, other: str) -> None:
    assert kinship(one, other) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("beleidsmedewerker jeugd", "beleidsmedewerker riolering"),
        ("projectmanagement", "projectleider"),
        ("beleid", "beleid"),
        ("schuldhulpverlening", "bedrijfshulpverlening"),
        ("centrummanager", "projectmanager"),
        ("klantreis", "dienstreis"),
        ("energiecooperatie", "wooncooperatie"),
        ("parkmanagement", "parkeeronderzoek"),
        ("", ""),
        ("", "jeugd"),
    ],
)
def test_sharing_only_the_kind_of_work_is_no_kinship(one: str, other: str) -> None:
    assert kinship(one, other) == 0


def test_the_more_is_shared_the_closer() -> None:
    assert (
        kinship("leerlingenvervoer", "vervoer van leerlingen")
        > kinship("huisvesting statushouders", "huisvesting van vergunninghouders")
        > kinship("huisvesting statushouders", "onderwijshuisvesting")
    )


@settings(max_examples=200, deadline=None)
@given(*[st.text(max_size=100) | st.text("jeugdzorgwet -'s", max_size=300)] * 2)
def test_kinship_goes_both_ways_and_has_its_limits(one: str, other: str) -> None:
    found = kinship(one, other)

    assert found == kinship(other, one)
    assert found == 0 or LEAST_LIKENESS * MOST_KIN - 1 < found <= MOST_KIN
    assert kinship(one, one) in (0, MOST_KIN)


def test_a_name_has_few_kin() -> None:
    names = [concept.label for concept in read_concepts()]

    kin = sorted(sum(kinship(one, other) > 0 for other in names) for one in names[::10])

    assert kin[len(kin) // 2] <= 5
    assert kin[-1] <= len(names) // 50
