"""The processes that stay: they start with a sentence, do the outbox's work, and end when they are told."""

from __future__ import annotations

import signal
import socket
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from delphi.clock import now
from delphi.models.log import OutboxState
from delphi.services import invitations, panel

PATIENCE_SECONDS = 20.0


@contextmanager
def running(process):
    """A process that is ended whatever happens."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(condition, process=None):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = condition()
        if found:
            return found
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def page(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def invited(small_study):
    """Twenty people have been invited, and nobody has sent the messages."""
    small_study.seal()
    with small_study.work():
        common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.imported_at}
        codes = [
            panel.register_panellist(
                name=f"Person {n}", email=f"p{n}@panel.example", group="users", **common
            ).code
            for n in range(20)
        ]
        invitations.invite(codes=codes, **common)
    return small_study


def mails(delphi):
    return list(Path(delphi.settings.mail_url.removeprefix("file:")).glob("*.eml"))


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_serve_shows_pages_sends_mail_and_ends_cleanly(delphi, invited, port, sign):
    with running(delphi.start("serve", "--port", port)) as process:
        wait_for(lambda: page(port, "/readyz") == "ready\n", process)
        wait_for(lambda: len(mails(delphi)) == 20, process)
        process.send_signal(sign)
        stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert stdout.startswith(f"Delphi is running at http://127.0.0.1:{port}.")
    assert stdout.endswith("Stopped.\n")
    assert "Traceback" not in stderr
    assert "panel.example" not in stderr
    assert f"http://127.0.0.1:{port}/" in mails(delphi)[0].read_text(encoding="utf-8").replace("=\n", "")


@pytest.mark.slow
def test_serve_says_that_a_port_is_taken(delphi, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        code, stdout, stderr = delphi.run("serve", "--port", port)
    assert (code, stdout) == (1, "")
    assert stderr.startswith(f"Port {port} is taken by another program")


@pytest.mark.slow
def test_serve_says_what_is_wrong_with_a_setting(delphi, port):
    code, _, stderr = delphi.run("serve", "--port", port, DELPHI_MAIL_URL="mail.example.org")
    assert code == 1
    assert "mail_url must be" in stderr


@pytest.mark.slow
def test_a_worker_sends_mail_while_another_process_writes(delphi, invited, outbox_states):
    with running(delphi.start("worker")) as process:
        wait_for(lambda: len(mails(delphi)) == 20, process)
        with invited.work():
            person = panel.register_panellist(
                study_id=invited.id,
                name="Late",
                email="late@panel.example",
                group="users",
                actor=invited.lead,
                now=now(),
            )
            invitations.invite(study_id=invited.id, codes=[person.code], actor=invited.lead, now=now())
        wait_for(lambda: len(mails(delphi)) == 21, process)
        process.send_signal(signal.SIGTERM)
        stdout, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert stdout.endswith("Stopped.\n")
    assert set(outbox_states()) == {OutboxState.DONE}


@pytest.fixture
def outbox_states(app):
    """The state of each message; what the clock has to do on a later day waits for that."""
    from delphi.extensions import db
    from delphi.models.log import OutboxEntry

    def read():
        with app.app_context():
            return db.session.scalars(db.select(OutboxEntry.state).where(OutboxEntry.kind == "message")).all()

    return read


@pytest.mark.slow
def test_sigterm_in_the_middle_of_many_messages_loses_none(delphi, invited, outbox_states):
    """The message that is being sent is finished and marked; the next start sends the rest."""
    with running(delphi.start("worker")) as process:
        wait_for(lambda: mails(delphi), process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert outbox_states().count(OutboxState.DONE) == len(mails(delphi))
    with running(delphi.start("worker")) as process:
        wait_for(lambda: set(outbox_states()) == {OutboxState.DONE}, process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert len(mails(delphi)) == 20
