"""What a search finds, and where in the text."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.history import search
from desktop_app.history.store import History
from tests.desktop_app.history.conftest import words


def found(history: History, query: str) -> list[str]:
    return [hit.snippet for hit in history.search(query)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("We went to the Café Zoë", "cafe zoe"),
        ("we went to the cafe", "CAFÉ"),
        ("die große Straße", "GROSSE STRASSE"),
        ("a decomposed cafe\u0301", "café"),
        ("我们今天讨论预算", "讨论预算"),
        ("我们今天讨论预算", "预算"),
        ("我们今天讨论预算", "预"),
        ("東京タワーに行きました", "タワー"),
        ("full width ＡＢＣ", "abc"),
        ("안녕하세요 여러분", "여러"),
        ("שָׁלוֹם לכולם", "שלום"),
        ("السَّلامُ عليكم", "السلام"),
        ('she said "hello" to him', '"hello" said'),
        ("fifty % of a_b", "% a_b"),
        ("an OR b AND c NOT d", "or and not"),
    ],
)
def test_search_finds(history: History, say: Callable[..., int], text: str, query: str) -> None:
    say(text, "something else")

    assert found(history, query) == [text]


@pytest.mark.parametrize("query", ["", " ", '"', '""', "budget nowhere", '"next budget"', "\0"])
def test_search_finds_nothing(history: History, say: Callable[..., int], query: str) -> None:
    say("the budget of next year")

    assert found(history, query) == []


def test_words_in_quotes_belong_together(history: History, say: Callable[..., int]) -> None:
    say("next year the budget", "the budget next year")

    assert found(history, '"budget next"') == ["the budget next year"]
    assert len(found(history, "budget next")) == 2


def test_an_item_is_found_by_words_in_its_title_and_in_several_lines(history: History, say: Callable[..., int]) -> None:
    say("the budget", "nothing else")
    item_id = say("the budget", "is larger", "the budget again", title="Meeting with Anna")

    assert [item.id for item in history.items("anna budget")] == [item_id]
    assert [item.id for item in history.items("larger budget")] == [item_id]
    assert history.count("anna larger budget") == 1
    assert history.items("anna smaller") == history.items('"budget is"') == []
    assert found(history, "anna budget") == ["the budget"]
    assert found(history, "larger budget") == ["the budget", "is larger"]


def test_lines_that_hold_all_words_stand_for_their_item(history: History, say: Callable[..., int]) -> None:
    both = say("a larger budget", "the budget")
    apart = say("larger", "the budget", "the budget")

    hits = history.search("larger budget")

    assert [(hit.item_id, hit.snippet) for hit in hits] == [
        (apart, "larger"),
        (apart, "the budget"),
        (both, "a larger budget"),
    ]
    assert len(history.search("larger budget", limit=1)) == 1


def test_hits_come_newest_item_first_with_the_time_of_the_word(history: History, say: Callable[..., int]) -> None:
    old = say("first line", "the old budget here")
    new = say("a budget")

    hits = history.search("budget")

    assert [(hit.item_id, hit.time_s) for hit in hits] == [(new, 0.4), (old, pytest.approx(10.8))]
    assert [hit.snippet[slice(*hit.matches[0])] for hit in hits] == ["budget", "budget"]


def test_time_of_a_hit_in_an_edited_line_is_that_of_its_word(history: History, say: Callable[..., int]) -> None:
    item_id = say("one two tree four")
    history.edit_segment(history.segments(item_id)[0].id, "one two three four").result()

    assert history.search("three")[0].time_s == pytest.approx(0.8)
    assert history.search("four")[0].time_s == pytest.approx(1.2)


def test_snippet_of_a_long_line_shows_the_match(history: History, say: Callable[..., int]) -> None:
    say("lead " * 100 + "needle " + "tail " * 100)

    (hit,) = history.search("needle")

    assert hit.snippet.startswith("…lead")
    assert hit.snippet.endswith("tail…")
    assert hit.snippet[slice(*hit.matches[0])] == "needle"
    assert len(hit.snippet) < 160


def test_search_can_be_limited_to_a_kind(history: History, say: Callable[..., int]) -> None:
    say("a red ball")
    picture = say("a red ball", kind="picture")

    assert [hit.item_id for hit in history.search("ball", kind="picture")] == [picture]


def test_open_line_is_found_while_it_is_spoken(history: History) -> None:
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("so the answer"))
    history.append_words(item_id, "me", words("is forty-two", start_s=2)).result()

    assert found(history, "answer is") == ["so the answer is forty-two"]


@settings(deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=5))
def test_matches_lie_in_the_text_and_hold_the_term(text: str, term: str) -> None:
    (folded, *_) = [*search.terms_of(term), ""]
    matches = search.find(text, [folded] if folded else [])

    assert bool(matches) == bool(folded and folded in search.fold(text))
    for start, end in matches:
        assert 0 <= start < end <= len(text)
        assert folded in search.fold(text[start:end])
    snippet, shown = search.snippet(text, matches)
    for (start, end), (at, to) in zip(matches, shown, strict=False):
        assert search.fold(snippet[at:to]) == search.fold(text[start:end]) or any(map(str.isspace, text[start:end]))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of 100 000 lines."""
    folder = tmp_path_factory.mktemp("large")
    history = History(folder)
    item_id = history.begin().result()
    history.finish(item_id, 1).result()
    history.close()
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        connection.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
            INSERT INTO segments (item_id, track, start_s, end_s, original_text, folded, language, words)
            SELECT 1, 'me', n, n + 1, 'line ' || n, 'line ' || n, 'en', '[]' FROM numbers
            """
        )
        connection.commit()
    return folder


@pytest.mark.parametrize(("query", "uses_index"), [("77777", True), ("line 99", True), ("预", False)])
def test_search_in_a_large_history_uses_the_index(
    large: Path, query: str, uses_index: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(large)
    plan: list[str] = []
    from desktop_app.history import database

    real = database._prepare

    def prepare(connection: sqlite3.Connection) -> None:
        real(connection)

        def explain(statement: str) -> None:
            if statement.lstrip().startswith("SELECT segments.*"):
                with closing(sqlite3.connect(large / "history.db")) as other:
                    plan.extend(str(row[3]) for row in other.execute(f"EXPLAIN QUERY PLAN {statement}"))

        connection.set_trace_callback(explain)

    monkeypatch.setattr(database, "_prepare", prepare)
    history.search(query)

    assert any("segments_index VIRTUAL TABLE INDEX" in step for step in plan) == uses_index
    assert any("SEARCH segments USING INTEGER PRIMARY KEY" in step for step in plan) == uses_index
    history.close()


def test_large_history_is_searched_whole(large: Path) -> None:
    history = History(large)

    assert found(history, "77777") == ["line 77777"]
    assert len(history.search("9999", limit=1000)) == 19
    assert history.items(limit=5)[0].preview == "line 1 line 2 line 3"
    history.close()


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("a frog", ["frog"]),
        ("The frog and AN apple", ["frog", "and", "apple"]),
        ("a", ["a"]),
        ('"a frog"', ["a frog"]),
        ('"the"', ["the"]),
    ],
)
def test_articles_need_not_occur(query: str, terms: list[str]) -> None:
    assert search.terms_of(query) == terms
