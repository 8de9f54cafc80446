"""Many read at a time, or one changes."""

from __future__ import annotations

import threading

from hub.index.lock import ReadWriteLock


def test_a_writer_waits_for_readers_and_holds_back_new_ones() -> None:
    lock = ReadWriteLock()
    events: list[str] = []
    reading, may_end = threading.Event(), threading.Event()

    def read_long() -> None:
        with lock.reading():
            reading.set()
            may_end.wait(10)
            events.append("first reader")

    def write() -> None:
        with lock.writing():
            events.append("writer")

    def read() -> None:
        with lock.reading():
            events.append("second reader")

    threads = [threading.Thread(target=read_long)]
    threads[0].start()
    reading.wait(10)
    threads.append(threading.Thread(target=write))
    threads[1].start()
    while not lock._writers:
        pass
    threads.append(threading.Thread(target=read))
    threads[2].start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert events == ["first reader", "writer", "second reader"]
