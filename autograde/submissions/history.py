"""The cells that a kernel has executed, in order; `check` reads a learner's function from them."""

import sys
from typing import Any

from autograde.submissions.slicing import Cell


class History:
    """Records each cell that runs after this object is made; earlier cells come from IPython's own history.

    IPython's history alone will not do: some front ends run cells without storing them there.
    """

    def __init__(self, shell: Any) -> None:
        self._sources = [source for source in shell.user_ns.get("In", []) if source]
        shell.events.register("pre_run_cell", self._record_start)
        shell.events.register("post_run_cell", self._record_end)

    def _record_start(self, info: Any) -> None:
        self._sources.append(info.raw_cell)

    def _record_end(self, result: Any) -> None:
        # The cell that imports this package began before this class was registered.
        if result.info is not None and result.info.raw_cell not in self._sources:
            self._sources.append(result.info.raw_cell)

    def cells(self) -> list[Cell]:
        """The sources as Cells, oldest first; the last definition of a name counts."""
        return [Cell(f"cell [{number}]", source) for number, source in enumerate(self._sources, start=1)]


def current_shell() -> Any:
    """The IPython shell that runs this code, or None outside IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
