"""Downloads against a loopback hub; the child process and huggingface_hub are the real ones."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.workers.catalogue.conftest import COMMIT, LoopbackHub
from workers.catalogue.catalogue import Catalogue, ModelStatus
from workers.errors import AppError, Cancelled, DiskError, DownloadError, ModelBroken, UsageError


def silent(fraction: float, message: str) -> None: ...


def test_download_brings_the_wanted_files_and_reports_bytes(catalogue: Catalogue, hub: LoopbackHub):
    progress: list[tuple[float, str]] = []

    folder = catalogue.download("tiny-whisper", lambda *args: progress.append(args))

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: hub.files[name] for name in ("config.json", "tokenizer.json", "empty.txt", "model.safetensors")
    }
    assert catalogue.status("tiny-whisper") is ModelStatus.INSTALLED
    assert catalogue.locate("tiny-whisper") == folder
    assert progress == sorted(progress)
    assert all(0 <= fraction <= 1 for fraction, _ in progress)


def test_download_records_the_commit_and_the_hashes(catalogue: Catalogue, hub: LoopbackHub):
    catalogue.download("tiny-whisper", silent)

    record = json.loads((catalogue.models_dir / "tiny-whisper.json").read_text())
    assert record["commit"] == COMMIT
    assert set(record["files"]) == {"config.json", "tokenizer.json", "empty.txt", "model.safetensors"}


def test_downloading_again_fetches_nothing_and_a_removed_model_comes_back_at_its_commit(
    catalogue: Catalogue, hub: LoopbackHub
):
    catalogue.download("tiny-whisper", silent)
    hub.requests.clear()

    catalogue.download("tiny-whisper", silent)
    assert hub.requests == []

    catalogue.remove("tiny-whisper")
    assert catalogue.status("tiny-whisper") is ModelStatus.ABSENT
    catalogue.download("tiny-whisper", silent)
    assert hub.requests[0][0].startswith(f"/api/models/someone/tiny-whisper/revision/{COMMIT}")


@pytest.fixture
def empty(tmp_path: Path) -> Catalogue:
    """A catalogue that lists nothing."""
    (tmp_path / "models.toml").write_text("model = []")
    return Catalogue(tmp_path / "models", tmp_path / "models.toml")


def test_a_repository_that_no_list_has_is_looked_up_and_downloaded(empty: Catalogue, hub: LoopbackHub):
    hub.card = {"language": ["de", "en"], "license": "mit"}

    folder = empty.download("someone/tiny-whisper", silent)

    (entry,) = Catalogue(empty.models_dir, empty.models_dir.with_name("models.toml")).entries()
    assert (entry.id, entry.title, entry.task) == ("tiny-whisper", "tiny-whisper (Whisper)", "speech")
    assert (entry.engines, entry.languages, entry.licence) == (("whisper",), ("multilingual",), "mit")
    assert entry.download_bytes == sum(path.stat().st_size for path in folder.iterdir())
    assert empty.entry("someone/tiny-whisper") == entry
    assert empty.locate("tiny-whisper") == folder

    empty.remove("tiny-whisper")
    assert empty.entries() == []
    assert not (empty.models_dir / "tiny-whisper.json").exists()  # somebody else's may have the same name


@pytest.mark.parametrize(
    ("config", "problem"),
    [(b'{"architectures": ["BertModel"]}', "holds a 'BertModel', which the app cannot use"), (b"[]", "no readable")],
)
def test_a_repository_of_another_kind_is_not_listed(empty: Catalogue, hub: LoopbackHub, config: bytes, problem: str):
    hub.files["config.json"] = config

    with pytest.raises(ModelBroken, match=problem):
        empty.add_repository("someone/tiny-whisper", silent)

    assert empty.entries() == []


def test_a_whisper_of_ctranslate2_is_told_by_its_configuration(empty: Catalogue, hub: LoopbackHub):
    hub.files = {"config.json": b'{"alignment_heads": [[1, 2]]}', "model.bin": b"weights", "tokenizer.json": b"{}"}

    entry = empty.add_repository("someone/tiny-whisper", silent)

    assert (entry.format, entry.engines[0], entry.download_bytes) == ("ctranslate2", "faster-whisper", 38)


def test_what_is_no_name_of_a_repository_is_told(empty: Catalogue):
    with pytest.raises(UsageError, match=r"'\.\./x' is no repository of the hub\. Write it as owner/name"):
        empty.add_repository("../x", silent)


def test_a_file_that_differs_from_its_first_download_is_refused(catalogue: Catalogue, hub: LoopbackHub):
    catalogue.download("tiny-whisper", silent)
    catalogue.remove("tiny-whisper")
    hub.files["model.safetensors"] = b"x" * 2**21  # the hub's own hash agrees

    with pytest.raises(DownloadError, match=r"model\.safetensors.*wrong checksum"):
        catalogue.download("tiny-whisper", silent)


def test_cancel_ends_a_silent_download_at_once_and_the_next_one_resumes(catalogue: Catalogue, hub: LoopbackHub):
    hub.pause_after = 2**20
    cancel = threading.Event()
    threading.Thread(target=lambda: (hub.is_paused.wait(), _wait_for_bytes(catalogue), cancel.set())).start()

    with pytest.raises(Cancelled):
        catalogue.download("tiny-whisper", silent, cancel.is_set)
    assert catalogue.status("tiny-whisper") is ModelStatus.PARTIAL
    have = (catalogue.partial_folder("tiny-whisper") / "model.safetensors").stat().st_size

    hub.pause_after = None
    hub.may_go_on.set()
    folder = catalogue.download("tiny-whisper", silent)
    assert hub.requests[-1] == (f"/someone/tiny-whisper/resolve/{COMMIT}/model.safetensors", f"bytes={have}-")
    assert (folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]


def _wait_for_bytes(catalogue: Catalogue) -> None:
    part = catalogue.partial_folder("tiny-whisper") / "model.safetensors"
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_broken_connection_is_taken_up_where_it_broke(catalogue: Catalogue, hub: LoopbackHub):
    hub.break_after = 1_500_000

    folder = catalogue.download("tiny-whisper", silent)

    assert (folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert hub.requests[-1][1] not in ("", "bytes=0-")


def test_a_server_that_goes_away_leaves_a_partial_download(catalogue: Catalogue, hub: LoopbackHub):
    hub.break_after = 0

    with pytest.raises(DownloadError, match=r"cannot be reached.*is kept"):
        catalogue.download("tiny-whisper", silent)

    assert catalogue.status("tiny-whisper") is ModelStatus.PARTIAL


@pytest.mark.parametrize(("name", "size"), [("model.safetensors", 2**21), ("config.json", None)])
def test_a_wrong_checksum_is_told_and_not_kept(catalogue: Catalogue, hub: LoopbackHub, name: str, size: int | None):
    hub.served_instead[name] = b"x" * (size or len(hub.files[name]))

    with pytest.raises(DownloadError, match=f"{name}.*wrong checksum and was deleted"):
        catalogue.download("tiny-whisper", silent)
    assert catalogue.status("tiny-whisper") is ModelStatus.PARTIAL

    hub.served_instead.clear()
    catalogue.download("tiny-whisper", silent)
    assert catalogue.status("tiny-whisper") is ModelStatus.INSTALLED


@pytest.mark.parametrize(
    ("status", "error_code", "sentence"),
    [
        (404, "RepoNotFound", "has no 'someone/tiny-whisper'"),
        (404, "RevisionNotFound", "no longer has version main"),
        (401, "", "error 401 for 'someone/tiny-whisper'. Sign in"),
        (401, "GatedRepo", "asks for an agreement"),
        (403, "", "error 403"),
    ],
)
def test_a_refusal_is_a_sentence(catalogue: Catalogue, hub: LoopbackHub, status: int, error_code: str, sentence: str):
    hub.status, hub.error_code = status, error_code

    with pytest.raises(DownloadError, match=sentence) as caught:
        catalogue.download("tiny-whisper", silent)

    assert caught.value.hint
    assert catalogue.status("tiny-whisper") is ModelStatus.ABSENT


def test_no_network_is_a_sentence(catalogue: Catalogue, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port, where nobody listens

    with pytest.raises(DownloadError, match="The hub cannot be reached") as caught:
        catalogue.download("tiny-whisper", silent)

    assert "network" in caught.value.hint


def test_a_repository_without_safetensors_gives_its_pickle(catalogue: Catalogue, hub: LoopbackHub):
    hub.files["pytorch_model.bin"] = hub.files.pop("model.safetensors")[:1000]

    folder = catalogue.download("tiny-whisper", silent)

    assert (folder / "pytorch_model.bin").is_file()


def test_a_broken_model_is_mended_by_its_broken_file_only(catalogue: Catalogue, hub: LoopbackHub):
    folder = catalogue.download("tiny-whisper", silent)
    (folder / "tokenizer.json").write_bytes(b"[]")
    hub.requests.clear()

    catalogue.download("tiny-whisper", silent)

    assert [path.rpartition("/")[2] for path, _ in hub.requests[1:]] == ["tokenizer.json"]
    assert catalogue.verify("tiny-whisper") == 4


def test_two_downloads_of_one_model_do_not_mix(catalogue: Catalogue, hub: LoopbackHub):
    hub.pause_after = 2**20
    cancel = threading.Event()
    errors: list[BaseException] = []

    def first() -> None:
        try:
            catalogue.download("tiny-whisper", silent, cancel.is_set)
        except Cancelled as error:
            errors.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert hub.is_paused.wait(30)

    with pytest.raises(DownloadError, match="being downloaded already"):
        catalogue.download("tiny-whisper", silent)

    cancel.set()
    thread.join()
    assert len(errors) == 1


@pytest.fixture
def tiny_disk(catalogue: Catalogue) -> Iterator[None]:
    """A file system of 1 MiB under the models folder."""
    catalogue.models_dir.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(catalogue.models_dir)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a file system")
    yield
    subprocess.run(["umount", str(catalogue.models_dir)], check=True)


@pytest.mark.usefixtures("tiny_disk")
def test_too_little_room_is_told_before_anything_comes(catalogue: Catalogue, hub: LoopbackHub):
    with pytest.raises(DiskError, match=r"needs 102\.1 MB.*has 1\.0 MB"):
        catalogue.download("tiny-whisper", silent)

    assert not any("/resolve/" in path for path, _ in hub.requests)


FILL = """
import resource, sys
from pathlib import Path
from workers.catalogue.catalogue import Catalogue
from workers.errors import DiskError
catalogue = Catalogue(Path(sys.argv[1]), Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))  # the helper process inherits it
try:
    catalogue.download("tiny-whisper", lambda *_: None)
