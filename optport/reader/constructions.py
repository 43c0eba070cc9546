"""Constructions: the torch optimizer calls of a file, with their arguments bound to parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from optport.reader.arguments import ArgumentBinder
from optport.reader.callee import CalleeResolver, ResolvedCall
from optport.reader.evaluate import Evaluator
from optport.reader.evaluation import Foreign
from optport.reader.index import Index
from optport.reader.model import Construction, Unresolved
from optport.reader.objects import NAMESPACE
from optport.reader.ownership import Ownership
from optport.reader.scopes import Point
from optport.reader.source import SourceText
from optport.reader.torch_names import star_exports
from optport.signatures import ApiKind, Signature, family
from optport.values import Certainty


def find_constructions(
    tree: ast.Module,
    source: SourceText,
    torch_version: str,
    foreign: Foreign | None = None,
    everywhere: bool = False,
) -> Iterator[Construction | Unresolved]:
    """Yield the torch optimizer constructions of a module, in source order.

    A call that may build one of several classes is yielded once for each, as possible. Arguments
    are bound as in `torch_version`, the newest one known if it is empty.
    `foreign` says what names of other modules stand for. Calls are looked for where names tell
    that they may matter; with `everywhere`, or where other modules are followed, in all places.
    """
    torch = family(NAMESPACE)
    version = torch_version or torch.versions[-1]
    index = Index(tree, source.text)
    evaluator = Evaluator(index, star_exports, foreign)
    resolver = CalleeResolver(evaluator, everywhere or foreign is not None)
    for call, at in index.calls(resolver.lines):
        for built in resolver.resolved(call, at):
            if built.api is None:
                yield Unresolved(source.place(call))
                continue
            signature = torch.nearest(built.api, version)
            if signature is not None:
                yield _construction(call, at, built, built.api, signature, evaluator, source)


def _construction(
    call: ast.Call,
    at: Point,
    built: ResolvedCall,
    api: str,
    signature: Signature,
    evaluator: Evaluator,
    source: SourceText,
) -> Construction:
    binder = ArgumentBinder(
        signature, evaluator, source, Ownership(call, at, evaluator.index, source)
    )
    for one in built.sources:
        binder.take(one)
    return Construction(
        api=api,
        kind=ApiKind.OPTIMIZER,
        signature=signature,
        arguments=binder.arguments,
        place=source.place(call),
        certainty=Certainty.CERTAIN if built.sure else Certainty.POSSIBLE,
        parameters=binder.parameters,
        hidden=binder.hidden,
        site=binder.site(call),
    )
