"""News reach each channel once, whatever fails or is killed when; nothing goes out in the clear."""

from __future__ import annotations

import email
import html
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from email.policy import default as parsed
from pathlib import Path
from types import SimpleNamespace

import pytest

from litmap import operating_system
from litmap.catalogue import Catalogue, utc_now
from litmap.cli import main
from litmap.digests import MailAddress, make_digest, to_mail
from litmap.errors import SettingsError, Unconfirmed, Unsafe, WebError
from litmap.export_marks import is_export
from litmap.models import Event, EventKind
from litmap.notes import read_notes
from litmap.operating_system import notification_command, show_notification
from litmap.pipeline import RefreshRun
from litmap.pipeline.deliveries import channels, deliver, send_digest
from litmap.settings import Settings, load_settings
from litmap.web import mail as mails
from tests import mail_server

NOW, LATER = "2026-11-03T06:00:00Z", "2026-11-04T06:00:00Z"
EVENTS = [
    Event(EventKind.CAME, f"doi:10.1/{n}", f"Title number {n}", (("Sleep",),), NOW)
    for n in range(3)
]
ME = MailAddress.read("me@example.org")


@pytest.fixture
def settings(tmp_path):
    return Settings(library=tmp_path / "library", state=tmp_path / "state")


@pytest.fixture
def catalogue(settings):
    with Catalogue.create(settings.library / "catalogue.sqlite") as opened:
        with opened.write():
            opened.put_told("library", {"library": {"id": "abcdefgh-1", "since": NOW}})
            opened.put_events(EVENTS)
        yield opened


@pytest.fixture
def server():
    with mail_server.serve() as running:
        yield running


@pytest.fixture
def mailed(settings, server):
    return replace(
        settings, digest_mail="me@example.org", digest_smtp=f"smtp://127.0.0.1:{server.port}"
    )


def pages(folder):
    return {path.name: path.read_text() for path in Path(folder).glob("*")}


# ── a folder ──────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def vault(settings, tmp_path):
    return replace(settings, digest_folder=str(tmp_path / "vault"))


def test_a_page_is_written_that_is_no_note(catalogue, vault):
    (done,) = deliver(catalogue, vault, NOW)
    assert (done.channel, done.events, done.problem) == ("folder", 3, "")
    ((name, page),) = pages(vault.digest_folder).items()
    assert name == "litmap-2026-11-03-3.md"
    assert is_export(page.encode())
    assert read_notes([vault.digest_folder])[0] == []
    assert deliver(catalogue, vault, LATER) == []


def test_a_page_of_the_reader_is_not_replaced_and_the_news_wait(catalogue, vault):
    own = Path(vault.digest_folder, "litmap-2026-11-03-3.md")
    own.parent.mkdir()
    own.write_text("mine")
    (done,) = deliver(catalogue, vault, NOW)
    assert (done.events, "not as litmap wrote it" in done.problem) == (0, True)
    assert own.read_text() == "mine"
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], subject="doi:10.1/9", title="Title number 9")])
    (done,) = deliver(catalogue, vault, LATER)  # what has gathered, in a page of another name
    assert done.events == 4
    assert "Title number 9" in pages(vault.digest_folder)["litmap-2026-11-03-4.md"]


def test_a_link_in_the_folder_is_not_followed(catalogue, vault, tmp_path):
    Path(vault.digest_folder).mkdir()
    Path(vault.digest_folder, "litmap-2026-11-03-3.md").symlink_to(tmp_path / "elsewhere")
    (done,) = deliver(catalogue, vault, NOW)
    assert "is a link" in done.problem
    assert not (tmp_path / "elsewhere").exists()


# ── a feed ────────────────────────────────────────────────────────────────────────────────────────
def entries(path):
    return [e.text for e in ET.parse(path).iter("{http://www.w3.org/2005/Atom}title")][1:]


