"""Sources as the test server plays them: right answers in each source's own shape, one file per source."""

from __future__ import annotations

from importlib import import_module

from tests.serving import Asked, Reply

from kuager.sources.registry import OFFERS


def settings(address: str) -> str:
    """Settings that lead every request of every source to one server, without pauses."""
    lines = ['contact = "desk@example.org"']
    for name in OFFERS:
        where = f"{address}/v2" if name == "ioda" else f"{address}/{name}"
        lines += [f"[sources.{name}]", f'address = "{where}"', "pause_s = 0.0", "first_wait_s = 0.01"]
    return "\n".join(lines) + "\n"


def everything(asked: Asked) -> Reply:
    """What the source answers to whose address a request came; 404 where none is played."""
    name = asked.path.split("/")[1]
    try:
        playing = import_module(f"tests.playing.{'ioda' if name == 'v2' else name.replace('-', '_')}")
    except ModuleNotFoundError:
        return Reply(b"", 404)
    answer: Reply = playing.answer(asked)
    return answer
