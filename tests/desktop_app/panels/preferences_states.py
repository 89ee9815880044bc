"""What the page Preferences looks like further down, for pictures that are judged by eye."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.panels.preferences import PreferencesPanel


def states(page: PreferencesPanel) -> Iterator[str | None]:
    """Shows the top of the page, then the options of some engines alone, and says which."""
    yield "top"
    see = page._context.settings.see
    see.engine_options = {"llava": {"weights": "3-bit", "gone": 1}}
    for section, engine in (
        ("hear", "faster-whisper"), ("see", "clip"), ("see", "chat-vlm"), ("see", "server"), ("see", "llava"),
        ("draw", "stable-diffusion"),
    ):  # fmt: skip
        page.options[section].pick(engine)
        for card in (*page.cards.values(), *page.options.values()):
            card.setVisible(card is page.options[section])
        yield f"{section}-{engine}"
    see.engine_options = {}
    page.search.setText("bit")
    yield "search"
    page.search.clear()