def test_a_feed_holds_what_came_before_too_and_is_known_by_its_id(catalogue, settings, tmp_path):
    feed = tmp_path / "news.atom"
    own = replace(settings, digest_feed=str(feed))
    deliver(catalogue, own, NOW)
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], subject="doi:10.1/9", title="Title number 9")])
    deliver(catalogue, replace(own, state=tmp_path / "other machine"), LATER)
    assert len(entries(feed)) == 4
    feed.write_text("<feed>mine</feed>")
    with catalogue.write():
        catalogue.put_events(EVENTS[:1])
    assert deliver(catalogue, own, LATER)[0].problem
    assert feed.read_text() == "<feed>mine</feed>"


# ── channels come and go ──────────────────────────────────────────────────────────────────────────
def test_a_new_channel_is_given_the_last_days_only(catalogue, vault):
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], time="2026-11-20T06:00:00Z", title="New one")])
    (done,) = deliver(catalogue, vault, "2026-11-21T06:00:00Z")
    assert done.events == 1
    assert "Title number" not in "".join(pages(vault.digest_folder).values())


def test_a_channel_that_fails_costs_only_itself(catalogue, vault, mailed, server):
    server.refuses["MAIL"] = "451 come back tomorrow"
    both = replace(vault, digest_mail=mailed.digest_mail, digest_smtp=mailed.digest_smtp)
    folder, mail = deliver(catalogue, both, NOW)
    assert (folder.events, folder.problem) == (3, "")
    assert "451 come back tomorrow" in mail.problem
    del server.refuses["MAIL"]
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], subject="doi:10.1/9", title="Title number 9")])
    assert [d.events for d in deliver(catalogue, both, LATER)] == [1, 4]
    assert len(server.mails) == 1


def test_no_channel_is_none(settings):
    assert channels(settings) == []
    assert channels(replace(settings, digest_notify=True)) == ["notify"]


def body_of(raw):
    """The plain part of a mail."""
    body = email.message_from_bytes(raw, policy=parsed).get_body(("plain",))
    return body.get_content().replace("\r\n", "\n")


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_mail_arrives_whole(catalogue, mailed, server):
    assert deliver(catalogue, mailed, NOW)[0].events == 3
    (raw,) = server.mails
    read = email.message_from_bytes(raw, policy=parsed)
    assert read["Subject"] == "litmap: 3 works added from your notes, among them Title number 0"
    assert read["Message-ID"] == "<digest-abcdefgh-1-1-3@example.org>"
    assert "Title number 2" in read.get_body(("plain",)).get_content()
    assert "<bdi>Title number 2</bdi>" in read.get_body(("html",)).get_content()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_mail_that_may_have_been_taken_is_sent_again_under_its_name(
    catalogue, mailed, server, when
):
    server.drops = when
    assert "did not say" in deliver(catalogue, mailed, NOW)[0].problem
    server.drops = ""
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], subject="doi:10.1/9", title="Title number 9")])
    assert deliver(catalogue, mailed, LATER)[0].events == 4
    names = [email.message_from_bytes(raw)["Message-ID"] for raw in server.mails]
    assert len(set(names)) == 2
    told = dict(zip(names, server.mails, strict=True))  # a mail program shows one of a name
    plain = "".join(body_of(raw) for raw in told.values())
    assert sorted(re.findall(r"^Title number (\d)$", plain, re.M)) == ["0", "1", "2", "9"]


def test_a_mail_waits_where_nothing_is_asked_of_the_network(catalogue, mailed, server):
    assert deliver(catalogue, replace(mailed, offline=True), NOW) == []
    assert server.log == []


MAIL = to_mail(make_digest(EVENTS), ME, ME, "digest-1", NOW)


def send(server, scheme="smtp", host="127.0.0.1", user="", password=""):
    target = mails.MailServer(scheme, host, server.port, user)
    mails.send(MAIL, str(ME), str(ME), target, password)


def test_a_server_elsewhere_without_encryption_gets_nothing(server, monkeypatch):
    monkeypatch.setattr(mails, "is_on_this_machine", lambda host: False)
    with pytest.raises(Unsafe, match="offers no encryption"):
        send(server, user="me", password="secret")
    assert not [line for line in server.log if "AUTH" in line or "MAIL" in line]


