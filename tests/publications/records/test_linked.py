"""Linked data: it expands without asking anybody, says what there is, and cannot break out of a page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from pyld import jsonld
from tests.publications.records.cases import case_of, history_of, measured

from kuager.publications.records.files import LINKED, linked_path, record_files
from kuager.publications.records.linked import page_data
from kuager.publications.view import EpisodeView

HOME = "https://example.org/kz/"


def offline(url: str, _options: object) -> object:
    pytest.fail(f"{url} was asked for")


def expanded(document: bytes | str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jsonld.expand(json.loads(document), {"documentLoader": offline, "base": HOME})
    return found


def of_type(nodes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in nodes if one["@type"] == [f"https://schema.org/{kind}"]]


def value(node: dict[str, Any], name: str) -> Any:
    (only,) = node[f"https://schema.org/{name}"]
    return only.get("@value", only)


def test_a_case_is_a_dataset_with_an_event_and_a_claim_for_each_episode(simulated_view: EpisodeView) -> None:
    view = measured(simulated_view, address=HOME)
    files = record_files({"en": case_of(view)})
    nodes = expanded(files[LINKED])
    (dataset,) = of_type(nodes, "Dataset")
    assert 50 <= len(value(dataset, "description")) <= 5000
    assert value(dataset, "temporalCoverage") == "2022-01-02T00:00:00Z/2022-01-14T00:00:00Z"
    downloads = {value(one, "contentUrl") for one in dataset["https://schema.org/distribution"]}
    assert downloads == {HOME + path for path in files if path != LINKED}
    licences = dataset["https://schema.org/license"]
    assert {"@id": "https://spdx.org/licenses/CC-BY-NC-4.0.html"} in licences
    (event,) = of_type(nodes, "Event")
    assert (value(event, "startDate"), value(event, "endDate")) == ("2022-01-05T10:30:00Z", "2022-01-11T02:15:00Z")
    assert value(value(event, "location"), "name") == "Kazakhstan"
    assert value(event, "eventStatus") == {"@id": "https://schema.org/EventScheduled"}
    (claim,) = of_type(nodes, "Claim")
    assert value(value(claim, "firstAppearance"), "datePublished") == "2022-01-11T03:15:00Z"
    assert value(value(claim, "appearance"), "datePublished") == "2022-01-12T03:15:00Z"
    assert value(value(claim, "appearance"), "url").startswith(HOME)


def test_an_episode_has_its_own_and_no_word_is_lost_in_expanding(ongoing_view: EpisodeView) -> None:
    files = record_files({"en": case_of(ongoing_view)})
    document = json.loads(files[linked_path(ongoing_view.episode.id)])
    nodes = expanded(files[linked_path(ongoing_view.episode.id)])
    (event,) = of_type(nodes, "Event")
    assert "https://schema.org/endDate" not in event
    for plain, node in zip(document["@graph"], nodes, strict=True):
        assert {f"https://schema.org/{name}" for name in plain if name != "@type"} == set(node) - {"@type"}
    links = [one["contentUrl"] for one in document["@graph"][0]["distribution"]]
    assert "episode.json" in links  # beside it, also on a stick


def test_what_stands_in_a_page_cannot_end_its_block(simulated_view: EpisodeView) -> None:
    hostile = replace(
        simulated_view,
        about=replace(simulated_view.about, place_name='</script><script>alert("1")</script>\u2028&amp;<!--'),
        history=history_of(simulated_view),
    )
    text = page_data(hostile, ("data/a/episode.json",))
    assert not re.search("[<>&\u2028\u2029]", text)
    claim = json.loads(text)["@graph"][2]
    assert '</script><script>alert("1")</script>\u2028&amp;<!--' in claim["text"]
    assert expanded(text)


def test_a_source_without_a_licence_gets_none(ongoing_view: EpisodeView) -> None:
    signals = tuple(msgspec.structs.replace(one, signal="ioda.bgp") for one in ongoing_view.episode.signals)
    shown = replace(ongoing_view, episode=msgspec.structs.replace(ongoing_view.episode, signals=signals))
    (dataset,) = of_type(expanded(page_data(shown)), "Dataset")
    assert "https://schema.org/license" not in dataset
    assert value(value(dataset, "creator"), "name") == "IODA, Georgia Tech"
