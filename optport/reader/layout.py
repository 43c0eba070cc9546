"""How the arguments of a call or dict display are laid out, and the edits that change them.

An argument is written behind the last one, a value is replaced, an argument is taken out with its
comma. Comments and everything else stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cached_property

from optport.edits import Edit
from optport.lean import dataclass
from optport.places import Place
from optport.reader.source import SourceText

Holder = ast.Call | ast.Dict
Owns = Callable[[Holder | ast.Subscript], bool]
"""What tells whether a call, a display or an item's assignment is one's own."""

_BLANKS = b" \t\f\n\\"


@dataclass(frozen=True, slots=True)
class Item:
    """One argument or entry: from where to where, in bytes, and behind its comma if it has one."""

    value: ast.expr
    begin: int
    end: int
    after_comma: int | None


class Site:
    """A place that arguments are written at.

    It is `own` when what is written there changes one construction and nothing else.
    """

    def __init__(self, node: Holder | ast.Subscript, source: SourceText, owns: Owns) -> None:
        """Take what it is, the file's text, and what tells what is one construction's own."""
        self.node = node
        self._source = source
        self._owns = owns

    @cached_property
    def own(self) -> bool:
        """Whether an edit here edits one construction alone."""
        return self._owns(self.node)

    def owned_by(self, owns: Owns) -> Site:
        """Return the same place, for somebody else to own or not."""
        raise NotImplementedError

    def file_has(self, pattern: str) -> bool:
        """Whether a regular expression finds something in the text of the file."""
        return self._source.has(pattern)

    def written(self, arguments: Sequence[tuple[str, str]]) -> Edit | None:
        """Return the edit that gives further arguments, by name and text, in their order.

        None where it would change more than one construction.
        """
        return None

    def value_place(self, value: ast.expr) -> Place:
        """Return the place of an argument's value."""
        return self._source.place(value)

    def replaced(self, value: ast.expr, text: str) -> Edit | None:
        """Return the edit that puts `text` in place of a value; None where a comment is in it."""
        begin, end = self._source.offset(value), self._source.end_offset(value)
        if b"#" in self._source.data[begin:end] and value.lineno != value.end_lineno:
            return None
        return Edit(self.value_place(value), text)

    def whole_place(self, value: ast.expr) -> Place | None:
        """Return the place of the argument or entry with that value; None if there is none."""
        return None

    def dropped(self, value: ast.expr) -> Edit | None:
        """Return the edit that takes out the argument with that value.

        None for a positional argument, and where it would change more than one construction.
        """
        return None

    @property
    def bare(self) -> ast.expr | None:
        """A generator that is a call's one argument, without parentheses of its own."""
        return None

    def rewritten(
        self, becomes: Mapping[ast.expr, Sequence[tuple[str, str | None]]]
    ) -> list[Edit] | None:
        """Return the edits that give arguments, by their values, other names and texts.

        Several pairs take the place of one argument, none take it out, a positional one, too:
        whoever asks names the others. A text of None keeps the value as it stands. Arguments that
        `becomes` does not have stay. None where it would change another construction.
        """
        return None


