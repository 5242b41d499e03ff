"""Asking over real sockets: politeness, patience, and every fault that a source can show."""

from __future__ import annotations

import io
import itertools
import logging
import time
from collections.abc import Iterator

import pytest
from tests.serving import Reply, Serving, gzipped, serving

from kuager.errors import SourceError
from kuager.sources.asking import Answer, Client, Manners, Validators
from kuager.sources.offer import Offer, Request
from kuager.sources.registry import SOURCES

BODY = b'{"data": []}'
TOKEN = "not-to-be-seen-anywhere"  # noqa: S105 - nobody's


def _request(path: str = "thing", *, largest: int = 1 << 20) -> Request:
    return Request("topic", path, (("from", "1"),), "ioda-api", "KZ", 0, 86400, largest=largest)


def _client(server: Serving, *, pause_s: float = 0.0, quota: str = "", token: str = "") -> Client:
    offer = Offer(SOURCES["ioda"], server.address, plan=lambda _question: (), quota_header=quota)
    return Client(offer, Manners("desk@example.org", server.address, pause_s=pause_s, first_wait_s=0.01), token)


def _ask(client: Client, request: Request | None = None, known: Validators | None = None) -> tuple[Answer, bytes]:
    sink = io.BytesIO()
    answer = client.ask(request or _request(), sink, known or Validators())
    return answer, sink.getvalue()


@pytest.fixture
def server() -> Iterator[Serving]:
    with serving(lambda _asked: Reply(BODY)) as state:
        yield state


def test_it_says_who_asks_and_asks_over_one_connection(server: Serving) -> None:
    with _client(server) as client:
        for _ in range(3):
            assert _ask(client)[1] == BODY
    assert len(server.connections) == 1
    name = server.asked[0].headers["User-Agent"]
    assert name.startswith("Kuager/")
    assert "desk@example.org" in name


def test_requests_keep_the_pace_of_the_source(server: Serving) -> None:
    with _client(server, pause_s=0.2) as client:
        for _ in range(3):
            _ask(client)
    moments = [one.moment for one in server.asked]
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(moments))


