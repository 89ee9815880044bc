from pathlib import Path

import pytest

from desktop_app.history.store import History
from desktop_app.widgets.transcript_pane import media_of


@pytest.mark.parametrize(("is_whole", "count"), [(True, 1), (False, 0)])
def test_a_file_is_heard_where_it_is_known_by_its_whole_path(tmp_path, monkeypatch, is_whole, count):
    """A name alone could be that of another file in the folder in which the window was started."""
    monkeypatch.chdir(tmp_path)
    path = Path("talk.wav").resolve() if is_whole else Path("talk.wav")
    path.touch()
    history = History(tmp_path / "history")
    item_id = history.begin(source=str(path), tracks=["file"]).result()
    history.finish(item_id, 1.0).result()

    assert len(media_of(history, item_id)) == count
    history.close()
