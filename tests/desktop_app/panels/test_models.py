import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QInputDialog

from desktop_app.panels.models import ModelCard, ModelsPanel
from tests.desktop_app.conftest import close
from workers.catalogue import download
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue
from workers.catalogue.download import Repository
from workers.errors import DownloadError

MODELS = """
[[model]]
id = "small"
title = "Small"
task = "speech"
engines = ["faster-whisper", "whisper"]
format = "ctranslate2"
source = "hub"
repo_id = "someone/small"
licence = "MIT"
languages = ["de"]
download_bytes = 1_500_000
proposed_for = ["cpu", "gpu-8gb", "gpu-24gb"]

[[model]]
id = "huge"
title = "Huge"
task = "speech"
engines = ["faster-whisper"]
format = "ctranslate2"
source = "hub"
repo_id = "someone/huge"
licence = "MIT"
languages = ["multilingual"]
download_bytes = 9_000_000_000_000

[[model]]
id = "tone"
title = "Tone"
task = "emotion"
engines = ["emotion"]
format = "transformers"
source = "hub"
repo_id = "someone/tone"
languages = ["en"]
"""


class HubCatalogue(Catalogue):
    """The real one but for the network: a download waits, then installs, or fails with what it is given."""

    def __init__(self, folder: Path) -> None:
        (folder / "models.toml").write_text(MODELS)
        super().__init__(folder / "models", folder / "models.toml")
        self.go_on = threading.Event()
        self.error: Exception | None = None
        self.was_cancelled = False

    def download(self, model_id, on_progress, cancelled=lambda: False):
        on_progress(0.25, "model.bin")
        while not self.go_on.wait(0.01):
            if cancelled():
                self.was_cancelled = True
                self.partial_folder(model_id).mkdir(parents=True)
                from workers.errors import Cancelled

                raise Cancelled
        if self.error:
            raise self.error
        (self.models_dir / model_id).mkdir(parents=True)
        return self.models_dir / model_id


@pytest.fixture
def catalogue(context, tmp_path) -> HubCatalogue:
    context.catalogue = HubCatalogue(tmp_path)
    return context.catalogue


@pytest.fixture
def panel(context, catalogue, qtbot) -> Iterator[ModelsPanel]:
    yield from opened(context, qtbot)


def opened(context, qtbot) -> Iterator[ModelsPanel]:
    """The page with its cards; as in the window, it goes when nothing reads the disk for it any more."""
    panel = ModelsPanel(context)
    panel.show()
    qtbot.waitUntil(lambda: bool(panel.cards), timeout=20_000)
    yield panel
    close(qtbot, context)
    panel.close()
    panel.deleteLater()


def shown(panel: ModelsPanel) -> set[str]:
    return {model_id for model_id, card in panel.cards.items() if card.isVisible()}


def test_cards_say_what_a_model_is_and_whether_it_fits(panel):
    small, huge = panel.cards["small"], panel.cards["huge"]

    assert small.facts.text() == "Speech  ·  Deutsch  ·  2 MB  ·  MIT  ·  faster-whisper, whisper"
    assert (small.group, huge.group) == ("proposed", "more")
    assert huge.badge.text() == "Too large"
    assert small.main.text() == "Download"


def test_a_long_title_ends_with_dots_where_the_window_is_small(panel, qtbot):
    card = panel.cards["small"]

    card.title.setText("A model with a long name " * 8)
    panel.resize(560, 460)

    qtbot.waitUntil(lambda: 0 < card.width() < 560)
    assert card.title.shown_text.endswith("…")


def test_a_card_is_as_high_as_its_texts_when_it_is_alone(panel, qtbot):
    card = panel.cards["small"]
    panel.resize(900, 700)

    panel.search.setText("deutsch")
    qtbot.waitUntil(lambda: shown(panel) == {"small"} and card.width() > 800)

    assert card.height() <= card.sizeHint().height()


def test_filters_go_together(panel):
    panel.search.setText("deutsch")
    assert shown(panel) == {"small"}
    panel.search.clear()
    panel.which.setCurrentIndex(panel.which.findData("fits"))
    assert shown(panel) == {"small", "tone"}
    panel.task.setCurrentIndex(panel.task.findData("emotion"))
    assert shown(panel) == {"tone"}

    panel.which.setCurrentIndex(panel.which.findData("installed"))
    assert shown(panel) == set()
    assert panel.nothing.isVisible()


