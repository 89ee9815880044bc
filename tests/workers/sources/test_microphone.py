from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.sound_hardware import NO_SERVER, alsa_microphone, pulse_server
from tests.workers.sources.collector import Collector
from workers.errors import DeviceError
from workers.results import SAMPLE_RATE_HZ, Notice, Samples
from workers.sources.capture_process import is_recording
from workers.sources.devices import DEFAULT_MONITOR_ID
from workers.sources.microphone import HUNG_S, LOOK_S, Microphone, _error


def tone(seconds: float, *, hz: float = 440.0, rate_hz: int = 44_100) -> np.ndarray:
    """Stereo int16, the same on both channels."""
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)
    return np.stack([wave, wave], axis=1) * 32767


def strongest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)[spectrum.argmax()])


def test_microphone_gives_its_sound_as_16_khz_mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(2.0), monkeypatch)
    heard = Collector()

    microphone = Microphone(device_id)
    microphone.start(heard.on_samples, heard.on_end)
    heard.wait_for_s(1.0)
    microphone.stop()

    one_second = heard.samples[:SAMPLE_RATE_HZ]
    assert one_second.dtype == np.float32
    assert strongest_hz(one_second) == pytest.approx(440, abs=2)
    assert np.abs(one_second).max() == pytest.approx(0.5, abs=0.02)
    assert heard.ends == [None]


def test_default_microphone_keeps_real_time_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ramp = np.repeat(np.arange(1, 30_001)[:, None], 2, axis=1)
    with pulse_server(tmp_path, monkeypatch) as server:
        alsa_microphone(tmp_path, ramp, monkeypatch, server=server)
        heard = Collector()

        microphone = Microphone(None)
        microphone.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.8)
        microphone.stop()

    expected = np.arange(1, 10_001) * (44_100 / SAMPLE_RATE_HZ) / 32768
    assert heard.samples[500:9500] == pytest.approx(expected[500:9500], abs=2e-3)
    assert microphone.overflows == 0


def test_pause_lets_nothing_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        alsa_microphone(tmp_path, tone(20.0), monkeypatch, server=server)
        heard = Collector()
        microphone = Microphone(None)
        microphone.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.2)

        microphone.pause()
        microphone.stop()

    assert len(heard.samples) < 1.0 * SAMPLE_RATE_HZ
    assert heard.ends == [None]


def test_microphone_that_is_paused_before_it_opens_hears_nothing_until_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_id = alsa_microphone(tmp_path, tone(2.0), monkeypatch)
    heard = Collector()
    microphone = Microphone(device_id)

    microphone.pause()
    microphone.start(heard.on_samples, heard.on_end)
    was_paused = microphone._capture._is_paused
    microphone.resume()
    heard.wait_for_s(0.5)
    microphone.stop()

    assert was_paused
    assert heard.ends == [None]


def test_resume_goes_on_hearing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(2.0), monkeypatch)
    heard = Collector()
    microphone = Microphone(device_id)
    microphone.start(heard.on_samples, heard.on_end)
    microphone.pause()

    microphone.resume()
    heard.wait_for_s(len(heard.samples) / SAMPLE_RATE_HZ + 1.0)
    microphone.stop()

    assert heard.ends == [None]


