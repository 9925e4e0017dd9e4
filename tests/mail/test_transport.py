"""How messages leave: into files, into memory, and through a real conversation with a mail server."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from delphi.domain.errors import InvalidInput
from delphi.mail import smtp
from delphi.mail.messages import Address, Message
from delphi.mail.transport import (
    MailNotSent,
    MailRefused,
    check_mail_url,
    folder_of,
    memory,
    send,
    server_of,
)

NOW = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)


def letter(to="zoe@panel.example", name="Zoë Łukasz"):
    return Message(
        to=Address(to, name),
        subject="Making Connections: runde ŵ",
        text="Dear Zoë,\n\nhttps://delphi.example/link/3f9a\n",
        html="<p>Dear Zoë</p>",
        reply_to=Address("team@study.example", "Study team"),
        sender=Address("delphi@platform.example", "Making Connections"),
    )


class Mailbox:
    """A mail server's side of the conversation; `answers` are given instead of taking the message."""

    def __init__(self):
        self.taken = []
        self.recipient_answer = None
        self.data_answer = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if self.recipient_answer:
            return self.recipient_answer.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        if self.data_answer:
            return self.data_answer
        self.taken.append((envelope, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def start(mailbox, **options):
    controller = Controller(mailbox, hostname="127.0.0.1", port=0, **options)
    # Told to take any port, it would knock at port 0 to see whether it has started.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    return controller


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def server(mailbox):
    controller = start(mailbox, enable_SMTPUTF8=True)
    yield controller
    controller.stop()


def url(controller):
    return f"smtp://127.0.0.1:{controller.port}"


def send_it(mail_url, message=None):
    send(message or letter(), mail_url, now=NOW, reference="receipt:3:14")


# --- Through a mail server ------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_written(server, mailbox):
    send_it(url(server))
    [(envelope, email)] = mailbox.taken
    assert envelope.mail_from == "delphi@platform.example"
    assert envelope.rcpt_tos == ["zoe@panel.example"]
    assert email["To"].addresses[0].display_name == "Zoë Łukasz"
    assert email["From"].addresses[0].display_name == "Making Connections"
    assert email["Reply-To"].addresses[0].addr_spec == "team@study.example"
    assert email["Subject"] == "Making Connections: runde ŵ"
    assert email["Date"].datetime == NOW
    assert email["Auto-Submitted"] == "auto-generated"
    assert email.get_body(("plain",)).get_content().splitlines()[2] == "https://delphi.example/link/3f9a"
    assert "<p>Dear Zoë</p>" in email.get_body(("html",)).get_content()


def test_the_same_effect_sent_twice_can_be_told_by_its_message_id(server, mailbox):
    send_it(url(server))
    send_it(url(server))
    send(letter(), url(server), now=NOW, reference="receipt:3:15")
    ids = [email["Message-ID"] for _, email in mailbox.taken]
    assert ids[0] == ids[1] != ids[2]
    assert "receipt" not in ids[0]


def test_an_internationalised_domain_and_user_arrive(server, mailbox):
    send_it(url(server), letter(to="zoe@bücher.example"))
    send_it(url(server), letter(to="zoë@bücher.example"))
    assert [envelope.rcpt_tos for envelope, _ in mailbox.taken] == [
        ["zoe@xn--bcher-kva.example"],
        ["zoë@xn--bcher-kva.example"],
    ]


def test_a_server_that_cannot_write_such_a_user_refuses_for_good():
    controller = start(Mailbox(), enable_SMTPUTF8=False)
    try:
        with pytest.raises(MailRefused, match="letters beyond A to Z"):
            send_it(url(controller), letter(to="zoë@panel.example"))
    finally:
        controller.stop()


def test_an_unknown_recipient_is_refused_for_good_without_naming_them(server, mailbox):
    mailbox.recipient_answer = "550 5.1.1 <{}> no such user here"
    with pytest.raises(MailRefused, match=r"address \(550\)") as raised:
        send_it(url(server))
    assert "zoe" not in str(raised.value)


@pytest.mark.parametrize("answer", ["450 4.2.0 <{}> greylisted", "451 4.7.1 try again"])
def test_a_server_that_asks_for_patience_is_tried_again(server, mailbox, answer):
    mailbox.recipient_answer = answer
    with pytest.raises(MailNotSent) as raised:
        send_it(url(server))
    assert not isinstance(raised.value, MailRefused)


def test_a_message_that_is_refused_as_such_may_be_tried_again(server, mailbox):
    mailbox.data_answer = "554 5.7.1 looks like advertising to zoe@panel.example"
    with pytest.raises(MailNotSent, match=r"\(554\)") as raised:
        send_it(url(server))
    assert not isinstance(raised.value, MailRefused)
    assert "zoe" not in str(raised.value)


def test_a_server_that_is_down_is_named_and_tried_again(mailbox):
    controller = start(mailbox)
    address = url(controller)
    controller.stop()
    with pytest.raises(MailNotSent, match="could not be reached") as raised:
        send_it(address)
    assert not isinstance(raised.value, MailRefused)


def test_a_message_that_was_taken_stays_taken_whatever_the_farewell(server, mailbox, monkeypatch):
    def rude(self):
        raise OSError("gone")

    monkeypatch.setattr("smtplib.SMTP.quit", rude)
    send_it(url(server))
    assert len(mailbox.taken) == 1


def test_a_password_is_used_and_a_wrong_one_is_said(mailbox):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"p@ss/word", handled=False)

    controller = start(mailbox, authenticator=check, auth_require_tls=False)
    try:
        send_it(f"smtp://delphi:p%40ss%2Fword@127.0.0.1:{controller.port}")
        assert len(mailbox.taken) == 1
        with pytest.raises(MailNotSent, match="user name and password") as raised:
            send_it(f"smtp://delphi:secret-one@127.0.0.1:{controller.port}")
        assert "secret-one" not in str(raised.value)
    finally:
        controller.stop()


# --- Encryption -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody vouches for but itself."""
    if shutil.which("openssl") is None:
        pytest.skip("not run: there is no openssl on this machine to make a certificate with.")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", folder / "key", "-out", folder / "cert"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return folder / "cert", context


@pytest.fixture
def far_away(monkeypatch):
    """Treat servers on this machine as if they were somewhere else."""
    monkeypatch.setattr(smtp.Server, "is_this_machine", False)


def test_links_do_not_leave_the_machine_unencrypted(server, mailbox, far_away):
    with pytest.raises(MailNotSent, match="offers no encryption"):
        send_it(url(server))
    assert mailbox.taken == []


def test_whoever_runs_it_may_say_that_the_way_is_safe(server, mailbox, far_away):
    send_it(f"{url(server)}?tls=none")
    assert len(mailbox.taken) == 1


def test_encryption_is_turned_on_when_the_server_can(mailbox, far_away, certificate, monkeypatch):
    cert, context = certificate
    controller = start(mailbox, tls_context=context)
    try:
        with pytest.raises(MailNotSent, match="could not be trusted"):
            send_it(url(controller))
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        send_it(url(controller))
        [(envelope, _)] = mailbox.taken
        assert envelope.rcpt_tos == ["zoe@panel.example"]
    finally:
        controller.stop()


def test_smtps_is_encrypted_from_the_first_word(mailbox, certificate, monkeypatch):
    cert, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    controller = start(mailbox, ssl_context=context)
    try:
        send_it(f"smtps://127.0.0.1:{controller.port}")
        assert len(mailbox.taken) == 1
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("mail.example", False)],
)
def test_only_this_machine_is_near(host, is_here):
    assert smtp.Server(host, 25).is_this_machine is is_here


