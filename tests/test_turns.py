"""Writers to a SQLite file come in turn: in the order of arrival, across threads and processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from delphi.unit_of_work.turns import PLACES, ProcessQueue, ThreadQueue, TurnTaken, in_turn

ROOT = Path(__file__).resolve().parents[1]
SOON = 20.0
HOLDER = """
import sys, time
from delphi.unit_of_work.turns import in_turn
with in_turn(sys.argv[1], time.monotonic() + 20):
    print("in front", flush=True)
    sys.stdin.readline()
"""
COUNTER = """
import sys, threading, time
from pathlib import Path
from delphi.unit_of_work.turns import in_turn
counter = Path(sys.argv[1] + ".count")

def count():
    for _ in range(20):
        with in_turn(sys.argv[1], time.monotonic() + 60):
            n = int(counter.read_text())
            time.sleep(0.0002)
            counter.write_text(str(n + 1))

threads = [threading.Thread(target=count) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def deadline(seconds=SOON):
    return time.monotonic() + seconds


def start(source, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", source, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.fixture
def database(tmp_path):
    return str(tmp_path / "x.sqlite")


@pytest.fixture
def holder(database):
    """Another process that has the turn."""
    process = start(HOLDER, database)
    assert process.stdout.readline() == "in front\n"
    yield process
    process.communicate()


def wait_until(condition):
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_threads_come_in_the_order_in_which_they_arrived():
    queue, order = ThreadQueue(), []
    assert queue.enter(SOON)

    def come(name):
        assert queue.enter(SOON)
        order.append(name)
        queue.leave()

    threads = []
    for name in range(6):
        threads.append(threading.Thread(target=come, args=(name,)))
        threads[-1].start()
        wait_until(lambda: len(queue._waiting) == len(threads))
    queue.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_whoever_leaves_and_comes_back_is_behind_those_who_waited(database):
    """The unfairness of a plain lock: the one that lets go is the first to take it again."""
    seen = []

    def write(name):
        for _ in range(30):
            with in_turn(database, deadline()):
                seen.append(name)
                time.sleep(0.0002)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    both = seen[seen.index("b" if seen[0] == "a" else "a") :][:20]
    assert both in (list("ab") * 10, list("ba") * 10)


def test_a_turn_that_does_not_come_in_time_is_given_up_and_blocks_nobody(database, holder):
    began = time.monotonic()
    with pytest.raises(TurnTaken), in_turn(database, deadline(0.1)):
        pytest.fail("two had the turn at once")
    assert time.monotonic() - began < SOON / 2
    holder.communicate("go\n")
    with in_turn(database, deadline()):
        pass


def test_a_thread_that_gives_up_leaves_the_queue_in_order():
    queue = ThreadQueue()
    assert queue.enter(SOON)
    assert not queue.enter(0.01)
    queue.leave()
    assert queue.enter(0)


def test_a_killed_process_gives_up_its_turn(database, holder):
    os.kill(holder.pid, signal.SIGKILL)
    with in_turn(database, deadline()):
        pass


def test_an_error_in_the_body_ends_the_turn(database):
    with pytest.raises(ZeroDivisionError), in_turn(database, deadline()):
        raise ZeroDivisionError
    with in_turn(database, deadline(1)):
        pass


def test_threads_of_several_processes_never_have_the_turn_together(database):
    """Each adds to a number that it read before; a turn for two at once would lose an addition."""
    counter = Path(f"{database}.count")
    counter.write_text("0")
    processes = [start(COUNTER, database) for _ in range(3)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert counter.read_text() == str(3 * 3 * 20)


def test_a_place_further_back_is_reached_when_the_front_is_taken(tmp_path):
    """One that gives up half way leaves no place locked behind it."""
    file = tmp_path / "x-turns"
    (file.parent / "x").touch()
    holder = start(HOLDER, tmp_path / "x")
    assert holder.stdout.readline() == "in front\n"
    queue = ProcessQueue(file)
    assert not queue.enter(deadline(0.05))
    holder.communicate("go\n")
    assert queue.enter(deadline())
    other = start(HOLDER, tmp_path / "x")
    queue.leave()
    assert other.stdout.readline() == "in front\n"
    other.communicate("go\n")
    assert PLACES > 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell its open files")
def test_no_file_stays_open_between_turns(database):
    def n_open():
        return len(list(Path("/proc/self/fd").iterdir()))

    before = n_open()
    for _ in range(5):
        with in_turn(database, deadline()):
            assert n_open() == before + 1
    assert n_open() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_stands_in_no_queue_of_its_parents_threads(database):
    source = f"""
import os, threading, time
from delphi.unit_of_work.turns import in_turn
inside, done = threading.Event(), threading.Event()
def hold():
    with in_turn({database!r}, time.monotonic() + 20):
        inside.set(); done.wait(20)
thread = threading.Thread(target=hold); thread.start(); inside.wait(20)
child = os.fork()
if child == 0:
    with in_turn({database!r}, time.monotonic() + 20):
        os._exit(7)
time.sleep(0.05)
done.set(); thread.join()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    process = start(source)
    assert process.communicate()[0] == "7\n"


@pytest.mark.parametrize("name", [None, "", ":memory:"])
def test_without_a_file_there_is_no_queue(name):
    with in_turn(name, deadline()), in_turn(name, deadline(0)):
        pass


def test_where_the_queue_cannot_be_kept_the_turn_is_had_all_the_same(tmp_path):
    with in_turn(str(tmp_path / "no" / "such" / "folder.sqlite"), deadline()):
        pass
