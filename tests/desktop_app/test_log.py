import logging
import threading

import pytest

from desktop_app import log as app_log
from desktop_app.log import Ring


@pytest.fixture(autouse=True)
def torn_down():
    yield
    app_log.tear_down()


def logger_of(ring: Ring) -> logging.Logger:
    logger = logging.Logger("workers.engines")  # noqa: LOG001 - not one of the program's
    logger.addHandler(ring)
    return logger


def test_ring_gives_what_came_after_a_line():
    ring = Ring()
    logger = logger_of(ring)
    logger.info("loaded %s", "base")
    seen = ring.after(0)[-1].number
    logger.warning("slow")

    assert [(line.level, line.name, line.text) for line in ring.after(seen)] == [(30, "workers.engines", "slow")]
    assert ring.after(seen + 1) == []


def test_ring_forgets_the_oldest():
    ring = Ring(length=3)
    logger = logger_of(ring)
    for number in range(5):
        logger.info("%d", number)

    assert [line.text for line in ring.after(0)] == ["2", "3", "4"]


def test_ring_keeps_the_traceback():
    ring = Ring()
    try:
        raise ValueError("no samples")
    except ValueError:
        logger_of(ring).exception("gave up")

    assert "ValueError: no samples" in ring.after(0)[0].details


def test_ring_survives_wrong_arguments():
    ring = Ring()

    logger_of(ring).info("%d of %d", "one")

    assert ring.after(0)[0].text == "%d of %d"


def test_ring_numbers_lines_of_all_threads_without_gaps():
    ring = Ring()
    logger = logger_of(ring)
    threads = [threading.Thread(target=lambda: [logger.info("x") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [line.number for line in ring.after(0)] == list(range(1, 801))


def test_file_holds_info_and_worse(tmp_path):
    app_log.set_up(tmp_path / "log" / "sensorium.log")
    logging.getLogger("workers.live").info("started")
    logging.getLogger("workers.live").debug("a chunk")

    text = (tmp_path / "log" / "sensorium.log").read_text()

    assert "workers.live: started" in text
    assert "a chunk" not in text


def test_file_that_cannot_be_written_is_said_and_left_out(tmp_path):
    (tmp_path / "log").write_text("in the way")
    before = len(app_log.ring.after(0))

    app_log.set_up(tmp_path / "log" / "sensorium.log")

    assert "no log file" in app_log.ring.after(before)[-1].text


def test_set_up_twice_writes_a_line_once(tmp_path):
    for _ in range(2):
        app_log.set_up(tmp_path / "sensorium.log")
    logging.getLogger("desktop_app").info("once")

    assert (tmp_path / "sensorium.log").read_text().count("once") == 1