@pytest.fixture
def encrypted(tmp_path, monkeypatch):
    """A certificate that this process trusts, and a server's context with it."""
    trusted, context = mail_server.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setattr(mails, "is_on_this_machine", lambda host: False)
    return context


def test_the_password_is_sent_encrypted(encrypted):
    with mail_server.serve(starttls=encrypted, users={"me": "secret"}) as server:
        send(server, host="localhost", user="me", password="secret")
        verbs = [line.split(" ")[0].upper() for line in server.log]
        assert verbs.index("STARTTLS") < verbs.index("AUTH")
        assert len(server.mails) == 1


def test_a_wrong_password_is_told_in_the_servers_words(encrypted):
    with (
        mail_server.serve(tls=encrypted, users={"me": "secret"}) as server,
        pytest.raises(WebError, match="535 wrong password"),
    ):
        send(server, "smtps", "localhost", "me", "wrong")


def test_a_certificate_of_nobody_is_refused(encrypted, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server.serve(tls=encrypted) as server:
        with pytest.raises(Unsafe, match="certificate"):
            send(server, "smtps", "localhost")
        assert server.mails == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_mail_that_is_refused_is_known_to_be(server, verb):
    server.refuses[verb] = "550 no \x1b[31mthanks"
    with pytest.raises(WebError, match=r"550 no \[31mthanks") as caught:
        send(server)
    assert not isinstance(caught.value, Unconfirmed)


def test_a_server_that_is_not_there_is_told(server):
    server.port = 1
    with pytest.raises(WebError, match="did not take the mail"):
        send(server)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("smtp://mail.example.org", ("smtp", "mail.example.org", 587, "")),
        ("smtps://me%40x@mail.example.org", ("smtps", "mail.example.org", 465, "me@x")),
        ("smtp://[::1]:25", ("smtp", "::1", 25, "")),
    ],
)
def test_the_address_of_a_server_is_read(address, read):
    assert mails.MailServer.read(address) == mails.MailServer(*read)


