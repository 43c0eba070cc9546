"""What the reader finds in a file: constructions with their arguments, and uses of methods."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Mapping
from dataclasses import field, replace

from optport.edits import Edit
from optport.lean import dataclass
from optport.places import Place
from optport.reader.layout import Site
from optport.reader.objects import NAMESPACE
from optport.reader.scopes import Function, Point
from optport.signatures import ApiKind, Signature, family
from optport.table.model import Access
from optport.table.operands import Lookup
from optport.values import UNKNOWN, Certainty, ValueSet, literal


class Shape(enum.Enum):
    """The form of an optimizer's first argument."""

    FLAT = enum.auto()
    GROUPS = enum.auto()
    UNKNOWN = enum.auto()


class Container(enum.Enum):
    """The kinds of containers that some target does not take, as the table names them."""

    PLAIN = ""
    GENERATOR = "generator-in-group"
    PARAMETERS = "parameters-in-group"
    VIEW = "view-in-group"
    NAMED = "named"
    BARE = "bare-in-group"


@dataclass(frozen=True, slots=True)
class Callee:
    """A function or lambda of the file that something calls.

    Its first `skip` parameters get something else; unless it is `sure`, it may be another one.
    """

    node: Function
    skip: int = 0
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Argument:
    """One value passed at a construction: the parameter's name, the value, and where it stands.

    Unless it is `sure`, it may be left out as well: then the default is among the values.
    """

    name: str
    value: ValueSet
    text: str
    """The expression as the file spells it."""
    place: Place
    sure: bool = True
    node: ast.expr | None = field(default=None, compare=False, repr=False)
    """The value's expression, where it stands in the file's text as an argument."""
    site: Site | None = field(default=None, compare=False, repr=False)
    """The call or display that it is an argument or an entry of; None where it may be another."""
    functions: tuple[Callee, ...] = field(default=(), compare=False, repr=False)
    """The functions of the file that the value, or an element of it, is."""
    display: ast.expr | None = field(default=None, compare=False, repr=False)
    """The list or tuple that the value must be, written elsewhere."""
    handed: tuple[ast.expr, Site] | None = field(default=None, compare=False, repr=False)
    """What hands it on in the construction's own call, where it is from a call around that."""
    instead: tuple[Argument, ...] = ()
    """Where it is one of several, each of them as it stands by itself; `value` is of all."""

    def blamed(self, meets: Callable[[Lookup], bool], lookup: Lookup) -> Argument:
        """Return the one of several that meets something with its own value; itself for none."""
        for one in self.instead:
            if meets(one._alone(lookup)):
                return one
        return self

    def _alone(self, lookup: Lookup) -> Lookup:
        """The values in force where the argument is just this one."""
        return lambda name: self.value if name == self.name else lookup(name)

    @property
    def own(self) -> bool:
        """Whether an edit of it changes this construction alone."""
        return self.site is not None and self.site.own

    @property
    def value_place(self) -> Place | None:
        """Where the value stands; None for one that is not written as an argument."""
        if self.site is None or self.node is None:
            return None
        return self.site.value_place(self.node)

    @property
    def whole_place(self) -> Place | None:
        """Where the whole argument or entry stands, as ``lr=0.1``."""
        if self.site is None or self.node is None:
            return None
        return self.site.whole_place(self.node)

    def replaced(self, text: str) -> Edit | None:
        """Return the edit that puts `text` in place of the value.

        None unless it is `own`, and `sure`, and where a comment would go with the value.
        """
        if self.site is None or self.node is None or not (self.sure and self.own):
            return None
        return self.site.replaced(self.node, text)

    def dropped(self) -> Edit | None:
        """Return the edit that takes the argument out.

        None unless it is `own`, and `sure`; and for a positional one.
        """
        if self.site is None or self.node is None or not self.sure:
            return None
        return self.site.dropped(self.node)


@dataclass(frozen=True, slots=True)
class Group:
    """One parameter group: its keys as arguments, and what its parameters are held in.

    Unless it is `container_sure`, that may as well be something else.
    """

    arguments: Mapping[str, Argument]
    container: Container
    sure: bool
    container_sure: bool = True
    site: Site | None = field(default=None, compare=False, repr=False)
    """The display or call of `dict` in which it is written."""
    words: tuple[str, ...] = ()
    """What the names of its parameters are compared with."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the optimizer is handed to train; `inline` when the groups stand in the call."""

    shape: Shape = Shape.UNKNOWN
    groups: tuple[Group, ...] = ()
    inline: bool = False
    container: Container = Container.PLAIN
    reordered: Certainty = Certainty.NO
    """How surely groups hold the parameters in another order than the model."""
    made: bool = False
    """Whether a call of something that is not known makes them: perhaps groups."""
    sources: tuple[tuple[ast.expr, Point], ...] = field(default=(), compare=False, repr=False)
    """The expressions that hand them over, and where."""