# --- Files, memory, settings ----------------------------------------------------------------------------


def test_a_file_is_there_whole_and_once(tmp_path):
    folder = tmp_path / "mail" / "out"
    for _ in range(2):
        send_it(f"file:{folder}")
    [file] = folder.iterdir()
    assert file.name.startswith("20240403T093000-")
    assert file.suffix == ".eml"
    email = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert email["To"].addresses[0].display_name == "Zoë Łukasz"


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "mail").write_text("a file", encoding="utf-8")
    with pytest.raises(MailNotSent, match="cannot be written"):
        send_it(f"file:{tmp_path / 'mail'}")


def test_memory_keeps_what_was_sent():
    memory.sent.clear()
    send_it("memory:")
    assert [email["Subject"] for email in memory.sent] == ["Making Connections: runde ŵ"]
    memory.sent.clear()


@pytest.mark.parametrize(
    "mail_url",
    ["", "mail.example.org", "http://x", "smtp://", "smtp://x:99999", "smtp://x?tls=maybe", "file:"],
)
def test_a_setting_that_makes_no_sense_is_refused_with_what_to_write(mail_url):
    with pytest.raises(InvalidInput, match="mail_url"):
        check_mail_url(mail_url)


def test_ports_and_folders_are_read_from_the_setting(tmp_path):
    assert server_of("smtp://mail.example").port == 587
    assert server_of("smtps://mail.example").port == 465
    assert server_of("smtp://mail.example:25").port == 25
    assert folder_of(f"file:{tmp_path}") == tmp_path
    assert folder_of(f"file://{tmp_path}") == tmp_path


def test_an_address_that_no_server_can_take_is_refused_for_good():
    with pytest.raises(MailRefused):
        send_it("memory:", letter(to="zoe@a..b"))
