"""How transcripts are divided into subtitles."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.history.records import StoredSegment
from desktop_app.history.subtitles import LINE_COLUMNS, MAX_CUE_S, MIN_CUE_S, build_cues, columns, timed_words
from tests.desktop_app.history.conftest import words
from workers.results import Word


def segment(spoken: list[Word], edited_text: str | None = None, track: str = "me") -> StoredSegment:
    return StoredSegment(
        id=1,
        item_id=1,
        track=track,
        start_s=spoken[0].start_s if spoken else 0,
        end_s=spoken[-1].end_s if spoken else 5,
        original_text="".join(word.text for word in spoken).strip(),
        edited_text=edited_text,
        language="en",
        words=tuple(spoken),
    )


def texts(*segments: StoredSegment) -> list[str]:
    return [cue.text for cue in build_cues(segments)]


def test_short_sentence_is_one_line() -> None:
    (cue,) = build_cues([segment(words("Good morning, everybody.", start_s=3))])

    assert (cue.text, cue.start_s, cue.end_s) == ("Good morning, everybody.", 3, 4.2)


def test_long_sentence_takes_two_lines_of_like_length() -> None:
    assert texts(
        segment(words("We shall meet again tomorrow at the station, at noon, under the clock.", word_s=0.3))
    ) == ["We shall meet again tomorrow at the\nstation, at noon, under the clock."]


def test_text_is_divided_where_a_sentence_ends() -> None:
    spoken = words("This is the first sentence, which is rather long, as you see. And this is the second, shorter one.")

    assert texts(segment(spoken)) == [
        "This is the first sentence,\nwhich is rather long, as you see.",
        "And this is the second, shorter one.",
    ]


def test_text_is_divided_at_a_long_pause() -> None:
    spoken = words("one two three four") + words("five six seven eight", start_s=7)

    assert texts(segment(spoken)) == ["one two three four", "five six seven eight"]


def test_sentence_too_short_to_read_joins_its_neighbour() -> None:
    spoken = words(
        "He tells us that at this festive season of the year, with Christmas and roast beef looming before us, "
        "similes drawn from eating and its results occur most readily to the mind. Yes. He has grave doubts whether "
        "his work is Greek after all and can discover in it but little of rocky Ithaca."
    )

    assert texts(segment(spoken))[2:4] == [
        "similes drawn from eating and its results\noccur most readily to the mind. Yes.",
        "He has grave doubts whether\nhis work is Greek after",
    ]


def test_chinese_is_divided_between_characters_at_its_punctuation() -> None:
    text = "今天我们讨论明年的预算，因为它比去年多了很多。大家都有什么意见？请一个一个地说，不要着急，我们有时间。"
    spoken = [Word(character, n * 0.2, n * 0.2 + 0.2, 0.9) for n, character in enumerate(text)]

    cues = texts(segment(spoken))

    assert "".join(cues).replace("\n", "") == text
    assert cues[0].endswith("。")
    assert all(columns(line) <= LINE_COLUMNS for cue in cues for line in cue.split("\n"))


def test_one_word_that_spans_a_whole_file_is_divided() -> None:
    """Engines without word times give one."""
    text = "This engine knows no word times and returns everything as a single word, however long it is."

    cues = build_cues([segment([Word(text, 0, 20, 1.0)])])

    assert " ".join(cue.text.replace("\n", " ") for cue in cues) == text
    assert all(cue.end_s - cue.start_s <= MAX_CUE_S for cue in cues)


def test_speaker_is_named_before_each_line() -> None:
    cues = build_cues(
        [segment(words("hello")), segment(words("hi there", start_s=2), track="computer")],
        labels={"me": "Me:", "computer": "Computer:"},
    )

    assert [cue.text for cue in cues] == ["Me: hello", "Computer: hi there"]


def test_edited_line_keeps_the_times_of_the_words_that_stayed() -> None:
    spoken = words("it is hard to wreck a nice beach today")

    edited = timed_words(segment(spoken, "It is hard to recognise speech today."))

    assert "".join(word.text for word in edited) == "It is hard to recognise speech today."
    assert [(word.start_s, word.end_s) for word in edited[:4]] == [(w.start_s, w.end_s) for w in spoken[:4]]
    assert (edited[-1].start_s, edited[-1].end_s) == (spoken[-1].start_s, spoken[-1].end_s)
    assert edited[4].start_s == spoken[4].start_s
    assert edited[5].end_s == spoken[7].end_s


def test_edit_of_a_line_without_words_is_spread_over_its_time() -> None:
    edited = timed_words(segment([], "ten chars!"))

    assert [(word.text, word.start_s, word.end_s) for word in edited] == [("ten", 0, 1.5), (" chars!", 1.5, 5)]


word_texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from([" the", " and,", " end.", "预算", " ", "", "\n\n", " -->", "　", "שלום", "👩‍👩‍👧"]),
)


@st.composite
def spoken_words(draw: st.DrawFn) -> list[Word]:
    time_s, spoken = draw(st.floats(0, 1e4)), []
    for text in draw(st.lists(word_texts, min_size=1, max_size=60)):
        start_s = time_s + draw(st.sampled_from([0, 0, 0, 0.3, 3]))
        time_s = start_s + draw(st.sampled_from([0, 0.05, 0.3, 0.5, 9]))
        spoken.append(Word(text, start_s, time_s, 0.5))
    return spoken


@settings(deadline=None)
@given(spoken_words(), st.one_of(st.none(), st.text(max_size=200)))
def test_every_cue_fits_and_nothing_is_left_out(spoken: list[Word], edited_text: str | None) -> None:
    line = segment(spoken, edited_text)

    cues = build_cues([line])

    for cue in cues:
        assert len(cue.lines) <= 2
        assert all(columns(part) <= LINE_COLUMNS for part in cue.text.split("\n"))
        assert 0 <= cue.end_s - cue.start_s <= MAX_CUE_S + 1e-6
    for cue, following in pairwise(cues):
        assert cue.end_s <= following.start_s
        assert cue.end_s - cue.start_s >= MIN_CUE_S - 1e-6 or cue.end_s == following.start_s
    assert "".join("".join(cue.text.split()) for cue in cues) == re.sub(r"[\s\x00-\x1f\x7f-\x9f]", "", line.text)


def test_a_full_stop_that_came_later_stays_with_its_word():
    spoken = [*words("so that was all"), Word(".", 1.2, 1.2, 1.0)]

    assert [word.text for word in timed_words(segment(spoken))] == [" so", " that", " was", " all."]
