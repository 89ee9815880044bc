"""Reads answers aloud with a voice of the system, sentence by sentence while they come."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, QObject, Signal

if TYPE_CHECKING:
    from desktop_app.context import AppContext

log = logging.getLogger(__name__)

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|(?<=[。！？])|\n+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SILENT_ENGINES = {"mock"}  # for tests: it only takes its time


class Speaker(QObject):
    """Speaks texts that still grow; the library is loaded when the first sentence comes.

    Signals:
        speaking_changed(bool)
    """

    speaking_changed = Signal(bool)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._voice: Any = None  # a QTextToSpeech
        self._is_missing = False  # there is no voice, and the user has been told
        self._waiting: deque[str] = deque()
        self._is_english = False
        self._n_taken = 0  # characters of the text that grows
        self._is_speaking = False
        context.closing.connect(self.stop)

    @property
    def is_speaking(self) -> bool:
        return self._is_speaking

    def speak(self, text: str, *, is_whole: bool = False, languages: Sequence[str] = ()) -> None:
        """Speaks the sentences of `text` that are complete and were not spoken yet; all of it when it is whole.

        Args:
            text: everything so far; the next one begins with `stop`.
            languages: those of the model that says it, as its `ModelEntry` has them.
        """
        self._is_english = tuple(languages) == ("en",)
        if self._is_missing:
            return
        sentences, self._n_taken = complete_sentences(text, self._n_taken, is_whole=is_whole)
        self._waiting += sentences
        if sentences:
            self._load()
            self._say_next()

    def stop(self) -> None:
        """Falls silent at once; the next text begins."""
        self._waiting.clear()
        self._n_taken = 0
        if self._voice is not None:
            self._voice.stop()
        self._set_speaking(False)

    def _load(self) -> None:
        """Not in a thread: a module of PySide that is loaded there while Qt is at work in another crashes the app."""
        if self._voice is None and not self._context.is_closing:
            self._voice = first_voice(_library())
            if self._voice is None:
                self._tell_missing()
            else:
                self._voice.stateChanged.connect(self._on_state_changed)

    def _tell_missing(self) -> None:
        self._is_missing = True
        self._waiting.clear()
        self._set_speaking(False)
        self._context.notify(
            "info",
            self.tr("This computer has no voice, so answers are not read aloud."),
            self.tr("On Linux, install speech-dispatcher with a voice such as espeak-ng, then start Sensorium again."),
        )

    def _say_next(self) -> None:
        if self._voice is None or not self._waiting or self._is_speaking:
            return
        text = self._waiting.popleft()
        locale = QLocale.system()
        if CHINESE.search(text):
            locale = QLocale(QLocale.Language.Chinese)
        elif self._is_english and locale.language() is not QLocale.Language.English:
            locale = QLocale(QLocale.Language.English)
        known = {other.language() for other in self._voice.availableLocales()} - {self._voice.locale().language()}
        if locale.language() in known:
            self._voice.setLocale(locale)
        self._set_speaking(True)
        self._voice.say(text)

    def _on_state_changed(self, state: Any) -> None:
        if state == type(state).Error:
            log.warning("the voice failed: %s", self._voice.errorString())
            self.stop()
        elif state == type(state).Ready and self._is_speaking:
            self._is_speaking = False
            if self._waiting:
                self._say_next()
            else:
                self.speaking_changed.emit(False)

    def _set_speaking(self, is_speaking: bool) -> None:
        if is_speaking is not self._is_speaking:
            self._is_speaking = is_speaking
            self.speaking_changed.emit(is_speaking)


def complete_sentences(text: str, start: int, *, is_whole: bool) -> tuple[list[str], int]:
    """The sentences of `text` from `start` on that have ended, and where the one begins that has not."""
    found = []
    for end in SENTENCE_END.finditer(text, start):
        if sentence := text[start : end.end()].strip():
            found.append(sentence)
        start = end.end()
    if is_whole:
        if rest := text[start:].strip():
            found.append(rest)
        start = len(text)
    return found, start


def first_voice(library: Any) -> Any:
    """A QTextToSpeech that works and has a voice; None where there is none."""
    for engine in library.availableEngines():
        if engine in SILENT_ENGINES:
            continue
        voice = library(engine)
        if voice.state() != library.State.Error and voice.availableVoices():
            return voice
        log.info("the speech engine %s has no voice: %s", engine, voice.errorString())
    return None


def _library() -> Any:
    from PySide6.QtTextToSpeech import QTextToSpeech

    return QTextToSpeech
