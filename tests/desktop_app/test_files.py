import pytest

from desktop_app.files import write_file
from tests.small_disk import files_end_at
from workers.errors import DiskError


def test_file_that_finds_no_room_leaves_what_was_there(tmp_path):
    path = tmp_path / "drawing.ora"
    write_file(path, b"of yesterday")

    with files_end_at(20), pytest.raises(DiskError, match="full"):
        write_file(path, b"of today, and much longer")

    assert path.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_file_that_may_not_be_replaced_stays(tmp_path):
    path = tmp_path / "drawing.ora"
    path.write_bytes(b"of yesterday")

    with pytest.raises(DiskError, match="already there"):
        write_file(path, b"of today", replaces=False)

    assert path.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [path]
