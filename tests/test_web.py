"""The client: what it refuses, how it waits, how it resumes. Everything here runs on loopback."""

import contextlib
import email.utils
import gzip
import ipaddress
import json
import socket
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import (
    Blocked,
    Exhausted,
    LibraryError,
    LitmapError,
    NotFound,
    SlowDown,
    TooLarge,
    Unsafe,
    WebError,
)
from litmap.models import Request
from litmap.web import Limits, WebClient, budget, downloads
from litmap.web.budget import Budget, group_of
from litmap.web.client import retry_after
from litmap.web.safety import Allowed, Deadline, Network, check_url, is_public, literal
from tests.loopback import send, serve
from tests.waiting import until

LIMITS = Limits(attempts=3, backoff=0.01, patience=2, file=200_000, page=50_000)
IMPATIENT = replace(
    LIMITS, idle=0.6, total=3.0, download_total=3.0, slowest=2000.0, grace=0.4
)  # for servers that are slow on purpose: on a busy machine every server is slow
PDF = b"%PDF-1.5\n" + bytes(range(256)) * 300 + b"\ntrailer\n%%EOF\n"


@pytest.fixture
def client(tmp_path, site):
    with WebClient(
        "ann@lab.org", tmp_path / "state", {"default": 0}, ["127.0.0.1"], limits=LIMITS
    ) as one:
        yield one


# ── what is refused ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0.0.0.0/", "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1:8080/x", "http://169.254.169.254/",
        "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[::1]/", "http://[::]/",
        "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://localhost/", "http://LOCALHOST:80/", "http://a.localhost/",
        "http://printer/", "http://nas.local/", "http://metadata.google.internal/", "http://localhost./",
        "http://127.0.0.1./", "file:///etc/passwd", "ftp://example.com/x", "gopher://example.com/", "data:text/html,x",
        "javascript:alert(1)", "//example.com/x", "example.com/x", "", "http://", "http:///x", "http://user@example.com/",
        "http://example.com:99999/", "http://exa mple.com/", "http://example.com\\@127.0.0.1/", "http://[::1",
        "unix:/run/x",
        "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://example..com/", "http://-x.com/",
    ],
)  # fmt: skip
def test_internal_and_odd_addresses_are_refused(url):
    with pytest.raises(Unsafe):
        check_url(url, Allowed())


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("HTTPS://ArXiv.org:443/abs/x#frag", "https://arxiv.org/abs/x"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a b?c=d e&f=ü", "https://example.com/a%20b?c=d%20e&f=%C3%BC"),
        ("https://example.com/10.1000/(x)<y>;z", "https://example.com/10.1000/(x)%3Cy%3E;z"),
        ("https://bücher.example.com/", "https://xn--bcher-kva.example.com/"),
        ("http://8.8.8.8:8080/x", "http://8.8.8.8:8080/x"),
        ("http://example.com/\r\nHost: evil", "http://example.com/Host:%20evil"),
    ],
)
def test_public_addresses_in_their_normal_form(url, seen):
    assert check_url(url, Allowed()).url == seen


def test_what_the_user_allows_is_allowed_and_nothing_beside_it():
    allowed = Allowed(["127.0.0.1:8000", "10.0.0.0/8", "nas.local"])
    assert check_url("http://127.0.0.1:8000/x", allowed).port == 8000
    assert check_url("http://10.9.8.7/", allowed).host == "10.9.8.7"
    assert check_url("http://nas.local/", allowed).host == "nas.local"
    for url in (
        "http://127.0.0.1:8001/",
        "http://11.0.0.1.nip.local/",
        "http://192.168.0.1/",
        "http://127.0.0.1/",
    ):
        with pytest.raises(Unsafe):
            check_url(url, allowed)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60) | st.from_regex(r"https?://[\w.\-\[\]:@%]{0,20}/?\S{0,20}", fullmatch=True)
)
def test_any_text_is_an_address_or_refused(text):
    try:
        address = check_url(text, Allowed())
    except Unsafe:
        return
    assert (
        address.url.isascii()
        and address.scheme in {"http", "https"}
        and address.target.startswith("/")
    )
    assert not set(address.url) & set("\r\n\t \0")
    assert check_url(address.url, Allowed()).url == address.url


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_every_spelling_of_an_address_is_the_address(number):
    ip = ipaddress.IPv4Address(number)
    assert literal(str(number)) == literal(hex(number)) == literal(str(ip)) == ip
    assert is_public(ipaddress.ip_address(f"::ffff:{ip}")) == is_public(ip)


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["fd00::5", "93.184.216.34"]]
)
def test_a_name_that_leads_inside_is_refused(monkeypatch, answers):
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (ip, 443)) for ip in answers]
    )
    with pytest.raises(Unsafe, match="internal address"):
        Network(Allowed(), Deadline(), proxied=False).resolve("paper.example.com", 443)


