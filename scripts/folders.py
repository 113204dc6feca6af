"""The contract `folders` of the import rule: folders that import each other in a circle are none.

A module belongs to the folder that it lies in; the built-in contracts compare a folder with what
lies beside it, so that modules beside a folder may use it and be used by it.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class Folders(Contract):
    """No circle of folders, whichever files tie it."""

    type_name = "folders"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Find one circle, if there is any."""
        arrows: dict[str, set[str]] = {}
        for module in graph.modules:
            folder = _folder(graph, module)
            used = graph.find_modules_directly_imported_by(module)
            arrows.setdefault(folder, set()).update(_folder(graph, one) for one in used)
            arrows[folder].discard(folder)
        try:
            TopologicalSorter(arrows).prepare()
        except CycleError as error:
            return ContractCheck(kept=False, metadata={"circle": error.args[1]})
        return ContractCheck(kept=True)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say the circle: each folder is imported by the next one."""
        output.print_error(" <- ".join(check.metadata["circle"]))


def _folder(graph: ImportGraph, module: str) -> str:
    if graph.is_module_squashed(module) or graph.find_children(module):
        return module
    return module.rpartition(".")[0]
