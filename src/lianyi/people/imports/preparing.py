"""Before an import: the table, the plan for it, and what a person should look at."""

from pathlib import Path
from typing import NamedTuple

from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.headers import is_known, propose
from lianyi.people.imports.mapping import Mapping
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.plan import Plan, make_plan
from lianyi.people.imports.schemas import Found
from lianyi.people.imports.tables import FileSpec, Table


class Prepared(NamedTuple):
    """A file with a plan that leaves nothing to be detected."""

    kind: str
    table: Table
    plan: Plan
    left_out: list[tuple[str, Sentence]]

    @property
    def found(self) -> Found:
        """What a person should look at."""
        return Found(self.table.reading, self.table.columns, self.plan.mapping, self.left_out)


def prepare(workspace: Workspace, path: Path, kind: str, mapping: Mapping | None) -> Prepared:
    """Looks through the file and settles the mapping, or proposes one by the names of the columns."""
    spec = mapping.file if mapping is not None else FileSpec()
    table = open_table(path, spec, lambda name: is_known(name) or _names(mapping, name))
    left_out: list[tuple[str, Sentence]] = []
    if mapping is None:
        mapping, left_out = propose(kind, table.columns)
    return Prepared(kind, table, make_plan(table, mapping, zone=workspace.zone), left_out)


def _names(mapping: Mapping | None, name: str) -> bool:
    from lianyi.people.imports.mapping import explicit, specs_of

    return mapping is not None and any(spec.column == name for spec in specs_of(explicit(mapping)))
