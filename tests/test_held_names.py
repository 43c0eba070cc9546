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
}
"""How an optimizer comes to where it is used."""


@pytest.mark.parametrize("way", _WAYS)
def test_a_use_is_found_however_the_optimizer_comes_there(way: str) -> None:
    text = _HEAD + _WAYS[way]
    rows = found(text, everywhere=False)
    assert rows == found(text, everywhere=True)
    assert any("." in api.removeprefix("lr_scheduler.") for _, api, _ in rows)


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