except DiskError as error:
    print(error)
"""


def test_a_disk_that_fills_up_is_a_sentence_and_the_rest_comes_later(
    catalogue: Catalogue, hub: LoopbackHub, tmp_path: Path
):
    command = [sys.executable, "-c", FILL, str(catalogue.models_dir), str(tmp_path / "models.toml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3])

    assert "The disk is full" in done.stdout, done.stderr
    assert catalogue.status("tiny-whisper") is ModelStatus.PARTIAL
    catalogue.download("tiny-whisper", silent)
    assert hub.requests[-1][1] == f"bytes={2**20}-"


ENDLESS = """
import sys
from pathlib import Path
from workers.catalogue.catalogue import Catalogue
Catalogue(Path(sys.argv[1]), Path(sys.argv[2])).download("tiny-whisper", lambda *_: None)
"""


def test_the_helper_process_does_not_outlive_a_killed_app(catalogue: Catalogue, hub: LoopbackHub, tmp_path: Path):
    hub.pause_after = 2**20
    command = [sys.executable, "-c", ENDLESS, str(catalogue.models_dir), str(tmp_path / "models.toml")]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as app:
        assert hub.is_paused.wait(60)
        (helper,) = psutil.Process(app.pid).children()
        app.kill()

    assert psutil.wait_procs([helper], timeout=30)[1] == []
    hub.pause_after = None
    hub.may_go_on.set()
    catalogue.download("tiny-whisper", silent)  # and its lock is free


def test_an_error_keeps_its_kind_and_values_on_the_way_out_of_the_helper_process(
    catalogue: Catalogue, hub: LoopbackHub
):
    hub.status = 500

    with pytest.raises(AppError) as caught:
        catalogue.download("tiny-whisper", silent)

    assert type(caught.value) is DownloadError
    assert caught.value.values["status"] == 500


def test_the_window_imports_neither_torch_nor_the_hub_client():
    code = (
        "import sys; import workers.catalogue.download, workers.catalogue.convert, workers.catalogue.catalogue;"
        "print({'torch', 'transformers', 'ctranslate2', 'huggingface_hub', 'httpx2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=os.getcwd())
    assert done.stdout.strip() == "set()"
