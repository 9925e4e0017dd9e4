"""An outbox to look into, and a mail server that answers as it is told."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller

from delphi.extensions import db
from delphi.jobs.loop import run_due
from delphi.models.log import OutboxEntry
from delphi.services.outbox import enqueue
from delphi.unit_of_work import unit_of_work

NOW = datetime(2025, 2, 3, 9, tzinfo=UTC)


class Outbox:
    """Promises work, does what is due, and says what became of it."""

    def __init__(self, app, settings):
        self.app = app
        self.settings = settings

    def promise(self, kind, key, payload=None, due_at=NOW, study_id=None):
        with self.app.app_context(), unit_of_work():
            enqueue(kind, key=key, payload=payload or {}, due_at=due_at, study_id=study_id)

    def run(self, now=NOW, **options):
        with self.app.app_context():
            return run_due(now, self.settings, **options)

    def entries(self, prefix=""):
        with self.app.app_context():
            found = db.session.scalars(db.select(OutboxEntry).order_by(OutboxEntry.id)).all()
            return [entry for entry in found if entry.key.startswith(prefix)]

    def entry(self, key):
        [found] = [entry for entry in self.entries(key) if entry.key == key]
        return found

    def mailing_to(self, mail_url):
        return Outbox(self.app, replace(self.settings, mail_url=mail_url))


class MailServer:
    """A mail server; `answer` is what it says instead of taking a message."""

    def __init__(self):
        self.taken = []
        self.answer = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if self.answer:
            return self.answer.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def outbox(app, settings):
    return Outbox(app, settings)


@pytest.fixture
def mail_server():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def later():
    """`NOW` and some more."""
    return lambda **parts: NOW + timedelta(**parts)


@pytest.fixture
def invited(small_study):
    """The small study, running, with one person who has been invited by mail."""
    from delphi.services import invitations, panel

    small_study.seal().publish_drafts()
    common = {"study_id": small_study.id, "actor": small_study.lead, "now": small_study.imported_at}
    with small_study.work():
        person = panel.register_panellist(
            name="Zoë Łukasz", email="zoe@panel.example", group="users", **common
        )
        small_study.zoe = person.code
        small_study.zoe_id = person.id
    with small_study.work():
        invitations.invite(codes=[small_study.zoe], **common)
    return small_study


@pytest.fixture
def joined(invited, outbox):
    """The same, after she has got her invitation and has consented."""
    from delphi.services import consent

    outbox.run(invited.imported_at)
    with invited.work():
        consent.give_consent(
            study_id=invited.id,
            code=invited.zoe,
            given=frozenset({"c1", "c2"}),
            how="phone",
            actor=invited.lead,
            now=invited.imported_at,
        )
    return invited