def test_the_socket_goes_where_the_check_looked(monkeypatch):
    """A name that answers differently the second time (rebinding) is asked only once."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (ip, 80)) for ip in next(answers)]
    )
    went = []
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *a, **k: went.append(address) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        Network(Allowed(), Deadline(), proxied=False).connect_tcp("paper.example.com", 80)
    assert went == [("93.184.216.34", 80)]


def test_an_unknown_name_says_so(monkeypatch):
    def fail(*args, **kwargs):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(WebError, match="name is not known"):
        Network(Allowed(), Deadline(), proxied=False).resolve("nowhere.example.com", 443)


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/x",
        "file:///etc/passwd",
        "http://localhost/",
        "http://169.254.169.254/latest",
        "ftp://x.org/",
    ],
)
def test_redirects_are_checked_at_every_hop(client, site, target):
    site.answers["/a"] = lambda h: send(h, status=302, Location="/b")
    site.answers["/b"] = lambda h: send(h, status=302, Location=target)
    with pytest.raises(Unsafe):
        client.get(Request(site.base + "/a"))
    assert site.paths() == ["/a", "/b"]


def test_redirects_end(client, site):
    site.answers["/loop"] = lambda h: send(h, status=302, Location="/loop")
    site.answers["*"] = lambda h: send(h, status=302, Location=h.path + "x")
    with pytest.raises(WebError, match="circle"):
        client.get(Request(site.base + "/loop"))
    with pytest.raises(WebError, match="more than 10 redirects"):
        client.get(Request(site.base + "/chain"))
    assert len(site.asked) == 1 + 11


def test_keys_do_not_follow_to_another_host(client, site, tmp_path):
    with (
        serve("127.0.0.2") as other,
        WebClient("", tmp_path / "s", {"default": 0}, ["127.0.0.0/8"], limits=LIMITS) as both,
    ):
        site.answers["/a"] = lambda h: send(h, status=302, Location=other.base + "/b")
        other.answers["/b"] = b"ok"
        both.get(Request(site.base + "/a", {"x-api-key": "secret", "Range": "bytes=0-"}))
        assert site.asked[0][1]["x-api-key"] == "secret"
        assert "x-api-key" not in other.asked[0][1] and other.asked[0][1]["Range"] == "bytes=0-"


# ── manners ───────────────────────────────────────────────────────────────────────────────────────
def test_the_user_agent_names_program_and_contact(client, site, tmp_path):
    site.answers["/"] = b"hello"
    client.get(Request(site.base + "/"))
    agent = site.asked[0][1]["User-Agent"]
    assert agent.startswith("litmap/") and "mailto:ann@lab.org" in agent
    for odd in ("ann@lab.org\r\nX-Evil: 1", "not an address", "a@b) evil"):
        with WebClient(odd, tmp_path / "s", {"default": 0}, limits=LIMITS) as other:
            assert "mailto" not in other.agent and "\n" not in other.agent


@pytest.mark.parametrize(
    ("host", "group"),
    [("arxiv.org", "arxiv"), ("export.arxiv.org", "arxiv"), ("api.crossref.org", "crossref"),
     ("example.org", "example.org"), ("notarxiv.org", "notarxiv.org"), ("api2.openreview.net", "openreview")],
)  # fmt: skip
def test_hosts_of_one_service_share_its_budget(host, group):
    assert group_of(host) == group


def test_the_default_paces_are_the_services_rules(tmp_path):
    plain, known = Budget(tmp_path / "a"), Budget(tmp_path / "b", contact="ann@lab.org")
    assert (plain.pace("arxiv").seconds, plain.pace("arxiv").connections) == (3.0, 1)
    assert plain.pace("crossref").connections == 1 and plain.pace("crossref").seconds >= 0.2
    assert known.pace("crossref").connections == 3 and known.pace("crossref").seconds >= 0.1
    assert (
        plain.pace("s2").seconds >= 1
        and plain.pace("dblp").seconds >= 1
        and plain.pace("any.org").seconds > 0
    )


@pytest.mark.parametrize("connections_seen", [1])
def test_a_pace_holds_between_threads_and_across_clients(tmp_path, site, connections_seen):
    site.answers["*"] = b"x"
    clients = [
        WebClient("", tmp_path / "s", {"127.0.0.1": 0.15}, ["127.0.0.1"], limits=LIMITS)
        for _ in range(2)
    ]
    threads = [
        threading.Thread(target=c.get, args=(Request(f"{site.base}/{i}{j}"),))
        for i, c in enumerate(clients)
        for j in range(3)
    ]
    began = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [at for _, _, at in site.asked]
    assert len(times) == 6 and max(times) - began >= 5 * 0.15
    for one in clients:
        one.close()


ASK = """
import sys
from pathlib import Path
from litmap.models import Request
from litmap.web import WebClient

