"""Persons of a body and those who act for it: the smaller group is never shown as counted."""

from __future__ import annotations

from typing import Any

from tests.core.pages import blocks, samples

from rekap.core.pages import pages
from rekap.core.pages.tables import people
from rekap.core.pages.words import headlines, spoken

NEVER = {"id": "tidak dihitung: badan", "en": "not counted: a body"}


def signer(at: int, acting: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "keyid": f"{at:032x}", "body": "kpu_kabko", "position": "anggota", "region": "91.01",
        "tps": None, "pair": None, "acting": acting, "counted": True, "grant": 5,
        "suspect": False, **changes,
    }  # fmt: skip


def named(signers: list[dict[str, Any]]) -> list[list[str]]:
    return [[one["keyid"][-1] for one in group] for group in people.offices(signers)]


def test_of_a_body_and_those_who_act_for_it_the_larger_group_counts() -> None:
    own, acting = [signer(1, None), signer(2, None)], [signer(3, "kpu_prov")]
    assert named([*acting, *own]) == [["1", "2"]]
    assert named([*own[:1], *acting, signer(4, "kpu_prov")]) == [["3", "4"]]
    assert named([*acting, *own[:1]]) == [["1"]], "the body's own where they are as many"


def test_two_bodies_of_one_answer_are_both_named() -> None:
    assert named([signer(1, None), signer(2, None, body="kpu_prov")]) == [["1"], ["2"]]
    assert named([signer(1, None, counted=False)]) == []


def test_a_page_says_that_the_smaller_group_does_not_count() -> None:
    figures = blocks.full(3)
    head = blocks.form_view("c_hasil", "91.01.06.1001", figures, tps="004")
    head["signers"] = [signer(at, None) for at in (1, 2, 3)]
    together = blocks.tps(head=head)
    beside = blocks.tps(head={**head, "signers": [*head["signers"], signer(4, "kpu_prov")]})
    for language, said in NEVER.items():
        assert said not in pages.render(together, language).decode()
        assert pages.render(beside, language).decode().count(said) == 1


def test_a_sum_beside_an_annulled_determination_names_that_one() -> None:
    """Unless TPS are missing: then these are why, whatever a court said."""
    said = {"id": "penetapannya dibatalkan", "en": "determination was annulled"}
    cases = [("determined", 0, False), ("annulled", 0, True), ("annulled-part", 0, True),
             ("annulled", 10, False)]  # fmt: skip
    for state, missing, there in cases:
        contest = samples.headline() | {"standing": samples.ruled(state)}
        contest["stations"] = {**contest["stations"], "missing": missing}
        for language, text in said.items():
            found = headlines.alert(spoken.words(language), contest)
            assert found is not None
            assert (text in found[0]) == there