@dataclass(frozen=True, slots=True)
class Construction:
    """One torch optimizer or scheduler call found in source.

    `api` is torch's name of the class below `torch.optim`, `signature` the one that its arguments
    were bound by, `hidden` the place of the first `*args` or `**kwargs` and its text, if there is
    one.
    """

    api: str
    kind: ApiKind
    signature: Signature
    arguments: Mapping[str, Argument]
    place: Place
    certainty: Certainty
    parameters: Parameters
    hidden: tuple[str, Place] | None = None
    also_hidden: tuple[str, ...] = ()
    """The texts of further ones."""
    handed_on: bool = False
    """Whether a call of something unknown builds it, which may give further arguments."""
    complete: bool = True
    """Whether the call builds one of torch's classes, and nothing else."""
    site: Site | None = field(default=None, compare=False, repr=False)
    """The call, as a place to write arguments into."""
    built_with: tuple[Construction, ...] = ()
    """What a scheduler's optimizer is known to be; empty for one that is not known."""
    inner: tuple[Construction, ...] = ()
    """The schedulers that a scheduler is made of, in order; empty unless all are known."""
    weight: int = 1
    """How many schedulers it is, with all that it is made of, one used twice counted twice."""

    @property
    def shape(self) -> Shape:
        """Whether the parameters are one flat list or groups."""
        return self.parameters.shape

    @property
    def qualified(self) -> str:
        """The class's full name, as `torch.optim.Adam`."""
        return f"{NAMESPACE}.{self.api}"

    def in_force(self, parameter: str) -> ValueSet:
        """Return the value that training runs with: the argument's, or torch's default."""
        if parameter in self.arguments:
            return self.arguments[parameter].value
        known = self.signature.by_name.get(parameter)
        if known is None or known.required or self.handed_on:
            return UNKNOWN
        default = literal(known.value)
        return default | UNKNOWN if self.hidden else default

    def read_as(self, api: str, version: str) -> Construction:
        """Return the call of another torch class that this one trains the same as.

        Where the two disagree on a default, this one's default becomes an argument; arguments
        that the other does not have are left out.
        """
        signature = family(NAMESPACE).nearest(api, version)
        assert signature is not None
        arguments = {
            name: argument
            for name, argument in self.arguments.items()
            if name in signature.by_name or name == "params"
        }
        for name, mine in self.signature.by_name.items():
            other = signature.by_name.get(name)
            if other is None or name in arguments or mine.required or mine.value == other.value:
                continue
            value = literal(mine.value)
            arguments[name] = Argument(name, value, str(mine.default), self.place)
        return replace(self, api=api, signature=signature, arguments=arguments)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A call that builds some torch optimizer; which one is decided at run time."""

    place: Place


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a use of an object runs.

    `loop` is the innermost loop that uses one object again and again, `function` what it is in, and
    `conditions` are the `if`s around it there that may change from turn to turn. A loop over the
    objects themselves uses each of them once: `each` says that it surely uses all of them.
    """

    loop: Place | None = None
    function: Place | None = None
    conditions: frozenset[Place] = frozenset()
    each: bool = False


@dataclass(frozen=True, slots=True)
class MethodUse:
    """A method or attribute, used on what is known to be an optimizer or scheduler of torch.

    Also a function or a method of something else that is given one (`Access.PASSED`). `api` is
    torch's name of the member below the class that has it, as ``Optimizer.zero_grad``, `classes`
    are the classes that the object may be of, `receivers` the constructions that it may be from.
    """

    api: str
    access: Access
    receiver_kind: ApiKind
    classes: tuple[str, ...]
    receivers: tuple[Construction, ...]
    place: Place
    certainty: Certainty
    key: str | None = None
    """The key of a group that is read or set, where that is known."""
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    """A call's arguments, by the parameters of `signature`."""
    value: Argument | None = None
    """What is assigned."""
    signature: Signature | None = None
    hidden: tuple[str, Place] | None = None
    formatted: bool = False
    """Whether what is read is formatted by something like ``.3f``."""
    of_item: bool = False
    """Whether an item of the member is read or set, rather than the member itself."""
    whole: bool = False
    """Whether all keys of a group are looked at."""
    opened: Certainty = Certainty.POSSIBLE
    """How surely something looks into what a call gives, rather than keeping it whole."""
    pace: Pace = field(default_factory=Pace)
    """How often it runs for one object."""
    site: Site | None = field(default=None, compare=False, repr=False)
    """The call, as a place to write arguments into."""
    complete: bool = False
    """Whether the object must be one of `classes`, or None."""
    node: ast.expr | None = field(default=None, compare=False, repr=False)
    """The use in the file's tree."""
    aliased: bool = False
    """Whether it is used by a name that it has been assigned to."""
    declared: tuple[ast.expr, ...] = field(default=(), compare=False, repr=False)
    """The annotations by which the object is known, where no construction is."""

    @property
    def kind(self) -> ApiKind:
        """That it is a member."""
        return ApiKind.METHOD

    @property
    def owner(self) -> str:
        """The full name of the object's class, the first of several."""
        return f"{NAMESPACE}.{self.classes[0]}"

    @property
    def method(self) -> str:
        """The name of the member."""
        return self.api.rpartition(".")[2]

    @property
    def qualified(self) -> str:
        """The full name of the member."""
        if self.access is Access.PASSED:
            return self.api.removeprefix("builtins.")
        return f"{NAMESPACE}.{self.api}"
