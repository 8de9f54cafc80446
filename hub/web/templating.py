"""Templates compiled once a language: their texts are looked up then, and not again at each rendering.

A page of answers has some three hundred texts; asking the catalogue for each cost a third of the page.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from hub.language import LANGUAGES, _, current_language, translate
from hub.particles import PAIRS, with_particles


class TranslatedEnvironment(Environment):
    """Chooses the environment of the reader's language; each compiles templates for itself.

    What a template includes or imports comes from the environment that compiled it.
    """

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.language: str | None = None
        self.of_language: dict[str, TranslatedEnvironment] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's name
        if self.language is not None:
            return super()._load_template(name, globals)
        return self._in(current_language())._load_template(name, globals)

    def _in(self, language: str) -> TranslatedEnvironment:
        if language not in self.of_language:
            made = self.overlay()
            made.language = language if language in LANGUAGES else LANGUAGES[0]
            self.of_language[language] = made
        return self.of_language[language]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        if self.language is not None:
            _Translate(self.language).visit(parsed)
        return parsed


class _Translate(NodeTransformer):
    """Puts the text in the place of ``_('…')``, and of ``_('… %(name)s', name=…)`` its formatting."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's name
        self.generic_visit(node)
        called, given = node.node, node.args
        is_text = isinstance(called, nodes.Name) and called.name == "_"
        if not is_text or len(given) != 1 or not isinstance(given[0], nodes.Const) or node.dyn_kwargs:
            return node
        text = nodes.Const(translate(given[0].value, self.language), lineno=node.lineno)
        if not node.kwargs:
            return text
        values = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        formatted = nodes.Mod(text, nodes.Dict(values), lineno=node.lineno)
        if not any(pair in text.value for pair in PAIRS):
            return formatted
        chosen = nodes.Name(with_particles.__name__, "load")
        return nodes.Call(chosen, [formatted], [], None, None, lineno=node.lineno)


def give(environment: Environment, *subjects: Any) -> None:
    """Lets templates call what each of these modules lists in ``FOR_TEMPLATES``, by its own name, and read its ``CONSTANTS``."""
    for subject in subjects:
        environment.globals.update({tool.__name__: tool for tool in subject.FOR_TEMPLATES})
        environment.globals.update(getattr(subject, "CONSTANTS", {}))
    environment.globals |= {"_": _, with_particles.__name__: with_particles}
    environment.trim_blocks = environment.lstrip_blocks = True
