"""The gate: whether a source is worth a look, told from its text at next to no cost.

Front ends import this before anything else of the core, and the rest when a file passes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

REFLECTING = ("getattr", "vars", "__dict__")
"""Ways to reach a class without naming it; only notes report those."""


_FRAMEWORKS = frozenset(
    {"chainer", "flax", "jax", "keras", "mindspore", "mxnet", "oneflow", "optax", "paddle"}
    | {"tensorflow", "tf_keras", "tinygrad", "torch"}
)


def exports_no_optimizer(module: str) -> bool:
    """Whether a star import of that module certainly brings no optimizer of torch's."""
    of_optim = module == "torch.optim" or module.startswith("torch.optim.")
    first = module.partition(".")[0]
    return not of_optim and (first in _FRAMEWORKS or first in sys.stdlib_module_names)


@lru_cache(maxsize=2)
def trigger_words(notes: bool) -> frozenset[str]:
    """Return the words one of which every file with a finding holds: the names of classes.

    With `notes` so are the ways around a name.
    """
    from optport.signatures import ApiKind, known_names

    kinds = (ApiKind.OPTIMIZER, ApiKind.SCHEDULER, ApiKind.BASE)
    names = [name.rpartition(".")[2] for kind in kinds for name in known_names(kind)]
    return frozenset([*names, *((*REFLECTING, "optim") if notes else ())])


@lru_cache(maxsize=2)
def _trigger_words_by_part(notes: bool) -> Mapping[str, Sequence[str]]:
    """Return the trigger words below parts that many of them share: ``LR``, ``Adam``.

    Most texts hold few of the parts, so that few of the words have to be looked for.
    """
    words = sorted(trigger_words(notes))
    parts = {part for word in words for part in (word, *_PART.findall(word))}
    shared = {part: [word for word in words if part in word] for part in parts}
    by_part: dict[str, Sequence[str]] = {}
    left = set(words)
    for part in sorted(parts, key=lambda one: (-len(shared[one]), -len(one), one)):
        if not left.isdisjoint(shared[part]):
            by_part[part] = [word for word in shared[part] if word in left]
            left.difference_update(shared[part])
    return by_part


def _holds(text: str, word: str) -> bool:
    """Whether a text holds a word by itself, not as a part of another."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        after = text[end : end + 1]
        if not (after.isalnum() or after == "_") and begins_word(text, at):
            return True
        at = text.find(word, end)
    return False


def begins_word(text: str, at: int) -> bool:
    """Whether no word goes on at this place of a text."""
    before = text[at - 1 : at]
    return not (before.isalnum() or before == "_")


def folded(text: str) -> str:
    """Return a text with names as Python reads them: in the normal form NFKC."""
    if text.isascii():
        return text
    import unicodedata

    lines = text.split("\n")  # few of them are not ASCII
    normal = (one if one.isascii() else unicodedata.normalize("NFKC", one) for one in lines)
    return "\n".join(normal)


def _hides_letters(text: str) -> bool:
    """Whether Python takes characters of a text for ASCII letters of a name."""
    import unicodedata

    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)  # twenty times `re`
    plain = unicodedata.normalize("NFKC", others.decode("utf-8", "surrogatepass"))
    return _LETTER.search(plain) is not None


_ASCII = bytes(range(128))
_LETTER = re.compile(r"[A-Za-z_]")
_PART = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+")
LOOK_UP = "getattr"
_IN_PIECES = re.compile(rf"""{LOOK_UP}\s*\([^()\n]*,[^()\n]*(?:\\|\w['"]\s*['"]\w)""")
_MAX_MODULE = 100
"""Characters before ``import`` in which the module's name is looked for."""
_MODULE = re.compile(r"from[ \t]+([\w.]+)[ \t]+\Z")
_STAR = re.compile(r"(?:[ \t\f]|\\(?:\r\n|\r|\n))*\*")


def concerns_us(
    text: str,
    notes: bool = False,
    starred: bool | None = None,
    lines: Iterable[str] | None = None,
) -> bool:
    """Whether a source can hold a finding at all: a scan of its text, nothing more.

    `starred`: what `may_be_starred` says of its syntax tree, where there is one. `lines`: those of
    the text, where they are there already.
    """
    if _concerns_us(text, notes, starred):
        return True
    if text.isascii():
        return False
    others = [one for one in (text.split("\n") if lines is None else lines) if not one.isascii()]
    more = "\n".join(others)
    return _hides_letters(more) and _concerns_us(f"{text}\n{folded(more)}", notes, starred)


def _concerns_us(text: str, notes: bool, starred: bool | None) -> bool:
    named = "optim" in text and "torch" in text and _holds(text, "optim")
    if not named and not (_has_star(text) if starred is None else starred):
        return False
    for part, words in _trigger_words_by_part(notes).items():
        if part in text and any(_holds(text, word) for word in words):
            return True
    return looks_up_in_pieces(text)


def looks_up_in_pieces(text: str) -> bool:
    """Whether a name that is looked up is written in pieces, or with escapes."""
    return LOOK_UP in text and _IN_PIECES.search(text) is not None


def _has_star(text: str) -> bool:
    """Whether a star import may bring optimizers, by the text alone."""
    at = text.find("import")  # skips faster than `re` does
    while at >= 0:
        end = at + len("import")
        if _STAR.match(text, end) is not None:
            module = _MODULE.search(text, max(at - _MAX_MODULE, 0), at)
            if module is None or not exports_no_optimizer(module[1]):
                return True
        at = text.find("import", end)
    return False