@pytest.mark.parametrize(
    "address", ["mail.example.org", "http://x", "smtp://", "smtp://me:secret@x", "smtp://x:99999", "smtp://x/y"]
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused_and_no_password_told(address):
    with pytest.raises(Unsafe) as caught:
        mails.MailServer.read(address)
    assert "secret" not in caught.value.message


def program(folder, name, script):
    """A program of this name that is found first."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands for sendmail")
def test_sendmail_is_given_the_mail(catalogue, settings, programs):
    program(programs, "sendmail", f'echo "$@" > {programs}/args; cat > {programs}/mail')
    own = replace(settings, digest_mail="me@example.org")
    assert deliver(catalogue, own, NOW)[0].events == 3
    assert (programs / "args").read_text() == "-i -f me@example.org -- me@example.org\n"
    assert b"Message-ID: <digest-" in (programs / "mail").read_bytes()
    program(programs, "sendmail", "echo no queue >&2; exit 75")
    with catalogue.write():
        catalogue.put_events(EVENTS[:1])
    assert "no queue" in deliver(catalogue, own, LATER)[0].problem


# ── the desktop ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is Linux's")
def test_a_notification_is_one_line_without_markup(catalogue, settings, programs):
    program(programs, "notify-send", f'printf "%s\\n" "$@" > {programs}/args')
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], subject="x", title="<b>--help</b>\n")])
    assert deliver(catalogue, replace(settings, digest_notify=True), NOW)[0].events == 4
    shown = (programs / "args").read_text().splitlines()
    assert shown == [
        "--app-name=litmap",
        "--",
        "litmap: library",
        "4 works added from your notes, among them Title number 0",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is Linux's")
def test_a_machine_without_a_desktop_is_told_to_be_one(catalogue, settings, programs):
    program(programs, "notify-send", "echo no display >&2; exit 1")
    (done,) = deliver(catalogue, replace(settings, digest_notify=True), NOW)
    assert done.problem == "notify-send failed; no display"


HOSTILE = [
    "'; calc; '",
    "$(calc)",
    "`calc`",
    '"; calc; "',
    "<toast/>&amp;",
    "%PATH%",
    "-e",
    "\u2019",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_text_of_a_notification_is_never_part_of_a_program(platform, text):
    command, told = notification_command(platform, text, text)
    plain, _ = notification_command(platform, "litmap", "news")
    if platform == "win32":
        assert command == plain
        assert set(told.values()) == {text}
        assert all(f"$env:{name}" in command[-1] for name in told)
        assert '"' not in command[-1], "Windows joins a command's words within such marks"
    else:
        behind = command.index("--")
        assert command[: behind + 1] == plain[: behind + 1]
        assert not told
        shown = html.escape(text, quote=False) if platform == "linux" else text
        assert command[behind + 1 :] == [text, shown]


def test_on_windows_its_own_powershell_is_started_wherever_the_terminal_stands(monkeypatch):
    monkeypatch.setenv("SYSTEMROOT", "/win")
    command, _ = notification_command("win32", "litmap", "news")
    assert command[0] == str(Path("/win/System32/WindowsPowerShell/v1.0/powershell.exe"))


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands for PowerShell")
def test_powershell_finds_the_text_in_its_environment(monkeypatch, tmp_path):
    folder = tmp_path / "System32" / "WindowsPowerShell" / "v1.0"
    folder.mkdir(parents=True)
    said = '"$LITMAP_NOTIFICATION_TITLE" "$LITMAP_NOTIFICATION_TEXT"'
    program(folder, "powershell.exe", f'printf "%s\\n" {said} > {tmp_path}/said')
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    monkeypatch.setattr(operating_system, "sys", SimpleNamespace(platform="win32"))
    show_notification("litmap: library", HOSTILE[0])
    assert (tmp_path / "said").read_text().splitlines() == ["litmap: library", HOSTILE[0]]
    program(folder, "powershell.exe", "echo no desktop >&2; exit 1")
    with pytest.raises(OSError, match=r"powershell.exe failed; no desktop"):
        show_notification("litmap", "x")


# ── whatever is killed when ───────────────────────────────────────────────────────────────────────
_KILLED = """
import os, signal, sys
from contextlib import contextmanager
from dataclasses import replace
from litmap.catalogue import Catalogue, utc_now
from litmap.models import Event, EventKind
from litmap.paths import LibraryPaths
from litmap.pipeline import deliveries
from litmap.settings import load_settings
from litmap.web import mail
from litmap.written_files import WrittenFiles

left = 0
def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(owner, name):
    method = getattr(owner, name)
    def call(*args, **kwargs):
        step()
        done = method(*args, **kwargs)
        step()
        return done
    setattr(owner, name, call)

write = Catalogue.write
@contextmanager
def stepping_write(self):
    step()
    with write(self):
        yield
        step()
    step()
Catalogue.write = stepping_write
stepping(WrittenFiles, "write_file")
stepping(mail, "send")
stepping(deliveries.operating_system, "show_notification")
settings = load_settings()

def tell(number):
    with Catalogue.create(LibraryPaths(settings.library).catalogue) as catalogue:
        event = Event(EventKind.CAME, f"doi:10.1/{number}", f"Title number {number}", (), utc_now())
        with catalogue.write():
            catalogue.put_told("library", {"library": {"id": "abcdefgh-1", "since": utc_now()}})
            catalogue.put_events([event])

def run(after):
    # in a process of its own, killed at this step; whether it was
    child = os.fork()
    if child == 0:
        global left
        left = after
        problems = [done.problem for done in deliveries.send_digest(settings) if done.problem]
        os._exit(1 if problems else 0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)

number, steps = 0, 0
while True:
    tell(number)
    number, steps = number + 1, steps + 1
    was_killed = run(steps)
    if steps % 3 or not was_killed:  # else the next run comes with more news
        assert not run(0)
    if not was_killed:
        break
print(number)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and notify-send")
def test_each_channel_is_given_everything_once_wherever_a_run_is_killed(
    mailed, server, programs, tmp_path
):
    """Runs, each of which is killed one step later than the one before."""
    program(programs, "notify-send", f'printf "%s\\n" "$4" >> {programs}/shown')
    environment = {
        **os.environ,
        "LITMAP_LIBRARY": str(mailed.library),
        "LITMAP_STATE": str(mailed.state),
        "LITMAP_DIGEST_FOLDER": str(tmp_path / "vault"),
        "LITMAP_DIGEST_FEED": str(tmp_path / "news.atom"),
        "LITMAP_DIGEST_MAIL": mailed.digest_mail,
        "LITMAP_DIGEST_SMTP": mailed.digest_smtp,
        "LITMAP_DIGEST_NOTIFY": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", _KILLED], env=environment, stdout=subprocess.PIPE, check=True, timeout=300
    )  # fmt: skip
    count = int(done.stdout)
    assert count > 30  # steps of a run with all channels
    titles = sorted(f"Title number {n}" for n in range(count))
    vault = "".join(pages(tmp_path / "vault").values())
    assert sorted(re.findall(r"\*\*(Title number \d+)\*\*", vault)) == titles
    assert sorted(entries(tmp_path / "news.atom")) == [
        f"Added from your notes: {title}" for title in titles
    ]
    by_name = {email.message_from_bytes(raw)["Message-ID"]: raw for raw in server.mails}
    mailed_titles = re.findall(r"^Title number \d+$", "".join(map(body_of, by_name.values())), re.M)
    assert sorted(mailed_titles) == titles
    between = 3  # steps from what is given to the note of it: killed there, it is given again
    assert len(server.mails) - len(by_name) <= between
    shown = (programs / "shown").read_text().splitlines()
    assert len(shown) - len(set(shown)) <= between


# ── a refresh ─────────────────────────────────────────────────────────────────────────────────────
def test_a_refresh_brings_its_news_and_tells_of_what_failed(vault):
    both = replace(vault, digest_mail="nobody", offline=False)
    with RefreshRun(both) as run:
        run.tell()
        with run.catalogue.write():
            run.catalogue.put_events([replace(EVENTS[0], time=run.now)])
        run.deliver()
    report = run.report.as_json()
    assert (
        report["counts"]["news"] is None
    )  # the first refresh is what later ones are compared with
    assert report["counts"]["delivered"] == {"folder": 1, "mail": 0}
    assert report["problems"] == [
        {
            "subject": "digest: mail",
            "reason": "'nobody' is no mail address: set mail below [digest]",
        }
    ]
    assert {"tell", "deliver"} <= report["seconds"].keys()


# ── settings and the command ──────────────────────────────────────────────────────────────────────
def test_channels_stand_in_a_table_and_their_paths_beside_the_file(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text('[digest]\nfolder = "vault"\nfeed = "~/news.atom"\nnotify = true\n')
    own = load_settings(file=file, environment={})
    assert own.digest_folder == str(tmp_path / "vault")
    assert own.digest_feed == str(Path("~/news.atom").expanduser())
    assert channels(own) == ["folder", "feed", "notify"]
    file.write_text('[digest]\npassword = "secret"\n')
    with pytest.raises(SettingsError, match="LITMAP_SMTP_PASSWORD"):
        load_settings(file=file, environment={})


def test_the_command_sends_what_waits_and_says_so(catalogue, vault, capsys, monkeypatch):
    with catalogue.write():
        catalogue.put_events([replace(EVENTS[0], time=utc_now())])  # what is older is not sent
    monkeypatch.setenv("LITMAP_STATE", str(vault.state))
    arguments = ["digest", "--send", "--library", str(vault.library)]
    assert main(arguments) == 2
    assert "where to?" in capsys.readouterr().err
    monkeypatch.setenv("LITMAP_DIGEST_FOLDER", vault.digest_folder)
    assert main(arguments) == 0
    assert "folder: 1 told" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "Nothing waits" in capsys.readouterr().out
    assert send_digest(vault) == []
