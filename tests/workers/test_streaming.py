"""The policy, replayed on a virtual clock: nothing said is lost, nothing committed is taken back."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.results import Commit, Hypothesis, Partial, Word
from workers.streaming import KEPT_S, Streaming, StreamingOptions, Window, same_word, with_sound
from workers.vad import FRAME_S

OPTIONS = StreamingOptions(step_s=0.4, hold_back_s=0.5, evidence=1.3, patience_s=2.0)
Hear = Callable[[Window], Hypothesis]


def sentence(text: str, *, start_s: float = 0.5, word_s: float = 0.3, gap_s: float = 0.05) -> list[Word]:
    """Words spoken one after the other; each "|" is a second of silence."""
    words, now_s = [], start_s
    for part in text.split():
        if part == "|":
            now_s += 1.0
        else:
            words.append(Word(f" {part}", now_s, now_s + word_s, 0.9))
            now_s += word_s + gap_s
    return words


@dataclass
class Speaker:
    """Somebody who speaks `words`, and an engine that hears of them what is in the window."""

    words: list[Word]
    hear: Hear | None = None
    windows: list[Window] = field(default_factory=list)
    needed_from_s: float = 0.0

    def probability(self, frame: int) -> float:
        middle_s = (frame + 0.5) * FRAME_S
        return 0.95 if any(word.start_s - 0.05 <= middle_s <= word.end_s + 0.05 for word in self.words) else 0.02

    def understood(self, window: Window) -> Hypothesis:
        """Words that are whole in the window, and a guess for one that its edge cuts."""
        heard = []
        for word in self.words:
            if word.start_s >= window.start_s - 0.01 and word.end_s <= window.stop_s:
                heard.append(word)
            elif window.start_s <= word.start_s < window.stop_s - 0.1:
                heard.append(Word(" guess", word.start_s, window.stop_s, 0.4))
        return Hypothesis(tuple(shifted(word, -window.start_s) for word in heard), "en", 1.0)

    def say_all(self, policy: Streaming, *, frames_at_once: int = 1, decode_s: float = 0.0) -> list[Partial | Commit]:
        """Everything the policy says about it, to the end and past the last word."""
        n_frames = round((self.words[-1].end_s if self.words else 0.0) / FRAME_S) + 40
        results: list[Partial | Commit] = []
        for first in range(0, n_frames, frames_at_once):
            results += policy.hear(self.probability(i) for i in range(first, min(first + frames_at_once, n_frames)))
            results += self.answer(policy, decode_s)
        return results + policy.close() + self.answer(policy, decode_s)

    def answer(self, policy: Streaming, decode_s: float = 0.0) -> list[Partial | Commit]:
        results: list[Partial | Commit] = []
        while (window := policy.next_window()) is not None:
            assert window.start_s >= self.needed_from_s  # what was let go is gone
            self.windows.append(window)
            hypothesis = (self.hear or self.understood)(window)
            results += policy.take(window, hypothesis, decode_s=decode_s)
        self.needed_from_s = policy.needed_from_s
        return results


def shifted(word: Word, by_s: float) -> Word:
    return Word(word.text, word.start_s + by_s, word.end_s + by_s, word.probability)


def committed(results: list[Partial | Commit]) -> list[Word]:
    return [word for result in results if isinstance(result, Commit) for word in result.words]


def text(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()


def segments(results: list[Partial | Commit]) -> list[str]:
    lines = [""]
    for commit in (result for result in results if isinstance(result, Commit)):
        lines[-1] += commit.text
        if commit.ends_segment:
            lines.append("")
    return [line.strip() for line in lines if line]


LONG = "the quick brown fox jumps over the lazy dog | and then it sleeps | | | | until the evening comes around again"


# ── what must always hold ────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_said_is_committed_once_and_in_order():
    speaker = Speaker(sentence(LONG))

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert text(committed(results)) == LONG.replace("| ", "")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 1.0), st.floats(0.3, 0.9), st.integers(1, 60))
def test_a_shaky_engine_loses_no_time_and_repeats_nothing(seed: int, step_s: float, hold_back_s: float, at_once: int):
    """Words that change their text, their times and their probability from look to look."""
    chance = random.Random(seed)
    speaker = Speaker(sentence(" ".join(f"w{i}" if i % 7 else f"w{i} |" for i in range(60))))

    def shaky(window: Window) -> Hypothesis:
        words = []
        for word in speaker.understood(window).words:
            if chance.random() < 0.9:
                heard = word.text if chance.random() < 0.8 else " other"
                jitter_s = chance.uniform(-0.1, 0.1)
                words.append(Word(heard, max(0.0, word.start_s + jitter_s), word.end_s + jitter_s, chance.random()))
        return Hypothesis(tuple(words), "en", 1.0)

    speaker.hear = shaky
    policy = Streaming("me", StreamingOptions(step_s=step_s, hold_back_s=hold_back_s))
    results = speaker.say_all(policy, frames_at_once=at_once)

    words = committed(results)
    spoken = [word.text for word in words if word.text != " other"]
    assert all(a.start_s <= b.start_s for a, b in itertools.pairwise(words))
    assert spoken == list(dict.fromkeys(spoken))
    assert 30 <= len(words) <= 75
    assert isinstance(results[-1], Commit) or not results[-1].words


def test_the_partial_is_empty_at_the_end():
    results = Speaker(sentence("one two three")).say_all(Streaming("me", OPTIONS))

    assert results[-1] == Partial("me", (), "en")
    assert [result.ends_segment for result in results if isinstance(result, Commit)][-1]


def test_the_first_window_starts_before_the_first_word():
    speaker = Speaker(sentence("hello there", start_s=2.0))

    speaker.say_all(Streaming("me", OPTIONS))

    assert 1.4 <= speaker.windows[0].start_s <= 1.95


def test_stop_in_the_middle_of_a_word_flushes_what_was_heard():
    speaker, policy = Speaker(sentence("one two three four")), Streaming("me", OPTIONS)
    results = policy.hear(speaker.probability(i) for i in range(44))  # up to 1.41 s: inside "three"
    results += speaker.answer(policy)

    results += policy.close() + speaker.answer(policy)

    assert text(committed(results)) == "one two guess"


@pytest.mark.parametrize("silent_s", [0.0, 3.0])
@pytest.mark.parametrize("spoken_s", [0.3, 0.5, 0.7, 0.9])
def test_stop_before_a_first_word_is_heard_asks_for_no_audio_that_was_let_go(silent_s: float, spoken_s: float):
    speaker = Speaker(sentence("one two three", start_s=silent_s))
    speaker.hear = lambda _: Hypothesis((), "en", 1.0)
    policy = Streaming("me", OPTIONS, language="en")
    for frame in range(round((silent_s + spoken_s) / FRAME_S)):
        policy.hear([speaker.probability(frame)])
        speaker.answer(policy)

    policy.close()
    speaker.answer(policy)

    assert speaker.windows[-1].stop_s == pytest.approx(policy.heard_s)


# ── when words are committed ─────────────────────────────────────────────────────────────────────────────────────────


def heard_by(policy: Streaming, seconds: float, *windows_words: list[Word]) -> list[Partial | Commit]:
    """Feeds speech without a pause, and one hypothesis after each stretch of `seconds`."""
    results: list[Partial | Commit] = []
    for words in windows_words:
        results += policy.hear([0.9] * round(seconds / FRAME_S))
        window = policy.next_window()
        assert window is not None
        hypothesis = Hypothesis(tuple(shifted(word, -window.start_s) for word in words), "en", 1.0)
        results += policy.take(window, hypothesis)
    return results


def test_a_word_that_is_sure_is_committed_when_two_looks_agree():
    word = Word(" yes", 0.1, 0.4, 0.9)
    policy = Streaming("me", OPTIONS)

    assert committed(heard_by(policy, 0.96, [word])) == []
    assert text(committed(heard_by(policy, 0.48, [word]))) == "yes"


def test_a_doubtful_word_must_agree_more_often():
    word = Word(" perhaps", 0.1, 0.4, 0.5)
    policy = Streaming("me", OPTIONS)

    assert committed(heard_by(policy, 0.48, [word], [word])) == []
    assert text(committed(heard_by(policy, 0.48, [word]))) == "perhaps"


def test_a_word_at_the_edge_waits():
    policy = Streaming("me", OPTIONS)

    results = heard_by(policy, 0.48, [Word(" one", 0.1, 0.4, 0.9)], [Word(" one", 0.1, 0.7, 0.9)])

    assert committed(results) == []


def test_a_word_that_keeps_changing_is_committed_when_patience_ends():
    policy = Streaming("me", OPTIONS)
    changing = [[Word(f" {name}", 0.1, 0.4, 0.6)] for name in ("ash", "bay", "cat", "dog", "elk", "fox", "gnu")]

    assert text(committed(heard_by(policy, 0.48, *changing))) == "elk"


def test_case_and_punctuation_do_not_count():
    policy = Streaming("me", OPTIONS)

    results = heard_by(policy, 0.96, [Word(" Yes,", 0.1, 0.4, 0.9)], [Word(" yes", 0.1, 0.42, 0.9)])

    assert text(committed(results)) == "yes"


def test_a_pause_commits_everything_without_another_look():
    speaker, policy = Speaker(sentence("one two three")), Streaming("me", OPTIONS)
    results: list[Partial | Commit] = []
    frame = 0
    while text(committed(results)) != "three":
        results = policy.hear([speaker.probability(frame)])
        looks_before = len(speaker.windows)
        frame += 1
        if not results:
            speaker.answer(policy)

    assert len(speaker.windows) == looks_before
    assert frame * FRAME_S - speaker.words[-1].end_s <= OPTIONS.min_silence_s + 0.15


def test_a_long_segment_ends_with_a_sentence():
    words = sentence("a b c d e f g h. i j k l m n o p q r s t")
    policy = Streaming("me", StreamingOptions(segment_s=1.0))

    results = Speaker(words).say_all(policy)

    assert segments(results) == ["a b c d e f g h.", "i j k l m n o p q r s t"]


# ── where a sentence ends ────────────────────────────────────────────────────────────────────────────────────────────


def stops_at_the_edge(speaker: Speaker) -> Speaker:
    """As Whisper does: the last word that is heard gets a full stop, whatever follows it later."""

    def hear(window: Window) -> Hypothesis:
        *words, last = speaker.understood(window).words or [None]
        if last is not None:
            words.append(replace(last, text=last.text.rstrip(".") + "."))
        return Hypothesis(tuple(words), "en", 1.0)

    speaker.hear = hear
    return speaker


def test_a_pause_in_a_sentence_leaves_no_full_stop():
    speaker = stops_at_the_edge(Speaker(sentence("this nation should commit itself | to achieving the goal")))

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert segments(results) == ["this nation should commit itself to achieving the goal."]


def test_a_pause_after_a_sentence_ends_the_segment():
    speaker = stops_at_the_edge(Speaker(sentence("that was all. | Now the next one")))

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert segments(results) == ["that was all.", "Now the next one."]


def test_a_long_silence_ends_the_sentence():
    speaker = stops_at_the_edge(Speaker(sentence("that was all | | | | and now something else")))

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert segments(results) == ["that was all.", "and now something else."]


def test_the_full_stop_of_the_last_word_is_shown_as_unsure_at_once():
    speaker, policy = stops_at_the_edge(Speaker(sentence("that was all"))), Streaming("me", OPTIONS)
    results: list[Partial | Commit] = []
    frame = 0
    while text(committed(results)) != "that was all":
        results += policy.hear([speaker.probability(frame)])
        results += speaker.answer(policy)
        frame += 1

    assert results[-1] == Partial("me", (Word(".", results[-1].words[0].start_s, speaker.words[-1].end_s, 1.0),), "en")


def test_an_engine_without_full_stops_ends_a_segment_at_a_pause_when_it_is_long():
    words = sentence("a b c d | e f g h | i j k l")

    results = Speaker(words).say_all(Streaming("me", StreamingOptions(segment_s=3.0)))

    assert segments(results) == ["a b c d e f g h", "i j k l"]


# ── what is not said ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_silence_asks_for_nothing():
    speaker = Speaker([])

    assert speaker.say_all(Streaming("me", OPTIONS)) == []
    assert speaker.windows == []


def test_words_after_the_voice_are_dropped():
    speaker = Speaker(sentence("one two"))

    def hallucinating(window: Window) -> Hypothesis:
        last_s = window.stop_s - window.start_s
        return Hypothesis((*speaker.understood(window).words, Word(" Thanks!", last_s, last_s + 1, 0.9)), "en", 1.0)

    speaker.hear = hallucinating

    assert text(committed(speaker.say_all(Streaming("me", OPTIONS)))) == "one two"


def test_what_whisper_calls_no_speech_is_dropped():
    speaker = Speaker(sentence("one two"))
    speaker.hear = lambda _: Hypothesis((Word(" you", 0.0, 0.5, 0.3),), "en", 1.0, no_speech_prob=0.9, avg_logprob=-1.5)

    assert committed(speaker.say_all(Streaming("me", OPTIONS))) == []


def test_a_loop_has_no_time_and_is_dropped():
    said = [Word(" we", 0.0, 0.2, 0.9), Word(" hope", 0.2, 0.5, 0.9), Word(" so", 0.5, 0.7, 0.9)]
    loop = [Word(f" {name}", 0.5, 0.5, 0.9) for name in ("we", "hope", "we", "hope")]

    assert with_sound(said) == said
    assert with_sound([*said, *loop]) == said
    assert with_sound([*said[:2], *loop, said[2]]) == said
    assert with_sound([*said, *loop, Word(" so", 0.7, 0.9, 0.9)]) == [*said[:2], Word(" so", 0.5, 0.9, 0.9)]


def test_a_word_said_twice_is_no_loop():
    twice = [Word(" no", 0.0, 0.2, 0.9), Word(" a", 0.2, 0.21, 0.9), Word(" no", 0.3, 0.5, 0.9)]

    assert with_sound(twice) == twice


def test_the_same_word_later_is_another_word():
    assert same_word(Word(" no", 0, 0.3, 1), Word(" No!", 0.2, 0.5, 1), within_s=0.5)
    assert not same_word(Word(" no", 0, 0.3, 1), Word(" no", 1.0, 1.3, 1), within_s=0.5)


# ── keeping up ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slow_engine_is_asked_less_often():
    often, seldom = Speaker(sentence(LONG)), Speaker(sentence(LONG))

    often.say_all(Streaming("me", OPTIONS), decode_s=0.1)
    results = seldom.say_all(Streaming("me", OPTIONS), decode_s=1.0)

    assert len(seldom.windows) < len(often.windows) / 1.5
    assert text(committed(results)) == LONG.replace("| ", "")


def test_audio_that_piled_up_comes_in_windows_an_engine_can_take():
    words = sentence(" ".join(f"w{i}" for i in range(200)))  # 70 s without a pause
    speaker = Speaker(words)

    results = speaker.say_all(Streaming("me", OPTIONS), frames_at_once=10_000)

    assert max(window.stop_s - window.start_s for window in speaker.windows) <= 28.0
    assert [word.text for word in committed(results)] == [word.text for word in words]


def test_windows_stay_short_and_reach_back_to_committed_words():
    speaker = Speaker(sentence(" ".join(f"w{i}" for i in range(100))))

    speaker.say_all(Streaming("me", OPTIONS))

    lengths_s = [window.stop_s - window.start_s for window in speaker.windows[20:]]
    assert max(lengths_s) <= OPTIONS.max_window_s + 1.0
    assert min(lengths_s) >= OPTIONS.context_s


def test_a_short_pause_keeps_the_context_and_a_long_one_drops_it():
    speaker = Speaker(sentence("one two | three four | | | | five six"))

    speaker.say_all(Streaming("me", OPTIONS))

    starts_s = sorted({round(window.start_s, 1) for window in speaker.windows})
    assert len(starts_s) == 2
    assert starts_s[1] > speaker.words[3].end_s + 3


def test_old_audio_is_let_go():
    speaker, policy = Speaker(sentence("one two three")), Streaming("me", OPTIONS)
    speaker.say_all(policy)

    policy.hear([0.01] * round(30 / FRAME_S))

    assert policy.needed_from_s == pytest.approx(policy.heard_s - KEPT_S)


def test_music_without_words_stays_in_short_windows():
    speaker, policy = Speaker([]), Streaming("me", OPTIONS)
    speaker.hear = lambda _: Hypothesis(())

    for _ in range(1000):
        policy.hear([0.9])
        speaker.answer(policy)

    assert (
        max(window.stop_s - window.start_s for window in speaker.windows) <= OPTIONS.max_window_s + 2 * OPTIONS.step_s
    )


# ── languages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def bilingual(german_from_s: float, *, probability: float = 0.95) -> Speaker:
    """Speaks the words of English until a time, then German; asked for a language, it writes that one."""
    words = sentence("one two three four five six | | | un deux trois quatre cinq six sept huit")
    speaker = Speaker(words)

    def hear(window: Window) -> Hypothesis:
        spoken = "en" if (window.start_s + window.stop_s) / 2 < german_from_s else "de"
        hypothesis = speaker.understood(window)
        if window.language in (None, spoken):
            certainty = probability if spoken == "de" else 0.95
            return Hypothesis(hypothesis.words, spoken, certainty if window.language is None else 1.0)
        wrong = tuple(Word(" wrong", word.start_s, word.end_s, word.probability) for word in hypothesis.words)
        return Hypothesis(wrong, window.language, 1.0)

    speaker.hear = hear
    return speaker


def test_the_language_may_change_after_a_pause():
    speaker = bilingual(german_from_s=4.0)

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert " wrong" not in [word.text for word in committed(results)]
    assert [result.language for result in results if isinstance(result, Commit) and result.ends_segment] == ["en", "de"]


def test_a_doubtful_change_of_language_is_none():
    speaker = bilingual(german_from_s=4.0, probability=0.45)

    results = speaker.say_all(Streaming("me", OPTIONS))

    assert {result.language for result in results if isinstance(result, Commit)} == {"en"}


def test_a_chosen_language_is_not_questioned():
    speaker = bilingual(german_from_s=4.0)

    speaker.say_all(Streaming("me", OPTIONS, language="en"))

    assert {window.language for window in speaker.windows} == {"en"}


def test_an_engine_of_one_language_is_asked_once():
    speaker = Speaker(sentence(LONG))

    speaker.say_all(Streaming("me", OPTIONS))

    assert [window.language for window in speaker.windows].count(None) == 1


def test_a_skipped_window_is_not_asked_for_again():
    policy = Streaming("me", OPTIONS)
    policy.hear([0.9] * 40)
    window = policy.next_window()

    policy.skip(window)

    policy.hear([0.9] * 40)
    assert policy.next_window().start_s == pytest.approx(window.stop_s)
