"""Answers are spoken sentence by sentence; Qt's own mock engine takes its time without a sound."""

import pytest
from PySide6.QtCore import QLocale, QObject, Signal

from desktop_app.sessions import speaker
from desktop_app.sessions.speaker import Speaker, complete_sentences


@pytest.fixture
def voice(context, monkeypatch) -> Speaker:
    monkeypatch.setattr(speaker, "SILENT_ENGINES", {"speechd"})
    return Speaker(context)


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """What the voice is given."""
    texts: list[str] = []
    first_voice = speaker.first_voice

    def listening_voice(library):
        voice = first_voice(library)
        say = voice.say
        monkeypatch.setattr(voice, "say", lambda text: [texts.append(text), say(text)], raising=False)
        return voice

    monkeypatch.setattr(speaker, "first_voice", listening_voice)
    return texts


class ScriptedVoice(QObject):
    """Knows three languages and says nothing."""

    stateChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._locale = QLocale("fr_FR")

    def availableLocales(self) -> list[QLocale]:
        return [QLocale(name) for name in ("de_DE", "en_GB", "zh_CN")]

    def locale(self) -> QLocale:
        return self._locale

    def setLocale(self, locale: QLocale) -> None:
        self._locale = locale

    def say(self, text: str) -> None: ...

    def stop(self) -> None: ...


@pytest.mark.parametrize(
    ("text", "start", "is_whole", "found", "rest"),
    [
        ("A cat. It sle", 0, False, ["A cat."], 7),
        ("A cat. It sleeps.", 7, True, ["It sleeps."], 17),
        ("It costs 3.50 now", 0, False, [], 0),
        ("A cat.", 0, False, [], 0),
        ('He said "no." Then', 0, False, ['He said "no."'], 14),
        ("一只猫。它在睡", 0, False, ["一只猫。"], 4),
        ("one\n\n- two", 0, False, ["one"], 5),
        ("  ", 0, True, [], 2),
    ],
)
def test_a_sentence_is_complete_when_what_follows_it_has_begun(text, start, is_whole, found, rest):
    assert complete_sentences(text, start, is_whole=is_whole) == (found, rest)


def test_sentences_are_spoken_one_after_the_other_while_the_text_grows(qtbot, voice, said):
    told: list[bool] = []
    voice.speaking_changed.connect(told.append)

    voice.speak("A cat. It")
    qtbot.waitUntil(lambda: said == ["A cat."], timeout=20_000)
    voice.speak("A cat. It sleeps.", is_whole=True)
    qtbot.waitUntil(lambda: said == ["A cat.", "It sleeps."], timeout=20_000)
    qtbot.waitUntil(lambda: not voice.is_speaking, timeout=20_000)

    assert (told[0], told[-1]) == (True, False)


@pytest.mark.parametrize(
    ("text", "languages", "language"),
    [
        ("A cat.", ("en",), QLocale.Language.English),
        ("A cat.", (), QLocale.Language.German),
        ("一只猫。", ("en",), QLocale.Language.Chinese),
    ],
)
def test_the_voice_speaks_the_language_of_the_model(voice, monkeypatch, text, languages, language):
    spoken = ScriptedVoice()
    monkeypatch.setattr(speaker, "first_voice", lambda _library: spoken)
    monkeypatch.setattr(speaker.QLocale, "system", lambda: QLocale("de_DE"))

    voice.speak(text, is_whole=True, languages=languages)

    assert spoken.locale().language() is language


def test_stop_falls_silent_and_the_next_text_begins(qtbot, voice, said):
    voice.speak("One. Two. Three. ")
    qtbot.waitUntil(lambda: said == ["One."], timeout=20_000)

    voice.stop()
    assert not voice.is_speaking
    voice.speak("Four.", is_whole=True)
    qtbot.waitUntil(lambda: not voice.is_speaking, timeout=20_000)

    assert said == ["One.", "Four."]


def test_a_machine_without_a_voice_is_told_so_once(qtbot, context, messages, monkeypatch):
    monkeypatch.setattr(speaker, "SILENT_ENGINES", {"mock", "speechd"})
    voice = Speaker(context)

    voice.speak("One.", is_whole=True)
    qtbot.waitUntil(lambda: bool(messages), timeout=20_000)
    voice.stop()
    voice.speak("Two.", is_whole=True)

    assert [message.sentence for message in messages] == ["This computer has no voice, so answers are not read aloud."]