class HolderSite(Site):
    """A call or dict display as a place to write arguments into."""

    def __init__(self, holder: Holder, source: SourceText, owns: Owns, prefix: str = "") -> None:
        """Take the call or display; keywords of a call are written behind `prefix`."""
        super().__init__(holder, source, owns)
        self._holder = holder
        self._prefix = prefix

    def owned_by(self, owns: Owns) -> Site:
        """Return the same call or display, for somebody else to own or not."""
        return HolderSite(self._holder, self._source, owns, self._prefix)

    def written(self, arguments: Sequence[tuple[str, str]]) -> Edit | None:
        """Return the edit that gives further arguments, by name and text, in their order.

        None where it would change more than one construction.
        """
        if not self.own:
            return None
        items = self._items
        spelled = [self._spelled(name, text) for name, text in arguments]
        if not items:
            return self._inserted(self._open, ", ".join(spelled))
        if self._bare_generator is not None:
            begin, end = self._bare_generator
            inner = self._source.data[begin:end].decode("utf-8", "surrogatepass")
            return Edit(self._source.place_of(begin, end), ", ".join([f"({inner})", *spelled]))
        last = items[-1]
        separator = self._separator(last)
        return self._inserted(last.end, "".join(separator + one for one in spelled))

    @property
    def bare(self) -> ast.expr | None:
        """A generator that is a call's one argument, without parentheses of its own."""
        return None if self._bare_generator is None else self._nodes[0][0]

    def value_place(self, value: ast.expr) -> Place:
        """Return the place of an argument's value."""
        if self._bare_generator is not None and isinstance(value, ast.GeneratorExp):
            return self._source.place_of(*self._bare_generator)
        return self._source.place(value)

    def whole_place(self, value: ast.expr) -> Place | None:
        """Return the place of the argument or entry with that value; None if there is none."""
        item = self._item(value)
        return None if item is None else self._source.place_of(item.begin, item.end)

    def dropped(self, value: ast.expr) -> Edit | None:
        """Return the edit that takes out the argument with that value.

        None for a positional argument, and where it would change more than one construction.
        """
        item = self._item(value)
        holder = self._holder
        positional = isinstance(holder, ast.Call) and any(value is one for one in holder.args)
        if item is None or positional or not self.own:
            return None
        begin, end = self._extent(item)
        return Edit(self._source.place_of(begin, end), "")

    def rewritten(
        self, becomes: Mapping[ast.expr, Sequence[tuple[str, str | None]]]
    ) -> list[Edit] | None:
        """Return the edits that give arguments, by their values, other names and texts.

        Several pairs take the place of one argument, none take it out, a positional one, too:
        whoever asks names the others. A text of None keeps the value as it stands. Arguments that
        `becomes` does not have stay. None where it would change another construction.
        """
        items = self._items
        if not self.own or not becomes.keys() <= {item.value for item in items}:
            return None
        if isinstance(self._holder, ast.Call) and _would_be_behind_names(self._holder, becomes):
            return None
        edits: list[Edit] = []
        gone = [item for item in items if not becomes.get(item.value, True)]
        kept = [item for item in items if item not in gone]
        for item in kept:
            pairs = becomes.get(item.value)
            if pairs is None:
                continue
            if len(pairs) == 1 and pairs[0][1] is None:
                edits += self._renamed(item, pairs[0][0])
            else:
                text = self._separator(item).join(self._spelled(n, text or "") for n, text in pairs)
                edits.append(Edit(self._source.place_of(item.begin, item.end), text))
        return edits + [Edit(self._source.place_of(*gap), "") for gap in self._gaps(gone, kept)]

    def _renamed(self, item: Item, name: str) -> list[Edit]:
        """Another name for an argument or entry; a positional one gets one."""
        source, holder = self._source, self._holder
        if isinstance(holder, ast.Dict):
            key = holder.keys[holder.values.index(item.value)]
            assert key is not None  # an entry has one
            return [Edit(source.place(key), self._spelled(name, "").partition(":")[0])]
        named = next((one for one in holder.keywords if one.value is item.value), None)
        if named is not None:
            end = item.begin + len((named.arg or "").encode())
            return [Edit(source.place_of(item.begin, end), self._prefix + name)]
        if self._bare_generator is None:
            return [self._inserted(item.begin, self._spelled(name, ""))]
        opening = self._inserted(item.begin, self._spelled(name, "("))
        return [opening, self._inserted(item.end, ")")]

    def _gaps(self, gone: Sequence[Item], kept: Sequence[Item]) -> Iterator[tuple[int, int]]:
        """From where to where to take text out, for some items to be gone with their commas."""
        last = kept[-1] if kept else None
        for item in gone:
            if last is None or item.begin < last.begin:
                yield self._extent(item)
        behind = [item for item in gone if last is not None and item.begin > last.begin]
        if last is not None and behind:
            data, end = self._source.data, behind[-1].end
            if b"#" not in data[last.end : end]:
                yield last.end, end
            else:
                yield from ((item.begin, item.after_comma or item.end) for item in behind)

    # -- layout ---

    def _spelled(self, name: str, text: str) -> str:
        name = self._prefix + name
        if isinstance(self._holder, ast.Call):
            return f"{name}={text}"
        keys = [key for key in self._holder.keys if key is not None]
        data = self._source.data
        single = bool(keys) and data[self._source.offset(keys[0]) :].startswith(b"'")
        quote = "'" if single else '"'
        return f"{quote}{name}{quote}: {text}"

    def _inserted(self, at: int, text: str) -> Edit:
        return Edit(self._source.place_of(at, at), text)

    def _separator(self, last: Item) -> str:
        """What comes between the last argument and one more: a line end where each has its own."""
        data = self._source.data
        line = data[data.rfind(b"\n", 0, last.begin) + 1 : last.begin]
        following = data[last.end : self._end].lstrip(b", \t\f")
        if line.strip() or not following.startswith(b"\n"):
            return ", "
        return ",\n" + line.decode("utf-8", "surrogatepass")

    def _extent(self, item: Item) -> tuple[int, int]:
        """Return what to take out for an item to be gone, with the comma that is one too many."""
        data, items = self._source.data, self._items
        at = items.index(item)
        if at == len(items) - 1 and at > 0:
            before = items[at - 1].end
            if b"#" not in data[before : item.begin]:
                return before, item.end
        if item.after_comma is None:
            return item.begin, item.end
        begin, end = item.begin, item.after_comma
        while data[end : end + 1] in (b" ", b"\t"):
            end += 1
        line = data.rfind(b"\n", 0, begin) + 1
        if data[end : end + 1] == b"\n" and not data[line:begin].strip():
            return line, end + 1
        return begin, end

    def _item(self, value: ast.expr) -> Item | None:
        return next((item for item in self._items if item.value is value), None)

    @cached_property
    def _nodes(self) -> Sequence[tuple[ast.expr, int]]:
        """The values in source order, and where each one's last token is, but for parentheses."""
        holder, source = self._holder, self._source
        if isinstance(holder, ast.Dict):
            return [(value, source.end_offset(value)) for value in holder.values]
        nodes = [(value, source.end_offset(value)) for value in holder.args]
        nodes += [(one.value, source.end_offset(one)) for one in holder.keywords]
        return sorted(nodes, key=lambda node: node[1])

    @cached_property
    def _end(self) -> int:
        """Where the closing bracket is."""
        return self._source.end_offset(self._holder) - 1

    @cached_property
    def _open(self) -> int:
        """The first byte behind the opening bracket."""
        holder, source = self._holder, self._source
        if isinstance(holder, ast.Dict):
            return source.offset(holder) + 1
        return self._skipped(source.end_offset(holder.func), _BLANKS + b")") + 1

    @cached_property
    def _bare_generator(self) -> tuple[int, int] | None:
        """Where a generator stands that is a call's one argument, without parentheses."""
        args = self._holder.args if isinstance(self._holder, ast.Call) else []
        if len(args) != 1 or not isinstance(args[0], ast.GeneratorExp):
            return None
        if self._source.offset(args[0]) != self._open - 1:
            return None
        data, begin, end = self._source.data, self._open, self._end
        inside = data[begin:end]
        begin += len(inside) - len(inside.lstrip())
        return begin, begin + len(inside.strip())

    @cached_property
    def _items(self) -> Sequence[Item]:
        found: list[Item] = []
        if self._bare_generator is not None:
            begin, end = self._bare_generator
            return [Item(self._nodes[0][0], begin, end, None)]
        begin = self._open
        for value, last in self._nodes:
            begin = self._skipped(begin, _BLANKS)
            end, comma = last, self._skipped(last, _BLANKS)
            while comma < self._end and self._source.data[comma : comma + 1] == b")":
                end, comma = comma + 1, self._skipped(comma + 1, _BLANKS)
            after = comma + 1 if self._source.data[comma : comma + 1] == b"," else None
            found.append(Item(value, begin, end, after))
            begin = comma + 1
        return found

    def _skipped(self, at: int, over: bytes) -> int:
        """Return the first place from `at` on that holds none of `over`, and no comment."""
        data = self._source.data
        while at < self._end:
            if data[at : at + 1] == b"#":
                at = data.find(b"\n", at)
            elif data[at] not in over:
                break
            else:
                at += 1
        return at


def _would_be_behind_names(call: ast.Call, named: Container[ast.expr]) -> bool:
    """Whether an argument without a name would stand behind one that gets a name: one too many."""
    given = [value in named for value in call.args if not isinstance(value, ast.Starred)]
    return True in given and not all(given[given.index(True) :])
