"""Names of pairs that a source shouts are written as a newspaper writes them."""

from __future__ import annotations

import pytest

from rekap.desk.elections.names import spelled

SPELLED = [
    ("DR. H. HERDIAT SUNARYA", "Dr. H. Herdiat Sunarya"),
    ("H. YANA DIANA PUTRA", "H. Yana Diana Putra"),
    ("H. M. RIDWAN KAMIL", "H. M. Ridwan Kamil"),
    ("Komjen Pol. (Purn). DHARMA PONGREKUN, S.I.K., M.M., M.Hum.",
     "Komjen Pol. (Purn). Dharma Pongrekun, S.I.K., M.M., M.Hum."),
    ("Dr. Ir. R. KUN WARDANA ABYOTO, M.T.", "Dr. Ir. R. Kun Wardana Abyoto, M.T."),
    ("H. RANO KARNO, S.IP. (SI DOEL)", "H. Rano Karno, S.IP. (Si Doel)"),
    ("K.H. MA'RUF AMIN", "K.H. Ma'ruf Amin"),
    ("ANAK AGUNG GDE-OKA III", "Anak Agung Gde-Oka III"),
    ("HJ. AIRIN RACHMI DIANY, S.H.", "Hj. Airin Rachmi Diany, S.H."),
]  # fmt: skip


@pytest.mark.parametrize(("shouted", "written"), SPELLED)
def test_names_in_capitals_with_all_titles(shouted: str, written: str) -> None:
    assert spelled(shouted) == written
    assert spelled(written) == written


def test_the_own_spelling_of_a_folder_stays() -> None:
    for name in ("Taufik van der Berg", "deMello Santoso", "Andika H. McDonald"):
        assert spelled(name) == name
