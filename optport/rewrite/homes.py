"""The modules that optimizers are at home in once they are ported: a better port may be elsewhere.

Its schedulers, and what is called on it, become those of that module, then.
"""

from __future__ import annotations

from collections.abc import Iterable

from optport.check import Checked
from optport.hazards.judge import judge
from optport.hazards.scene import Key, key_of
from optport.reader.model import Construction
from optport.signatures import ApiKind
from optport.table import targets
from optport.targets import Target


class Homes:
    """Where the optimizers of one file are at home."""

    def __init__(self, constructions: Iterable[Checked], target: Target) -> None:
        """Take what a file builds, and the target that it is ported to."""
        self.target = target
        self._by_key: dict[Key, Target] = {}
        for checked in constructions:
            if checked.construction.kind is ApiKind.OPTIMIZER:
                callee = checked.judgements[0].port.callee or ""
                home = callee.rpartition(".")[0]
                if home != target.name and home in targets():
                    self._by_key[key_of(checked.construction)] = target.at(home)

    def of(self, constructions: Iterable[Construction]) -> Target | None:
        """Return where all of some optimizers and schedulers are at home; None for several."""
        optimizers = [
            optimizer
            for one in constructions
            for optimizer in ([one] if one.kind is ApiKind.OPTIMIZER else one.built_with)
        ]
        found = {self._by_key.get(key_of(one), self.target) for one in optimizers}
        if not found:
            return self.target
        return found.pop() if len(found) == 1 else None

    def at_home(self, checked: Checked) -> Checked:
        """Return a scheduler as it is judged where its optimizers are; anything else as it is."""
        home = self.of([checked.construction])
        if checked.construction.kind is not ApiKind.SCHEDULER or home in (None, self.target):
            return checked
        assert home is not None
        scene = checked.judgements[0].scene
        return Checked(checked.construction, (judge(checked.construction, home, scene),))
