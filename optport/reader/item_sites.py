"""Items that are assigned to a dict, ``d["lr"] = 0.1``, as places of arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from optport.edits import Edit
from optport.places import Place
from optport.reader.layout import Owns, Site
from optport.reader.source import SourceText


class ItemSite(Site):
    """The assignment of one item of a dict, whose key is written out."""

    def __init__(
        self,
        target: ast.Subscript,
        value: ast.expr,
        source: SourceText,
        owns: Owns,
    ) -> None:
        """Take the assignment's target and its value."""
        super().__init__(target, source, owns)
        self._target = target
        self._value = value

    def owned_by(self, owns: Owns) -> Site:
        """Return the same assignment, for somebody else to own or not."""
        return ItemSite(self._target, self._value, self._source, owns)

    def whole_place(self, value: ast.expr) -> Place | None:
        """Return the place of the assignment."""
        begin, end = self._source.offset(self._target), self._source.end_offset(self._value)
        return self._source.place_of(begin, end)

    def rewritten(
        self, becomes: Mapping[ast.expr, Sequence[tuple[str, str | None]]]
    ) -> list[Edit] | None:
        """Return the edits that assign other items; one that is assigned can't be left out."""
        pairs, key = becomes.get(self._value, ()), self._target.slice
        written_out = isinstance(key, ast.Constant) and isinstance(key.value, str)
        if not pairs or not written_out or not self.own:
            return None
        source = self._source
        names = [self._quoted(name) for name, _ in pairs]
        if len(pairs) > 1:
            if not self._is_alone():
                return None
            holder = source.data[source.offset(self._target) : source.offset(key)].decode()
            targets = ", ".join(f"{holder}{name}]" for name in names)
            text = f"{targets} = {', '.join(text or '' for _, text in pairs)}"
            place = self.whole_place(self._value)
            return None if place is None else [Edit(place, text)]
        edits = [Edit(source.place(key), names[0])]
        ((_, written),) = pairs
        return edits if written is None else [*edits, Edit(source.place(self._value), written)]

    def _quoted(self, name: str) -> str:
        at = self._source.offset(self._target.slice)
        quote = "'" if self._source.data[at : at + 1] == b"'" else '"'
        return f"{quote}{name}{quote}"

    def _is_alone(self) -> bool:
        """Whether nothing else stands on the assignment's lines, and nothing else is assigned."""
        source, data = self._source, self._source.data
        begin, end = source.offset(self._target), source.end_offset(self._value)
        between = data[source.end_offset(self._target) : source.offset(self._value)]
        before = data[data.rfind(b"\n", 0, begin) + 1 : begin]
        after = data[end : (data.find(b"\n", end) + 1 or len(data) + 1) - 1].strip()
        alone = not before.strip() and after[:1] in (b"", b"#")
        return alone and re.fullmatch(rb"\s*=\s*", between) is not None
