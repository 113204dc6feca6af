"""The client and the mapper of AWS are imported where `store.aws` says, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "functions/rekap/portal/store/aws"


def test_the_client_is_made_in_one_module_and_the_mapper_in_the_tables() -> None:
    users = {"boto3": set[str](), "pynamodb": set[str]()}
    for path in (ROOT / "functions").rglob("*.py"):
        for library in re.findall(
            r"^(?:import|from) (boto3|pynamodb)\b", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            users[library].add(path.relative_to(HERE).as_posix())
    assert users == {
        "boto3": {"clients.py"},
        "pynamodb": {"order.py", "patience.py", "records.py", "register.py", "table.py"},
    }
