"""Names that may hold something built: as many uses are found as if all were worked out."""

from __future__ import annotations

import ast

import pytest

from optport.reader.held_names import held_lines
from optport.reader.index import Index
from optport.reader.lines import LineIndex
from optport.reader.tracked_names import track_names
from tests.test_tracked_names import found

_HEAD = """
import torch
from torch import optim
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
"""
_WAYS = {
    "by a text": """
o=SGD(p)
getattr(o,'step')(c)
vars(o)['param_groups'][0]['lr']=1
o.__dict__['state'].clear()
setattr(o,'defaults',1)
""",
    "partial of a method": """
from functools import partial
o=SGD(p)
q=partial(o.step,c)
q()
""",
    "method handed to a function": """
def f(go): go(c)
o=SGD(p)
f(o.step)
""",
    "method among others": """
o=SGD(p)
d={'k':o.step}
d['k'](c)
for go in [o.zero_grad]: go()
""",
    "method returned": """
def f():
    o=SGD(p)
    return o.step
f()(c)
""",
    "starred parameter": """
def f(*a):
    for z in a: z.step()
f(1,SGD(p))
""",
    "star after others": """
class T:
    def f(self,n,*a): a[0].step()
T().f(1,SGD(p))
""",
    "star annotated": """
def f(*a: torch.optim.Optimizer, **k: torch.optim.Optimizer):
    a[0].step()
    k['x'].zero_grad()
""",
    "annotation by another name": """
L=list[torch.optim.Optimizer]
def f(a: L): a[0].step()
""",
    "annotation by a variable": """
T=TypeVar('T',bound=torch.optim.Optimizer)
def f(a: T): a.step()
""",
    "annotated attribute of a parameter": """
class S:
    o: torch.optim.Optimizer
def f(a: 'S | None'): a.o.step()
""",
    "plain": """
o=SGD(p)
o.step()
""",
    "attr": """
class T:
    def __init__(self): self.o=SGD(p)
    def f(self): self.o.step()
""",
    "param": """
def f(a): a.step()
f(SGD(p))
""",
    "kwparam": """
def f(*, a): a.step()
o=SGD(p)
f(a=o)
""",
    "rest": """
def f(**kw): kw['a'].step()
o=SGD(p)
f(a=o)
""",
    "rest2": """
def f(**kw):
    for z in kw.values(): z.step()
o=SGD(p)
f(a=o)
""",
    "unpack": """
def f(a): a.step()
d={'a':SGD(p)}
f(**d)
""",
    "unpack2": """
def f(a): a.step()
f(**dict(a=SGD(p)))
""",
    "unpackrest": """
def f(**kw):
    for z in kw.values(): z.step()
d={'a':SGD(p)}
f(**d)
""",
    "super": """
class A:
    def __init__(self,a): self.q=a
    def g(self): self.q.step()
class B(A):
    def __init__(self): super().__init__(SGD(p))
""",
    "heir": """
class A:
    def __init__(self,a): self.q=a
    def g(self): self.q.step()
class B(A): pass
B(SGD(p))
""",
    "cls": """
class A:
    def __init__(self,a): self.q=a
    def g(self): self.q.step()
    @classmethod
    def make(cls): return cls(SGD(p))
""",
    "dataclass": """
from dataclasses import dataclass
@dataclass
class A:
    q: object
    def g(self): self.q.step()
x=A(SGD(p))
x.q.step()
""",
    "dataclasskw": """
from dataclasses import dataclass
@dataclass
class A:
    q: object
x=A(q=SGD(p))
x.q.step()
""",
    "nt": """
from typing import NamedTuple
class A(NamedTuple):
    q: object
x=A(SGD(p))
x.q.step()
""",
    "record": """
from types import SimpleNamespace
x=SimpleNamespace(q=SGD(p))
x.q.step()
""",
    "record2": """
d={'q':SGD(p)}
x=Config(d)
x.q.step()
""",
    "record3": """
x=edict(q=SGD(p))
x.q.step()
""",
    "dict": """
d={}
d['z']=SGD(p)
d['z'].step()
""",
    "list": """
l=[]
l.append(SGD(p))
for z in l: z.step()
""",
    "comp": """
l=[SGD(a) for a in ps]
[z.step() for z in l]
""",
    "zip": """
for a,b in zip([SGD(p)],[1]): a.step()
""",
    "enum": """
for a,b in enumerate([SGD(p)]): b.step()
""",
    "ret": """
def make():
    z=SGD(p)
    return z
y=make()
y.step()
""",
    "ret2": """
def make(): return SGD(p), 1
y,w=make()
y.step()
""",
    "retdict": """
def make(): return {'opt9':SGD(p)}
y=make()
y['opt9'].step()
""",
    "prop": """
class A:
    @property
    def zz(self): return SGD(p)
    def g(self): self.zz.step()
""",
    "ann": """
def f(a: optim.Optimizer): a.step()
""",
    "ann2": """
def f(a: 'optim.Optimizer'): a.step()
""",
    "ann3": """
from typing import Optional
def f(a: Optional[SGD]=None): a.step()
""",
    "annalias": """
from torch.optim import Optimizer as OO
def f(a: OO): a.step()
""",
    "annalias2": """
from torch.optim.lr_scheduler import LRScheduler as LL
def f(a: LL): a.step()
""",
    "annret": """
def f() -> optim.Optimizer: return thing()
z=f()
z.step()
""",
    "annfield": """
class A:
    zz: optim.Optimizer
    def g(self): self.zz.step()
""",
    "annself": """
class A:
    def __init__(self): self.zz: optim.Optimizer = make()
    def g(self): self.zz.step()
""",
    "annlist": """
def f(a: list[optim.Optimizer]):
    for z in a: z.step()
""",
    "anndict": """
def f(a: dict[str, optim.Optimizer]):
    for z in a.values(): z.step()
""",
    "annalias3": """
OT = optim.Optimizer
def f(a: OT): a.step()
""",
    "own": """
class My(SGD):
    def extra(self): self.param_groups[0]['lr']=1
m=My(p)
m.step()
""",
    "ownthis": """
class My(SGD):
    def extra(this): this.param_groups[0]['lr']=1
""",
    "ownann": """
class My(SGD): pass
def f(a: My): a.step()
""",
    "group": """
o=SGD(p)
for g in o.param_groups:
    g['lr']=1
""",
    "group2": """
o=SGD(p)
def setlr(gs):
    for g in gs: g['lr']=1
setlr(o.param_groups)
""",
    "group3": """
o=SGD(p)
h=o.param_groups[0]
h['lr']*=2
len(h)
print(h.items())
""",
    "group4": """
o=SGD(p)
lrs=[g['lr'] for g in o.param_groups]
""",
    "method": """
o=SGD(p)
s=o.step
s()
""",
    "vars": """
class A:
    def __init__(self): self.oo=SGD(p)
    def f(self): vars(self)['oo'].step()
""",
    "locals": """
o=SGD(p)
locals()['o'].step()
""",
    "locals2": """
o=SGD(p)
d=locals()
d['o'].step()
""",
    "walrus": """
if (z:=SGD(p)): z.step()
""",
    "ifexp": """
z=SGD(p) if q else None
z.step()
""",
    "or": """
z=given or SGD(p)
z.step()
""",
    "cast2": """
from typing import cast
z=cast(object, SGD(p))
z.step()
""",
    "match": """
match SGD(p):
    case z: z.step()
""",
    "with": """
o=SGD(p)
with x as y: o.step()
""",
    "lambda": """
m=lambda: SGD(p)
m().step()
""",
    "partial": """
from functools import partial
m=partial(SGD,lr=1)
z=m(p)
z.step()
""",
    "partial2": """
import functools as F
m=F.partial(SGD,lr=1)
z=m(p)
z.step()
""",
    "sched": """
s=StepLR(SGD(p),1)
s.optimizer.step()
print(s.optimizer)
""",
    "passed": """
o=SGD(p)
print(o)
torch.save(o,'x')
import copy
z=copy.deepcopy(o)
z.step()
""",
    "scaler": """
o=SGD(p)
sc=torch.cuda.amp.GradScaler()
sc.step(o)
sc.unscale_(o)
""",
    "global": """
def f():
    global G
    G=SGD(p)
def h(): G.step()
""",
    "nonlocal": """
def f():
    z=None
    def g():
        nonlocal z
        z=SGD(p)
    g()
    z.step()
""",
    "closure": """
def f():
    z=SGD(p)
    def g(): z.step()
    g()
""",
    "module_name": """
lr_scheduler=StepLR(SGD(p),1)
lr_scheduler.step()
""",
    "optname": """
optim=SGD(p)
optim.step()
""",
    "multi": """
z = (
    SGD(p)
)
(
    z
    .step
    ()
)
""",
    "fstring": """
o=SGD(p)
print(f'{o.param_groups[0]["lr"]:.3f}')
""",
    "fmtlater": """
o=SGD(p)
x=o.param_groups[0]['lr']
print(f'{x:.3f}')
""",
    "parametrize": """
import pytest
@pytest.mark.parametrize('zz',[SGD(p)])
def test(zz): zz.step()
""",
    "parametrize2": """
import pytest
@pytest.mark.parametrize('zz,b',[(SGD(p),1)])
def test(zz,b): zz.step()
""",
    "fields": """
from dataclasses import dataclass
@dataclass
class C:
    zz: object = SGD(p)
def f(cfg): cfg.zz.step()
""",
    "dictguess": """
def f(cfg): cfg.zz.step()
class C(Base):
    zz: object = SGD(p)
""",
    "setdefault": """
d={}
d.setdefault('k',SGD(p)).step()
d['k'].step()
""",
    "update": """
d={}
d.update(k=SGD(p))
d['k'].step()
""",
    "merge": """
d={'k':SGD(p)}
e={**d}
e['k'].step()
f=d|{}
f['k'].step()
""",
    "star": """
a=[SGD(p)]
b=[*a]
b[0].step()
""",
    "await": """
async def m(): return SGD(p)
async def f():
    z=await m()
    z.step()
""",
    "sortedmax": """
z=max([SGD(p)],key=k)
z.step()
y=sorted([SGD(p)])[0]
y.step()
w=list([SGD(p)])[0]
w.step()
""",
    "filter": """
z=list(filter(None,[SGD(p)]))
for q in z: q.step()
""",
    "chain": """
from itertools import chain
for q in chain([SGD(p)]): q.step()
""",
    "iter": """
for q in iter([SGD(p)]): q.step()
""",
    "nested": """
class A:
    class B:
        oo=SGD(p)
A.B.oo.step()
""",
    "classattr": """
class A:
    oo=SGD(p)
    def f(self): self.oo.step()
A().oo.step()
""",
    "heirattr": """
class A:
    def f(self): self.oo.step()
class B(A):
    oo=SGD(p)
""",
    "method_ret": """
class A:
    def make(self): return SGD(p)
    def f(self):
        z=self.make()
        z.step()
""",
    "inst": """
class A:
    def __init__(self): self.oo=SGD(p)
a=A()
a.oo.step()
b=a
b.oo.step()
""",
    "static": """
class A:
    @staticmethod
    def f(z): z.step()
A.f(SGD(p))
""",
    "onclass": """
class A:
    def f(self,z): z.step()
A.f(a,SGD(p))
""",
    "default": """
def f(z=SGD(p)): z.step()
""",
    "anyclass": """
z=getattr(optim,name)(p)
z.step()
""",
    "anyclass2": """
def build(): return getattr(optim,n)(p)
z=build()
z.step()
""",
    "typed": """
from typing import Type
def f(c: Type[optim.Optimizer]):
    z=c(p)
    z.step()
""",
    "callable": """
from typing import Callable
def f(c: Callable[..., optim.Optimizer]):
    z=c(p)
    z.step()
""",
    "star import": """
from torch.optim import *
z=Adam(p)
z.step()
""",
    "checking": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from torch.optim import Optimizer
def f(a: 'Optimizer'): a.step()
""",
    "copyname": """
copy=SGD(p)
z=copy
z.step()
get=SGD(p)
w=d.get('k',get)
w.step()
""",
    "del": """
o=SGD(p)
del o.param_groups[0]['lr']
""",
    "tuple assign": """
a,(b,c)=1,(SGD(p),2)
b.step()
""",
    "wrapper": """
class W:
    def __init__(self,inner): self.inner=inner
    def step(self): self.inner.step()
w=W(SGD(p))
w.step()
w.inner.step()
""",
    "dictview": """
d={'a':SGD(p)}
for k,z in d.items(): z.step()
""",
    "named same": """
def same(z): return z
y=same(SGD(p))
y.step()
""",
    "posonly": """
def f(a,/,b): a.step(); b.step()
f(SGD(p),SGD(q))
""",
    "dunder init": """
class A:
    def __init__(self,q): self.q=q
    def g(self): self.q.step()
class B(A):
    def __init__(self): A.__init__(self, SGD(p))
""",
    "dunder init kw": """
class A:
    def __init__(self,q): self.q=q
    def g(self): self.q.step()
class B(A):
    def __init__(self): A.__init__(self, q=SGD(p))
""",
    "aug": """
l=[]
l+=[SGD(p)]
l[0].step()
""",
    "cls attr fn": """
class A:
    def make(self): return SGD(p)
A().make().step()
""",
    "unicode": """
ö=SGD(p)
ö.step()
""",
    "nfkc": """
ｏ=SGD(p)
o.step()
""",
    "one of several": """
o = (SGD, optim.Adam)[q](p)
o.step()
""",
    "one of a dict": """
o = {1: SGD, 2: optim.Adam}[q](p)
o.param_groups[0]["lr"] = 1
""",
    "either": """
o = (SGD if q else optim.Adam)(p)
o.step()
""",
    "class or": """
o = (given or SGD)(p)
o.step()
""",
    "lambda called": """
o = (lambda: SGD(p))()
o.step()
""",
    "walrus called": """
o = (c := SGD)(p)
o.step()
""",
    "in a list": """
l = [(SGD if q else optim.Adam)(a) for a in ps]
l[0].step()
""",
    "returned": """
def make():
    return (SGD if q else optim.Adam)(p)
o = make()
o.step()
""",
    "given": """
def use(z):
    z.step()
use((SGD, optim.Adam)[q](p))
""",
}
"""How an optimizer comes to where it is used."""


@pytest.mark.parametrize("way", _WAYS)
def test_a_use_is_found_however_the_optimizer_comes_there(way: str) -> None:
    text = _HEAD + _WAYS[way]
    rows = found(text, everywhere=False)
    assert rows == found(text, everywhere=True)
    assert any("." in api.removeprefix("lr_scheduler.") for _, api, _ in rows)


_MADE = [
    "SGD(p)",
    "(SGD,Adam)[q](p)",
    "{1:SGD,2:Adam}[q](p)",
    "(SGD if q else Adam)(p)",
    "(g or SGD)(p)",
    "(lambda:SGD(p))()",
    "(c:=SGD)(p)",
    "getattr(optim,n)(p)",
    "getattr(optim,'SGD')(p)",
    "functools.partial(SGD,lr=1)(p)",
    "R[k](p)",
    "make()(p)",
    "mk(p)",
    "K.c(p)",
    "K().c(p)",
    "StepLR(SGD(p),1)",
    "StepLR(SGD(p),1).optimizer",
    "My(p)",
    "optim.__dict__['SGD'](p)",
    "vars(optim)['SGD'](p)",
    "copy.deepcopy(SGD(p))",
    "[SGD(p)][0]",
    "{'a':SGD(p)}['a']",
    "(SGD(p),1)[0]",
    "dict(a=SGD(p))['a']",
    "(x1:=SGD(p))",
    "(SGD(p) if q else None)",
    "(None or SGD(p))",
    "[SGD(a) for a in ps][0]",
    "list(map(SGD,ps))[0]",
    "max(SGD(p),SGD(q))",
    "NS(o7=SGD(p)).o7",
    "mk2(p)[0]",
    "mk3(p)['a']",
    "next(iter([SGD(p)]))",
    "D().o8",
    "T(SGD(p)).o9",
    "(await am())",
    "mkann()",
    "typing.cast(optim.Optimizer,z)",
    "Reg.get('a')(p)",
    "optim.SGD.__call__(p)",
    "SGD.__new__(SGD)",
    "type(o0)(p)",
    "o0.__class__(p)",
    "(lambda c:c(p))(SGD)",
    "functools.reduce(f,[SGD])(p)",
    "E1.SGD.value(p)",
    "match1(p)",
]
"""Expressions that build an optimizer, or hold one."""
_MADE_WITH = """
R={'a':SGD,'b':Adam}
o0=SGD(p)
def make(): return SGD
def mk(p): return SGD(p)
def mk2(p): return SGD(p),1
def mk3(p): return {'a':SGD(p)}
def mkann() -> optim.Optimizer: return thing()
async def am(): return SGD(p)
class K: c=SGD
class My(SGD): pass
class Reg:
 @classmethod
 def get(cls,n): return R[n]
@dataclass
class D: o8: object = SGD(p)
class T:
 def __init__(self,z9): self.o9=z9
class E1(enum.Enum): SGD=SGD
"""
_IMPORTS = """
import copy, enum, functools, torch, typing
from dataclasses import dataclass
from torch import optim
from torch.optim import *
from torch.optim.lr_scheduler import StepLR
"""
_HANDED_ON = [
    """
MADE.step()
""",
    """
v=MADE
v.step()
""",
    """
class Z:
 def __init__(self): self.v=MADE
 def f(self): self.v.step()
""",
    """
def use(w): w.step()
use(MADE)
""",
    """
def use(*,w): w.step()
use(w=MADE)
""",
    """
def get(): return MADE
w=get()
w.step()
""",
    """
for w in [MADE]: w.step()
""",
    """
[w.step() for w in [MADE]]
""",
    """
d={}
d['k']=MADE
d['k'].step()
""",
    """
w,u=MADE,1
w.step()
""",
    """
v=MADE
for h in v.param_groups: h['lr']=1
""",
    """
v=MADE
print(v)
""",
    """
v=MADE
s=v.step
s()
""",
    """
def use(w=MADE): w.step()
""",
    """
class Z:
 @property
 def v(self): return MADE
 def f(self): self.v.step()
""",
    """
def a():
 global G
 G=MADE
def b(): G.step()
""",
    """
def a():
 v=MADE
 def b(): v.step()
""",
    """
l=[]
l.append(MADE)
l[0].step()
""",
    """
class Z:
 def __init__(self,a): self.b=a
 def f(self): self.b.step()
Z(MADE)
""",
    """
for w,u in zip([MADE],[1]): w.step()
""",
    """
with torch.no_grad():
 v=MADE
 v.step()
""",
    """
try:
 v=MADE
except E: v=None
v.step()
""",
    """
m=lambda: MADE
m().step()
""",
    """
n=NS(w=MADE)
n.w.step()
""",
    """
class Z: v=MADE
Z.v.step()
""",
    """
class Y:
 def f(self): self.v.step()
class Z(Y):
 def __init__(self): self.v=MADE
""",
    """
def get(): return 1,MADE
a,w=get()
w.step()
""",
    """
v=MADE
sc=torch.cuda.amp.GradScaler()
sc.step(v)
""",
]
"""What is done with one until a method or group of it is used."""
_EACH_ONCE = [(made, _HANDED_ON[number % len(_HANDED_ON)]) for number, made in enumerate(_MADE)]


def check_both(made: str, use: str) -> None:
    text = use.replace("MADE", made)
    if "await" in made:
        text = "async def outer():" + text.replace("\n", "\n ")
    text = f"{_IMPORTS}{_MADE_WITH}{text}"
    assert found(text, everywhere=False) == found(text, everywhere=True)


@pytest.mark.parametrize(("made", "use"), _EACH_ONCE)
def test_a_use_is_found_whatever_is_made_and_done(made: str, use: str) -> None:
    check_both(made, use)


@pytest.mark.slow
@pytest.mark.parametrize("made", _MADE)
def test_a_use_is_found_whatever_is_made_and_whatever_is_done(made: str) -> None:
    for use in _HANDED_ON:
        check_both(made, use)


def held(text: str) -> list[int] | None:
    index = Index(ast.parse(text), LineIndex(text))
    lines = held_lines(track_names(index, frozenset()), index)
    return None if lines is None else [number for number, one in enumerate(lines) if one]


def test_what_has_to_do_with_no_optimizer_is_not_looked_at() -> None:
    text = "import torch\no = torch.optim.Adam(p)\nx = len(y)\nprint(x)\no.step()\n"
    assert held(text) == [2, 5]


def test_functions_without_something_held_are_not_walked() -> None:
    text = (
        "import torch\no = torch.optim.Adam([])\ndef f():\n    print(1)\ndef g():\n    print(o)\n"
    )
    index = Index(ast.parse(text), LineIndex(text))
    f, g = (node for node in index.tree.body if isinstance(node, ast.FunctionDef))
    held_lines(track_names(index, frozenset()), index)
    assert not index.walked(f)
    assert index.walked(g)


def test_names_on_most_lines_are_not_told_apart() -> None:
    used = "o.step()\n" * 60
    assert held(f"import torch\no = torch.optim.Adam(p)\n{used}") is None


def test_names_behind_a_chain_that_is_too_long_are_not_told_apart() -> None:
    chain = "".join(f"def f{i}(): return f{i + 1}\n" for i in range(40))
    assert held(f"{chain}def f40(): return torch.optim.Adam\nx = 1\n") is None


def test_what_is_nested_too_deep_to_be_looked_at_on_each_level_is_not_told_apart() -> None:
    def nested(depth: int) -> str:
        made = "o"
        for number in range(depth):
            made = f"(x for x in {made} if y{number})"
        return f"import torch\no = torch.optim.Adam(p)\nz = {made}\n"

    assert held(nested(3)) == [2, 3]
    assert held(nested(60)) is None