@pytest.mark.parametrize(
    "fault",
    [
        Reply(b"slow down", 429),
        Reply(b"", 500),
        Reply(b"", 503),
        Reply(BODY, cut=5),
        Reply(gzipped(BODY).body[:-6], headers={"Content-Encoding": "gzip"}),
        Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["429", "500", "503", "cut in the middle", "truncated gzip", "no gzip"],
)
def test_what_passes_is_tried_again(server: Serving, fault: Reply) -> None:
    server.faults["/thing"] = [fault, fault]
    with _client(server) as client:
        assert _ask(client)[1] == BODY
    assert len(server.asked) == 3


@pytest.mark.parametrize("fault", [Reply(b"", 500), Reply(BODY, cut=5), Reply(b"", 429)], ids=["500", "cut", "429"])
def test_what_does_not_pass_is_told(server: Serving, fault: Reply) -> None:
    server.faults["/thing"] = [fault] * 9
    with _client(server) as client, pytest.raises(SourceError) as caught:
        _ask(client)
    assert caught.value.diagnostics().remedy
    assert len(server.asked) == 5


def test_retry_after_is_obeyed(server: Serving) -> None:
    server.faults["/thing"] = [Reply(b"", 429, headers={"Retry-After": "1"})]
    begun = time.monotonic()
    with _client(server) as client:
        assert _ask(client)[1] == BODY
    assert time.monotonic() - begun >= 1.0


def test_a_source_that_wants_to_be_left_alone_is(server: Serving) -> None:
    server.faults["/thing"] = [Reply(b"", 429, headers={"Retry-After": "86400"})]
    with _client(server) as client, pytest.raises(SourceError, match="86400 seconds"):
        _ask(client)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_asked_for_twice(server: Serving, status: int) -> None:
    server.faults["/thing"] = [Reply(b"", status)]
    with _client(server) as client, pytest.raises(SourceError, match=str(status)):
        _ask(client)
    assert len(server.asked) == 1


def test_what_was_answered_before_is_asked_for_conditionally(server: Serving) -> None:
    with _client(server) as client:
        server.faults["/thing"] = [
            Reply(BODY, headers={"ETag": '"1"', "Last-Modified": "Mon, 03 Jan 2022 00:00:00 GMT"})
        ]
        first, _ = _ask(client)
        server.faults["/thing"] = [Reply(b"", 304)]
        second, body = _ask(client, known=first.validators)
    assert first.changed
    assert not second.changed
    assert body == b""
    assert server.asked[1].headers["If-None-Match"] == '"1"'
    assert second.validators == first.validators


def test_transport_compression_is_undone(server: Serving) -> None:
    server.faults["/thing"] = [gzipped(BODY * 100_000)]
    with _client(server) as client:
        assert _ask(client, _request(largest=1 << 24))[1] == BODY * 100_000


def test_two_gigabytes_are_refused_before_they_are_read(server: Serving) -> None:
    server.faults["/thing"] = [Reply(b"x" * 1000, announced=2 << 30, cut=1000)]
    with _client(server) as client, pytest.raises(SourceError, match="1 MiB"):
        _ask(client)
    assert len(server.asked) == 1


def test_an_endless_body_is_refused_by_the_limit(server: Serving) -> None:
    server.faults["/thing"] = [Reply(endless=True)]
    sink = io.BytesIO()
    with _client(server) as client, pytest.raises(SourceError, match="1 MiB"):
        client.ask(_request(), sink)
    assert len(sink.getvalue()) <= 1 << 20


def test_a_gzip_bomb_is_refused_by_the_limit(server: Serving) -> None:
    server.faults["/thing"] = [gzipped(bytes(64 << 20))]
    sink = io.BytesIO()
    with _client(server) as client, pytest.raises(SourceError, match="1 MiB"):
        client.ask(_request(), sink)
    assert len(sink.getvalue()) <= 1 << 20


@pytest.mark.parametrize(
    ("limit", "fault"),
    [("asking._READ_S", Reply(BODY, slow_s=1.0)), ("response._WHOLE_ANSWER_S", Reply(BODY, drip_s=0.1))],
    ids=["silent", "a byte now and then"],
)
def test_a_source_that_is_too_slow_is_told(
    server: Serving, monkeypatch: pytest.MonkeyPatch, limit: str, fault: Reply
) -> None:
    monkeypatch.setattr(f"kuager.sources.{limit}", 0.3)
    server.faults["/thing"] = [fault] * 9
    with _client(server) as client, pytest.raises(SourceError, match="did not answer in time"):
        _ask(client)
    assert len(server.asked) == 5


def test_a_loop_of_redirects_ends(server: Serving) -> None:
    server.faults["/thing"] = [Reply(b"", 302, headers={"Location": "/thing"})] * 50
    with _client(server) as client, pytest.raises(SourceError, match="without end"):
        _ask(client)
    assert len(server.asked) <= 7


def test_nobody_listens() -> None:
    with serving(lambda _asked: Reply()) as gone:
        pass
    with _client(gone) as client, pytest.raises(SourceError, match="cannot be reached"):
        _ask(client)


def test_a_quota_that_is_nearly_used_up_slows_down(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuager.sources.asking._QUOTA_WAIT_S", 0.5)
    server.faults["/thing"] = [Reply(BODY, headers={"X-RateLimit-Remaining": "1"})]
    with _client(server, pause_s=0.01, quota="X-RateLimit-Remaining") as client:
        _ask(client)
        _ask(client)
    assert server.asked[1].moment - server.asked[0].moment >= 0.5


def test_a_quota_that_would_not_bear_another_such_request_slows_down(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuager.sources.asking._QUOTA_WAIT_S", 0.5)
    server.faults["/thing"] = [
        Reply(BODY, headers={"X-RateLimit-Remaining": left}) for left in ("100", "60", "15", "9")
    ]
    with _client(server, pause_s=0.01, quota="X-RateLimit-Remaining") as client:
        for _ in range(5):
            _ask(client)
    waits = [later.moment - earlier.moment >= 0.5 for earlier, later in itertools.pairwise(server.asked)]
    assert waits == [False, False, True, False]


def test_a_token_is_sent_and_never_told(server: Serving, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults["/thing"] = [Reply(b"", 500)] * 9
    with _client(server, token=TOKEN) as client, pytest.raises(SourceError) as caught:
        _ask(client)
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in caplog.text + repr(caught.value) + str(caught.value.diagnostics())


def test_the_clock_of_the_source_is_told(server: Serving) -> None:
    server.faults["/thing"] = [Reply(BODY, clock_ahead_s=7200)]
    with _client(server) as client:
        answer, _ = _ask(client)
    assert answer.moment is not None
    assert 7100 < answer.moment - answer.asked_at < 7300
