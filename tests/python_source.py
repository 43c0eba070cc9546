"""Hypothesis strategies for Python source: every kind of statement and expression, any nesting."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from hypothesis import strategies as st

Text = st.SearchStrategy[str]

_LITERALS = [
    "(0)",
    "(1)",
    "(0.5)",
    "(1e-8)",
    "(-1)",
    "None",
    "'x'",
    "b''",
    "...",
    "(1j)",
    "[]",
    "{}",
]
_BINARY = ["+", "-", "*", "/", "//", "%", "**", "@", "<<", "|", "and", "or", "==", "<", "is", "in"]
_UNARY = ["-", "+", "~", "not ", "await "]


def expressions(names: Sequence[str]) -> Text:
    """Expressions in parentheses over the given names."""
    name = st.sampled_from(names)

    def wider(inner: Text) -> Text:
        def made(form: str, *parts: Text) -> Text:
            return st.builds(form.format, *parts)

        return st.one_of(
            made("{}.{}", inner, name),
            made("{}({}, {}={})", inner, inner, name, inner),
            made("{}(*{}, **{})", inner, inner, inner),
            made("{}({}, {})", inner, inner, inner),
            made("{}[{}]", inner, inner),
            made("[{}, {}]", inner, inner),
            made("({}, {})", inner, inner),
            made("{{{}: {}, **{}}}", inner, inner, inner),
            made("({}{})", st.sampled_from(_UNARY), inner),
            made("({} {} {})", inner, st.sampled_from(_BINARY), inner),
            made("({} if {} else {})", inner, inner, inner),
            made("(lambda {}, {}={}: {})", name.map("p_{}".format), name, inner, inner),
            made("({} := {})", name, inner),
            made("[{} for {} in {} if {}]", inner, name, inner, inner),
            made("{{{}: {} for {}, q in {}}}", inner, inner, name, inner),
            made("({} for {} in {} for q in {})", inner, name, inner, inner),
            made("f'{{{}!r}}'", name),
            made("(yield {})", inner),
        )

    return st.recursive(name | st.sampled_from(_LITERALS), wider, max_leaves=8)


def programs(names: Sequence[str]) -> Text:
    """Modules of a few statements over the given names."""
    name = st.sampled_from(names)
    value = expressions(names)

    def made(form: str, *parts: Text) -> Text:
        return st.builds(form.format, *parts)

    simple = st.one_of(
        value,
        made("{} = {} = {}", name, name, value),
        made("{}, (*{}, {}) = {}", name, name, name, value),
        made("{}.{} = {}[0] = {}", name, name, name, value),
        made("{}: {} = {}", name, value, value),
        made("{}: {}", name, value),
        made("{} += {}", name, value),
        made("del {}", name),
        made("import {}", name),
        made("import {}.{} as {}", name, name, name),
        made("from {} import {}, {} as {}", name, name, name, name),
        made("from ..{} import *", name),
        made("global {}", name),
        made("nonlocal {}", name),
        made("assert {}, {}", value, value),
        made("return {}", value),
        made("raise {} from {}", value, value),
        st.sampled_from(["pass", "break", "continue", "raise", "return"]),
    )

    def compound(statement: Text) -> Text:
        body = st.lists(statement, min_size=1, max_size=3).map(
            lambda lines: indent("\n".join(lines), "    ")
        )
        return st.one_of(
            made("if {}:\n{}\nelif {}:\n{}\nelse:\n{}", value, body, value, body, body),
            made("for {} in {}:\n{}\nelse:\n{}", name, value, body, body),
            made("while {}:\n{}\nelse:\n{}", value, body, body),
            made(
                "try:\n{}\nexcept {} as {}:\n{}\nelse:\n{}\nfinally:\n{}",
                *(body, value, name, body, body, body),
            ),
            made("try:\n{}\nexcept* {}:\n{}", body, value, body),
            made("with {} as {}, {}:\n{}", value, name, value, body),
            made("async def {}({}={}, *{}, **k_):\n{}", name, name, value, name, body),
            made(
                "@{}\ndef {}(p_, /, {}, *, q_={}) -> {}:\n{}", name, name, name, value, value, body
            ),
            made("@{}\nclass {}({}, x={}):\n{}", name, name, name, value, body),
            made(
                "match {}:\n    case [{}, *rest_] | {{'k': {}}}:\n{}\n    case {}() as {}:\n{}",
                *(value, name, name, body.map(_deeper), name, name, body.map(_deeper)),
            ),
            made("match {}:\n    case {}:\n{}", value, name, body.map(_deeper)),
        )

    statements = st.recursive(simple, compound, max_leaves=8)
    return st.lists(statements, max_size=5).map("\n".join)


def _deeper(text: str) -> str:
    return indent(text, "    ")