state, base, name = sys.argv[1:]
with WebClient("", Path(state), {"127.0.0.1": 0.2}, ["127.0.0.1"]) as one:
    for i in range(2):
        one.get(Request(f"{base}/{name}{i}"))
"""


def test_a_pace_holds_between_processes_and_is_kept_across_runs(tmp_path, site):
    site.answers["*"] = b"x"

    def ask(name):
        return subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path / "s"), site.base, name])

    began = time.time()
    workers = [ask(name) for name in "ab"]
    assert [worker.wait() for worker in workers] == [0, 0]
    between = time.time()
    assert ask("c").wait() == 0
    times = sorted(at for _, _, at in site.asked)
    assert len(times) == 6 and times[3] - began >= 3 * 0.2 and times[5] >= times[3]
    assert times[5] - between >= 0.2


def test_a_single_connection_is_a_single_connection(tmp_path, monkeypatch):
    budget = Budget(tmp_path, {"arxiv": 0})
    inside, most = [], []

    def ask():
        with budget.turn("export.arxiv.org"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1 and len(most) == 6


@pytest.mark.parametrize(
    "host",
    [
        "::127.0.0.1",  # IPv4-compatible
        "::a9fe:a9fe",
        "::ffff:0:127.0.0.1",  # IPv4-translated
        "64:ff9b:1::10.0.0.1",  # a network's own NAT64
        "2001:0:a00:1:0:0:f7f7:f7f7",  # Teredo by an internal server
        "fec0::1",  # site-local
        "2606:4700::5efe:10.0.0.1",  # ISATAP
        "2606:4700::200:5efe:a00:1",
        "2606:4700::1111%25eth0",  # a zone
        "fe80::1%25eth0",
        "5f00::1",
        "3fff::1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "::ffff:169.254.169.254",
        "::",
        "::1",
        "fd00:ec2::254",
    ],
)
def test_no_ipv6_spelling_reaches_an_internal_address(host):
    with pytest.raises(Unsafe, match="internal"):
        check_url(f"http://[{host}]/", Allowed())
    with pytest.raises(Unsafe, match="internal"):
        check_url("http://192.0.0.8/", Allowed())


@pytest.mark.parametrize(
    "host",
    ["2606:4700::1111", "64:ff9b::808:808", "2a00:1450:4001::5eff:808:808", "2002:808:808::1"],
)
def test_public_ipv6_addresses_pass(host):
    assert check_url(f"http://[{host}]/", Allowed()).host == host


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("5", 5, 5),
        ("0", 0, 0),
        ("1.5", 1.5, 1.5),
        ("in a minute", 55, 61),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0, 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 86_400, 86_400),
        ("9" * 12, 86_400, 86_400),
        ("1000000.5", 86_400, 86_400),
    ],
)
def test_retry_after_in_both_forms(value, low, high):
    value = (
        email.utils.formatdate(time.time() + 60, usegmt=True) if value == "in a minute" else value
    )
    assert low <= retry_after(value) <= high


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1e9999", "9" * 400, "nan", "inf", "Fri, 99 Foo 2026"]
)
def test_a_senseless_retry_after_says_nothing(value):
    assert retry_after(value) is None


def test_a_date_to_come_back_at_counts_from_the_answers_own_date():
    come_back, answered = "Tue, 01 Jan 2030 00:01:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT"
    assert retry_after(come_back, answered) == 60
    assert retry_after("Tue, 01 Jan 2030 00:00:00 GMT", come_back) == 0


@pytest.mark.parametrize("seconds", [float("nan"), -5.0, float("-inf")])
def test_a_senseless_rest_is_none(tmp_path, seconds):
    budget = Budget(tmp_path, {"default": 0}, patience=0.1)
    budget.rest("example.org", seconds)
    with budget.turn("example.org"):
        pass


def test_a_rest_ends_after_a_day_at_most(tmp_path, monkeypatch):
    budget = Budget(tmp_path, {"default": 0}, patience=0.1)
    budget.rest("example.org", float("inf"))
    with pytest.raises(Exhausted), budget.turn("example.org"):
        pass
    now = time.time()
    monkeypatch.setattr("litmap.web.budget.time.time", lambda: now + 86_402)
    with budget.turn("example.org"):
        pass


def test_a_clock_set_back_makes_nobody_wait_and_new_rests_count(tmp_path, monkeypatch):
    now = time.time()
    budget = Budget(tmp_path, {"default": 0.2}, patience=0.1)
    monkeypatch.setattr("litmap.web.budget.time.time", lambda: now + 10 * 86_400)
    budget.rest("example.org", 600)
    with budget.turn("b.example"):
        pass
    monkeypatch.setattr("litmap.web.budget.time.time", lambda: now)
    started = time.monotonic()
    for host in ("example.org", "b.example"):
        with budget.turn(host):
            pass
    monkeypatch.setattr("litmap.web.budget.time.time", lambda: now - 1800)  # half an hour
    with budget.turn("b.example"):
        pass
    assert time.monotonic() - started < 120
    budget.rest("example.org", 600)
    with pytest.raises(Exhausted), budget.turn("example.org"):
        pass


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("dated", [False, True])
def test_asked_to_wait_the_whole_host_waits(tmp_path, site, status, dated):
    end = time.time() + 1.6
    value = email.utils.formatdate(end, usegmt=True) if dated else "1"
    state = {"n": 0}

    def once(handler):
        state["n"] += 1
        send(handler, b"no", status, Retry_After=value) if state["n"] == 1 else send(
            handler, b"yes"
        )

    site.answers["/a"], site.answers["/b"] = once, b"b"
    waits = threading.Event()
    limits = replace(LIMITS, patience=60)
    with (
        WebClient(
            "",
            tmp_path,
            {"default": 0},
            ["127.0.0.1"],
            limits=limits,
            on_wait=lambda *_: waits.set(),
        ) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        first = pool.submit(client.get, Request(site.base + "/a"))
        until(lambda: waits.is_set() or first.done())
        second = pool.submit(client.get, Request(site.base + "/b"))
        assert (first.result().body, second.result().body) == (b"yes", b"b")
    times = [at for _, _, at in site.asked]
    assert min(times[1:]) >= (end - 1.0 if dated else times[0] + 1.0)


def test_exhausted_is_told_from_slow_down(client, site, tmp_path):
    site.answers["/day"] = lambda h: send(h, b"", 429, Retry_After="36000")
    with pytest.raises(Exhausted, match="nothing more before") as caught:
        client.get(Request(site.base + "/day"))
    assert caught.value.until > "2026" and len(site.asked) == 1
    with pytest.raises(Exhausted, match="come back at"):
        client.get(Request(site.base + "/other"))
    assert len(site.asked) == 1
    with (
        WebClient("", tmp_path / "state", {"default": 0}, ["127.0.0.1"], limits=LIMITS) as later,
        pytest.raises(Exhausted),
    ):
        later.get(Request(site.base + "/later"))
    assert len(site.asked) == 1
    with WebClient("", tmp_path / "new", {"default": 0}, ["127.0.0.1"], limits=LIMITS) as fresh:
        site.answers["/slow"] = lambda h: send(h, b"", 429)
        with pytest.raises(SlowDown):
            fresh.get(Request(site.base + "/slow"))
    assert len(site.asked) == 1 + LIMITS.attempts


@pytest.mark.parametrize(
    ("status", "kind", "asked"),
    [(404, NotFound, 1), (410, NotFound, 1), (401, Blocked, 1), (403, Blocked, 1), (451, Blocked, 1),
     (400, WebError, 1), (500, WebError, 3), (502, WebError, 3), (503, WebError, 3), (418, WebError, 1)],
)  # fmt: skip
def test_statuses_become_errors_and_only_passing_ones_are_tried_again(
    client, site, status, kind, asked
):
    site.answers["/"] = lambda h: send(h, b"", status)
    with pytest.raises(kind) as caught:
        client.get(Request(site.base + "/"))
    assert type(caught.value) is kind and caught.value.status == status and len(site.asked) == asked


def test_waits_are_told_and_end_with_the_client(tmp_path, site):
    told = []
    one = WebClient(
        "",
        tmp_path,
        {"127.0.0.1": 30},
        ["127.0.0.1"],
        limits=LIMITS,
        on_wait=lambda *a: told.append(a),
    )
    site.answers["*"] = b"x"
    one.get(Request(site.base + "/1"))
    failure = []

    def wait():
        try:
            one.get(Request(site.base + "/2"))
        except WebError as error:
            failure.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: told)
    one.close()
    thread.join(60)
    assert not thread.is_alive() and failure
    assert told and told[0][0] == "127.0.0.1" and 20 < told[0][1] <= 30 and told[0][2]


def test_many_who_make_the_budget_file_at_once_all_have_it(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        for folder in (tmp_path / str(number) for number in range(20)):
            together = threading.Barrier(8)

            def make(folder=folder, together=together):
                folder.mkdir(exist_ok=True)
                together.wait()
                budget._open(folder / "budgets.sqlite").close()

            for made in [pool.submit(make) for _ in range(8)]:
                made.result()


def test_a_damaged_budget_file_is_made_anew(tmp_path):
    (tmp_path / "budgets.sqlite").write_bytes(b"not a database" * 100)
    budget = Budget(tmp_path, {"default": 0})
    with budget.turn("example.org"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("opened", [False, True])
def test_a_full_disk_is_told_and_no_budget_is_thrown_away(tmp_path, opened):
    import resource

    file = tmp_path / "budgets.sqlite"
    budget = Budget(tmp_path, {"default": 0})
    before = file.stat().st_ino
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(LitmapError, match="cannot be written in"):
            if opened:
                budget.rest("example.org", 60)
            else:
                Budget(tmp_path / "other", {"default": 0})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.stat().st_ino == before


# ── bodies ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "10000000000"},
        {"Content-Length": "99999999999999999"},
        {"Content-Length": "40", "Content-Range": "bytes 5-44/10000000000"},
    ],
)
def test_a_file_that_announces_too_much_is_refused_before_the_transfer(
    client, site, tmp_path, headers
):
    sent = []

    def drip(handler):
        handler.send_response(206 if "Content-Range" in headers else 200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                sent.append(handler.wfile.write(b"%PDF-" + b"x" * 100_000))

    site.answers["/big.pdf"] = drip
    part, url = tmp_path / "part", site.base + "/big.pdf"
    if "Content-Range" in headers:  # goes on with what an earlier try left
        part.write_bytes(b"%PDF-")
        part.with_name("part.json").write_text(json.dumps({"url": url, "etag": '"1"'}))
    with pytest.raises(TooLarge, match=r"10,000,000,000|99,999") as caught:
        client.download(url, part)
    assert len(site.asked) == 1 and len(sent) < 600  # no more than the buffers of the system hold
    assert not caught.value.transient and not list(tmp_path.glob("part*"))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
def test_compressed_bodies(client, site, encoding):
    text = b"some text " * 2000
    packed = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw": zlib.compress(text)[2:-4],
    }[encoding]
    site.answers["/"] = lambda h: send(
        h, packed, Content_Encoding="deflate" if encoding == "raw" else encoding
    )
    assert client.get(Request(site.base + "/")).body == text


def test_bombs_and_endless_bodies_are_cut_off(client, site):
    bomb = gzip.compress(b"\0" * 30_000_000)
    site.answers["/bomb"] = lambda h: send(h, bomb, Content_Encoding="gzip")

    def endless(handler):
        send(handler, b"", Transfer_Encoding="chunked", Content_Length="")
        while True:
            handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    site.answers["/endless"] = endless
    for path in ("/bomb", "/endless"):
        with pytest.raises((Unsafe, WebError)):
            client.get(Request(site.base + path, limit=100_000))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "evil"])
def test_an_encoding_not_asked_for(client, site, encoding):
    site.answers["/"] = lambda h: send(h, b"x", Content_Encoding=encoding)
    with pytest.raises(WebError):
        client.get(Request(site.base + "/"))


@pytest.mark.parametrize("stage", ["head", "body", "silence"])
def test_dripping_and_silent_servers_are_left(tmp_path, site, stage):
    done = threading.Event()

    def drip(handler):
        if stage == "silence":
            done.wait()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if stage == "body":
            handler.wfile.write(b"Content-Length: 100000\r\n\r\n")
        while not done.wait(0.1):
            handler.wfile.write(b"a" if stage == "body" else b"X: y\r\n")
            handler.wfile.flush()

    site.answers["/"] = drip
    with WebClient("", tmp_path, {"default": 0}, ["127.0.0.1"], limits=IMPATIENT) as client:
        try:
            with pytest.raises(WebError, match="too slow"):
                client.get(Request(site.base + "/"))
        finally:
            done.set()


# ── files ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_file_with_its_hash_and_validators(client, site, tmp_path):
    import hashlib

    site.answers["/p"] = lambda h: send(
        h, PDF, ETag='"one"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT"
    )
    got = client.download(site.base + "/p", tmp_path / "p.part")
    assert (
        got.path.read_bytes() == PDF
        and got.sha256 == hashlib.sha256(PDF).hexdigest()
        and got.size == len(PDF)
    )
    assert (got.etag, got.last_modified) == ('"one"', "Mon, 01 Jan 2024 00:00:00 GMT")


def ranged(site, *, etag='"one"', break_at=None, honest=True):
    """Serves PDF at /p with ranges; the first answer breaks off after `break_at` bytes."""
    state = {"n": 0}

    def answer(handler):
        state["n"] += 1
        wanted = handler.headers.get("Range")
        if wanted and honest and handler.headers.get("If-Range") == etag:
            start = int(wanted[6:-1])
            if start >= len(PDF):
                return send(handler, b"", 416, Content_Range=f"bytes */{len(PDF)}")
            rest = PDF[start:]
            span = f"bytes {start}-{len(PDF) - 1}/{len(PDF)}"
            return send(handler, rest, 206, Content_Range=span, ETag=etag)
        if state["n"] == 1 and break_at is not None:
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(PDF)))
            handler.send_header("ETag", etag)
            handler.end_headers()
            handler.wfile.write(PDF[:break_at])
            handler.wfile.flush()
            handler.close_connection = True
            return None
        return send(handler, PDF, ETag=etag)

    site.answers["/p"] = answer


@pytest.mark.parametrize("break_at", [2000, 40_000])
def test_a_broken_transfer_is_resumed(client, site, tmp_path, break_at):
    ranged(site, break_at=break_at)
    got = client.download(site.base + "/p", tmp_path / "p.part")
    assert got.path.read_bytes() == PDF
    assert [h.get("Range") for _, h, _ in site.asked][1:] == [f"bytes={break_at}-"]


def test_a_server_without_ranges_begins_again(client, site, tmp_path):
    ranged(site, break_at=3000, honest=False)
    assert client.download(site.base + "/p", tmp_path / "p.part").path.read_bytes() == PDF


def test_a_part_of_an_earlier_run_is_used_or_dropped(client, site, tmp_path):
    part = tmp_path / "p.part"
    ranged(site)
    for etag, expected in (('"one"', "bytes=5000-"), ('"old"', "bytes=5000-")):
        part.write_bytes(PDF[:5000] if etag == '"one"' else b"%PDF-" + b"x" * 4995)
        (tmp_path / "p.part.json").write_text(
            f'{{"url": "{site.base}/p", "etag": {etag!r}}}'.replace("'", "")
        )
        site.asked.clear()
        (tmp_path / "p.part.json").write_text(
            '{"url": "%s/p", "etag": "%s"}' % (site.base, etag.replace('"', '\\"'))  # noqa: UP031
        )
        got = client.download(site.base + "/p", part)
        assert got.path.read_bytes() == PDF and site.asked[0][1].get("Range") == expected
        downloads.forget(part)
    part.write_bytes(b"a part of something else")
    (tmp_path / "p.part.json").write_text("not json")
    assert client.download(site.base + "/p", part).path.read_bytes() == PDF


def test_a_file_that_was_already_whole_is_not_sent_again(client, site, tmp_path):
    ranged(site)
    client.download(site.base + "/p", tmp_path / "p.part")
    site.asked.clear()
    got = client.download(site.base + "/p", tmp_path / "p.part")  # killed before it was taken away
    assert got.path.read_bytes() == PDF and got.etag == '"one"'
    assert site.asked[0][1]["Range"] == f"bytes={len(PDF)}-"


def test_conditional_requests(client, site, tmp_path):
    site.answers["/p"] = lambda h: (
        send(h, b"", 304) if h.headers.get("If-None-Match") == '"one"' else send(h, PDF)
    )
    assert client.download(site.base + "/p", tmp_path / "p.part", etag='"one"').not_modified
    assert not client.download(site.base + "/p", tmp_path / "p.part", etag='"two"').not_modified


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (PDF[: len(PDF) // 2], "cut short"),
        (PDF + b"x" * 300_000, "larger than the limit"),
    ],
    ids=["empty", "cut", "large"],
)
def test_bodies_that_are_no_whole_file(client, site, tmp_path, body, why):
    site.answers["/p"] = body
    with pytest.raises(WebError, match=why):
        client.download(site.base + "/p", tmp_path / "p.part")


def test_a_page_comes_back_as_a_page(client, site, tmp_path):
    site.answers["/p"] = b"<!DOCTYPE html><html>" + b"x" * 100_000
    got = client.download(site.base + "/p", tmp_path / "p.part")
    assert got.path is None and got.body.startswith(b"<!DOCTYPE") and len(got.body) <= LIMITS.page
    assert list(tmp_path.glob("p.part*")) == []


def test_a_disk_that_cannot_be_written_is_the_librarys_trouble(client, site, tmp_path):
    site.answers["/p"] = PDF
    with pytest.raises(LibraryError, match="cannot write"):
        client.download(site.base + "/p", tmp_path / "no such folder" / "p.part")


def test_a_host_that_never_answers_is_left_alone_after_a_while(tmp_path, site):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with WebClient("", tmp_path, {"default": 0}, ["127.0.0.1"], limits=LIMITS) as one:
        messages = []
        for i in range(20):
            with pytest.raises(LitmapError) as caught:
                one.get(Request(f"{dead}/{i}"))
            messages.append(caught.value.message)
    assert "left alone" in messages[-1] and "could not be reached" in messages[0]