def test_monitor_hears_what_the_computer_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        server.pactl("load-module", "module-sine", "sink=speaker", "frequency=1000")
        heard = Collector()

        computer = Microphone(DEFAULT_MONITOR_ID, track="computer")
        computer.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(1.5)
        computer.stop()

    assert computer.device_name == "Speaker"
    assert strongest_hz(heard.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(1000, abs=4)


def test_microphone_and_monitor_record_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        server.plug_in_microphone()
        server.pactl("load-module", "module-sine", "sink=speaker", "frequency=1000")
        me, computer = Collector(), Collector()
        microphone, monitor = Microphone(None, "me"), Microphone(DEFAULT_MONITOR_ID, "computer")

        microphone.start(me.on_samples, me.on_end)
        monitor.start(computer.on_samples, computer.on_end)
        computer.wait_for_s(1.0)
        me.wait_for_s(1.0)
        microphone.stop()
        monitor.stop()

    assert microphone.device_name == "Headset"
    assert strongest_hz(me.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(440, abs=4)
    assert strongest_hz(computer.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(1000, abs=4)


def test_unplugged_microphone_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        module = server.plug_in_microphone()
        heard = Collector()
        microphone = Microphone("pulse:headset", reconnect_s=0)
        microphone.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.2)

        server.unplug(module)
        heard.wait_for_end()
        microphone.stop()

    (error,) = heard.ends
    assert isinstance(error, DeviceError)
    assert "'Headset' was unplugged" in error.sentence


def test_microphone_goes_on_when_it_is_plugged_in_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, notices = Collector(), queue.Queue[Notice]()
    with pulse_server(tmp_path, monkeypatch) as server:
        module = server.plug_in_microphone()
        microphone = Microphone("pulse:headset", on_notice=notices.put)
        microphone.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.2)

        server.unplug(module)
        lost = notices.get(timeout=20)
        server.plug_in_microphone()
        found = notices.get(timeout=20)
        heard.wait_for_s(len(heard.samples) / SAMPLE_RATE_HZ + 0.2)
        microphone.stop()

    assert lost.sentence == "'Headset' was unplugged or does not answer."
    assert (lost.condition, lost.track, lost.device_name) == ("away", "me", "Headset")
    assert (found.condition, found.sentence) == ("", "Recording goes on with 'Headset'.")
    assert heard.ends == [None]


def test_microphone_follows_the_default_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, notices, gaps = Collector(), queue.Queue[Notice](), queue.Queue[None]()
    with pulse_server(tmp_path, monkeypatch) as server:
        server.add_microphone("Desk", 440)
        server.add_microphone("Headset", 1000)
        server.pactl("set-default-source", "Desk")
        microphone = Microphone(None, on_notice=notices.put, on_gap=lambda: gaps.put(None))
        microphone.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.2)

        server.pactl("set-default-source", "Headset")
        notice = notices.get(timeout=20)
        heard.wait_for_s(len(heard.samples) / SAMPLE_RATE_HZ + 1.0)
        microphone.stop()

    assert (notice.condition, notice.sentence) == ("moved", "Recording goes on with 'Headset'.")
    assert gaps.qsize() == 1
    assert strongest_hz(heard.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(1000, abs=4)
    assert heard.ends == [None]


def test_monitor_follows_the_default_loudspeaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, notices = Collector(), queue.Queue[Notice]()
    with pulse_server(tmp_path, monkeypatch) as server:
        computer = Microphone(DEFAULT_MONITOR_ID, track="computer", on_notice=notices.put)
        computer.start(heard.on_samples, heard.on_end)
        heard.wait_for_s(0.2)

        headphones = "sink_properties=device.description=Headphones"
        server.pactl("load-module", "module-null-sink", "sink_name=headphones", headphones)
        server.pactl("load-module", "module-sine", "sink=headphones", "frequency=1000")
        server.pactl("set-default-sink", "headphones")
        notice = notices.get(timeout=20)
        heard.wait_for_s(len(heard.samples) / SAMPLE_RATE_HZ + 1.0)
        computer.stop()

    assert (notice.condition, notice.device_name, notice.track) == ("moved", "Headphones", "computer")
    assert strongest_hz(heard.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(1000, abs=4)


def test_microphone_that_was_chosen_stays_when_the_default_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, notices = Collector(), queue.Queue[Notice]()
    with pulse_server(tmp_path, monkeypatch) as server:
        server.add_microphone("Desk", 440)
        server.add_microphone("Headset", 1000)
        server.pactl("set-default-source", "speaker.monitor")
        microphone = Microphone("pulse:Desk", on_notice=notices.put)
        microphone.start(heard.on_samples, heard.on_end)

        server.pactl("set-default-source", "Headset")
        heard.wait_for_s(len(heard.samples) / SAMPLE_RATE_HZ + 2.5)
        microphone.stop()

    assert notices.empty()
    assert strongest_hz(heard.samples[-SAMPLE_RATE_HZ // 2 :]) == pytest.approx(440, abs=4)


def test_silent_microphone_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, np.zeros((44_100, 2)), monkeypatch)
    heard, notices = Collector(), queue.Queue[Notice]()

    microphone = Microphone(device_id, on_notice=notices.put)
    microphone.start(heard.on_samples, heard.on_end)
    notice = notices.get(timeout=20)
    heard.wait_for_s(8.0)
    microphone.stop()

    assert "silence" in notice.sentence
    assert notice.condition == "silent"
    assert notices.empty()


def test_microphone_that_was_silent_tells_when_it_gives_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.concatenate([np.zeros((4 * 44_100, 2)), np.full((44_100, 2), 1000)])
    device_id = alsa_microphone(tmp_path, sound, monkeypatch)
    heard, notices = Collector(), queue.Queue[Notice]()

    microphone = Microphone(device_id, on_notice=notices.put)
    microphone.start(heard.on_samples, heard.on_end)
    told = [notices.get(timeout=20) for _ in range(2)]
    microphone.stop()

    assert [notice.condition for notice in told] == ["silent", ""]


def test_no_microphone_at_all_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pulse_server(tmp_path, monkeypatch), pytest.raises(DeviceError, match=r"No microphone"):
        Microphone(None).start(print, print)  # there is only a loudspeaker


def test_missing_microphone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)

    with pytest.raises(DeviceError, match="'USB Audio' is not connected"):
        Microphone("ALSA:USB Audio").start(print, print)


def test_microphone_that_could_not_be_opened_takes_every_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)
    microphone = Microphone("ALSA:USB Audio")
    with pytest.raises(DeviceError):
        microphone.start(print, print)

    microphone.pause()
    microphone.resume()
    microphone.stop()


def test_sound_that_the_card_lost_is_a_gap_each_time_and_told_once() -> None:
    gaps, notices = queue.Queue[None](), queue.Queue[Notice]()
    microphone = Microphone(on_notice=notices.put, on_gap=lambda: gaps.put(None))

    microphone._on_overflow()
    microphone._on_overflow()

    assert (gaps.qsize(), notices.qsize()) == (2, 1)


def test_killed_recording_process_is_a_lost_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    heard = Collector()
    microphone = Microphone(device_id, reconnect_s=0)
    microphone.start(heard.on_samples, heard.on_end)

    microphone._capture.kill()
    heard.wait_for_end()
    microphone.stop()

    assert isinstance(heard.ends[0], DeviceError)


def test_stop_while_the_device_is_away_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    monkeypatch.setattr("workers.sources.microphone.RETRY_S", 60.0)
    heard, notices = Collector(), queue.Queue[Notice]()
    microphone = Microphone(device_id, on_notice=notices.put, reconnect_s=60.0)
    microphone.start(heard.on_samples, heard.on_end)

    microphone._capture.kill()
    away = notices.get(timeout=20)
    microphone.stop()

    assert away.condition == "away"
    assert heard.ends == [None]


def looks_that_take_a_moment(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Makes waiting for a silent process quick; released whenever a look at it was in vain."""
    in_vain = threading.Semaphore(0)

    def look(sources: list[int], timeout_s: float) -> list[object]:
        ready = wait(sources, timeout_s / 20)
        if not ready:
            in_vain.release()
        return ready

    monkeypatch.setattr("workers.sources.microphone.wait", look)
    return in_vain


def test_recording_process_that_hangs_is_a_lost_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    heard = Collector()
    microphone = Microphone(device_id, reconnect_s=0)
    microphone.start(heard.on_samples, heard.on_end)
    heard.wait_for_s(0.2)

    os.kill(microphone._capture._process.pid, signal.SIGSTOP)
    looks_that_take_a_moment(monkeypatch)
    heard.wait_for_end()
    microphone.stop()

    assert isinstance(heard.ends[0], DeviceError)


def test_recording_process_that_hangs_in_a_pause_is_lost_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    heard = Collector()
    microphone = Microphone(device_id, reconnect_s=0)
    microphone.start(heard.on_samples, heard.on_end)

    microphone.pause()
    os.kill(microphone._capture._process.pid, signal.SIGSTOP)
    in_vain = looks_that_take_a_moment(monkeypatch)
    for _ in range(2 * int(HUNG_S / LOOK_S)):
        assert in_vain.acquire(timeout=20)
    ends_while_paused = list(heard.ends)
    microphone.resume()
    heard.wait_for_end()
    microphone.stop()

    assert ends_while_paused == []
    assert isinstance(heard.ends[0], DeviceError)


def test_pause_of_a_recording_process_that_has_died_hides_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    heard, paused = Collector(), threading.Event()
    microphone = Microphone(device_id, reconnect_s=0)

    def listen(samples: Samples) -> None:
        heard.on_samples(samples)
        paused.wait(20)

    microphone.start(listen, heard.on_end)
    heard.wait_for_s(0.01)
    microphone._capture.kill()
    microphone._capture._process.wait()
    microphone.pause()
    paused.set()
    heard.wait_for_end()
    microphone.stop()

    assert isinstance(heard.ends[0], DeviceError)


def test_recording_process_ends_with_a_killed_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    code = (
        "from workers.sources.microphone import Microphone; "
        f"Microphone({device_id!r}).start(lambda samples: None, print); print('started', flush=True); input()"
    )
    window = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with window:
        assert window.stdout is not None
        window.stdout.readline()
        (recording,) = psutil.Process(window.pid).children()

        window.kill()

    gone, _ = psutil.wait_procs([recording], timeout=20)
    assert gone == [recording]


def test_sound_systems_chatter_stays_off_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    device_id = alsa_microphone(tmp_path, tone(1.0), monkeypatch)
    heard = Collector()

    microphone = Microphone(device_id)
    microphone.start(heard.on_samples, heard.on_end)
    microphone.stop()

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("busy", "'USB Audio' is in use."),
        ("missing", "'USB Audio' is not connected."),
        ("refused", "'USB Audio' could not be opened: no such rate."),
        ("lost", "'USB Audio' was unplugged or does not answer."),
    ],
)
def test_every_reason_has_a_sentence_and_a_hint(reason: str, sentence: str) -> None:
    error = _error(reason, "USB Audio", "no such rate")

    assert error.sentence == sentence
    assert error.hint


def test_card_that_another_program_records_is_busy(tmp_path: Path) -> None:
    status = tmp_path / "card0" / "pcm0c" / "sub0" / "status"
    status.parent.mkdir(parents=True)

    status.write_text("closed\n")
    was_recording = is_recording(tmp_path)
    status.write_text("state: RUNNING\nowner_pid : 4711\n")

    assert not was_recording
    assert is_recording(tmp_path)