def test_download_shows_progress_and_ends_in_use(panel, context, catalogue, messages, qtbot):
    card = panel.cards["small"]
    card.main.click()
    qtbot.waitUntil(lambda: card.progress.value() == 250)
    assert card.progress_text.text() == "Downloading 25%"
    assert card.main.isHidden()

    catalogue.go_on.set()
    qtbot.waitUntil(lambda: card.group == "installed")

    assert messages[-1].sentence == "“Small” is ready."
    assert card.used.isVisible()
    assert card.main.isHidden()


def test_cancelled_download_can_go_on(panel, catalogue, messages, qtbot):
    card = panel.cards["small"]
    card.main.click()
    card.cancel.click()
    qtbot.waitUntil(lambda: card.state.status == "partial")

    assert catalogue.was_cancelled
    assert card.main.text() == "Go on"
    assert card.badge.text() == "Interrupted"
    assert messages == []


def test_failed_download_is_said_and_can_be_tried_again(panel, catalogue, messages, qtbot):
    catalogue.error = DownloadError("The hub cannot be reached: {reason}.", hint="Check the network.", reason="timeout")
    catalogue.go_on.set()
    panel.cards["small"].main.click()
    qtbot.waitUntil(lambda: bool(messages))
    qtbot.waitUntil(lambda: panel.cards["small"].job is None)

    assert messages[0].sentence == "The hub cannot be reached: timeout."
    assert panel.cards["small"].main.isVisible()


def test_removing_asks_first(panel, catalogue, qtbot):
    card = panel.cards["small"]
    catalogue.go_on.set()
    card.main.click()
    qtbot.waitUntil(lambda: card.state.status == "installed")
    act = {text: act for text, _, act in card.actions_possible()}["Delete…"]
    act()
    assert card.question.isVisible()
    card.keep.click()
    assert not card.question.isVisible()

    act()
    card.remove.click()
    qtbot.waitUntil(lambda: card.state.status == "absent")
    assert not (catalogue.models_dir / "small").exists()


def test_use_chooses_the_model_and_an_engine_that_runs_it(panel, context, catalogue, qtbot):
    context.settings.hear.engine = "wav2vec2"
    catalogue.go_on.set()
    panel.cards["small"].main.click()
    qtbot.waitUntil(lambda: panel.cards["small"].state.status == "installed")
    panel.cards["small"].main.click()

    assert (context.settings.hear.engine, context.settings.hear.model) == ("faster-whisper", "small")
    assert panel.cards["small"].used.isVisible()


@pytest.fixture
def seeing(context, qtbot) -> Iterator[ModelsPanel]:
    """The page with the real catalogue, in which a chat and another CLIP are installed beside the starters."""
    for model_id in ("smolvlm-256m-instruct", "clip-vit-base-patch16"):
        (context.catalogue.models_dir / model_id).mkdir(parents=True)
    yield from opened(context, qtbot)


def test_what_see_and_draw_would_take_is_in_use(seeing, context):
    def used() -> set[str]:
        return {one for one, card in seeing.cards.items() if card.used.isVisible()} - {"whisper-base"}

    best = {"clip-vit-base-patch16", "starter-blip-caption", "smolvlm-256m-instruct", "starter-sd"}
    assert used() == best
    assert seeing.cards["smolvlm-256m-instruct"].used.toolTip() == "The page See uses this model"

    context.change_setting("see.ask_model", "server")

    assert used() == best - {"smolvlm-256m-instruct"}


def test_a_model_that_sees_is_taken_with_its_engine(seeing, context):
    for model_id in ("starter-vit", "starter-blip-vqa"):
        seeing.cards[model_id].main.click()

    see = context.settings.see
    assert (see.label_engine, see.label_model) == ("vit", "starter-vit")
    assert (see.ask_engine, see.ask_model) == ("blip", "starter-blip-vqa")
    assert seeing.cards["starter-vit"].used.isVisible()
    assert seeing.cards["starter-vit"].main.isHidden()


def test_a_model_in_use_is_not_deleted_without_a_word(seeing):
    for model_id in ("smolvlm-256m-instruct", "clip-vit-base-patch16"):
        {text: act for text, _, act in seeing.cards[model_id].actions_possible()}["Delete…"]()

        assert seeing.cards[model_id].question.text() == "The page See uses it. Delete it from this machine?"


def test_the_model_that_hear_would_take_is_in_use(panel, context, catalogue, qtbot):
    """The engine runs it, or where there is none that it runs, another engine does."""
    card = panel.cards["huge"]
    context.change_setting("hear.engine", "whisper")
    assert card.used.isHidden()

    for model_id, used in (("huge", "huge"), ("small", "small")):
        (catalogue.models_dir / model_id).mkdir(parents=True)
        panel.refresh()
        qtbot.waitUntil(lambda model_id=model_id: panel.cards[model_id].group == "installed")
        assert [one for one, card in panel.cards.items() if not card.used.isHidden()] == [used]


def test_a_model_that_was_chosen_and_is_gone_can_be_downloaded(panel, context):
    context.change_setting("hear.model", "small")

    assert panel.cards["small"].used.isHidden()
    assert panel.cards["small"].main.text() == "Download"
    assert panel.cards["small"].main.isVisible()


def test_a_model_of_the_hub_that_is_not_listed_is_added_and_shown(panel, catalogue, monkeypatch, qtbot):
    found = Repository('{"model_type": "clip"}', {"config.json": 22, "model.safetensors": 2_000_000})
    looked_up = []
    monkeypatch.setattr(download, "look_up", lambda repo_id, *_: looked_up.append(repo_id) or found)
    address = "https://huggingface.co/someone/own-clip/tree/main"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (address, True))

    panel.hub_button.click()

    qtbot.waitUntil(lambda: shown(panel) == {"own-clip"}, timeout=20_000)
    card = panel.cards["own-clip"]
    assert looked_up == ["someone/own-clip"]
    assert (card.main.text(), card.facts.text()) == ("Download", "Labels  ·  2 MB  ·  clip")
    {text: act for text, _, act in card.actions_possible()}["Remove from the list"]()
    qtbot.waitUntil(lambda: "own-clip" not in panel.cards, timeout=20_000)


def test_folder_that_holds_no_model_is_said(panel, messages, tmp_path, qtbot):
    panel.add_folder(tmp_path)
    qtbot.waitUntil(lambda: bool(messages))

    assert messages[0].kind == "error"
    assert str(tmp_path) in messages[0].sentence


@pytest.fixture
def own(panel, catalogue, tmp_path, qtbot) -> ModelCard:
    """The card of a folder of the user's own."""
    entry = catalogue.add_folder(shutil.copytree(STARTERS_DIR / "starter-wav2vec2", tmp_path / "mine"))
    panel.refresh()
    qtbot.waitUntil(lambda: entry.id in panel.cards)
    return panel.cards[entry.id]


def test_files_that_nothing_is_known_of_are_not_called_sound(own, messages, qtbot):
    own._on_verify()
    qtbot.waitUntil(lambda: bool(messages))

    assert "sound" not in messages[0].sentence
    assert "no checksums are known" in messages[0].sentence


def test_a_folder_that_was_moved_away_can_only_be_taken_from_the_list(panel, own, tmp_path, qtbot):
    (tmp_path / "mine").rename(tmp_path / "elsewhere")
    panel.refresh()
    qtbot.waitUntil(lambda: own.state.status == "absent")

    assert own.badge.text() == "Gone"
    assert str(tmp_path / "mine") in own.badge.toolTip()
    assert own.main.isHidden()
    assert [text for text, _, _ in own.actions_possible()] == ["Remove from the list"]


def test_catalogue_that_cannot_be_read_is_said(context, messages, tmp_path, qtbot):
    class Broken:
        def proposed(self, machine):
            raise DownloadError("The catalogue is damaged.")

    context.catalogue = Broken()
    panel = ModelsPanel(context)
    qtbot.addWidget(panel)
    qtbot.waitUntil(lambda: bool(messages))

    assert panel.stack.currentWidget() is panel.failure
    assert messages[0].action[0] == "Try again"


def test_a_model_that_the_chosen_engine_cannot_run_yet_is_converted(panel, context, catalogue, qtbot, monkeypatch):
    def convert(model_id, on_progress, cancelled):
        on_progress(0.5, "rename")
        catalogue.converted_folder(model_id).mkdir(parents=True)

    monkeypatch.setattr(catalogue, "convert", convert)
    (catalogue.models_dir / "small").mkdir(parents=True)
    context.change_setting("hear.engine", "whisper")
    panel.refresh()
    card = panel.cards["small"]
    qtbot.waitUntil(lambda: card.main.text() == "Convert" and card.main.isVisible())
    assert [text for text, _, _ in card.actions_possible()][1].startswith("Convert for the engine")

    card.main.click()

    qtbot.waitUntil(lambda: card.job is None and card.main.isHidden())
    assert catalogue.converted_folder("small").is_dir()
