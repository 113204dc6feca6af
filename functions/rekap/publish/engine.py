"""The template engine of pages: Jinja2, made to write long pages fast. It changes no byte of them.

A page is thousands of small values, so what counts is the work for each of them: text without
special characters is not copied to be marked as safe, parts are put into the template that
includes them, functions are called directly, and output goes to a list instead of through
generators.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.loaders import BaseLoader
from jinja2.visitor import NodeTransformer

from rekap.publish.words import html


class _Code(CodeGenerator):
    """Writes the Python of a template; its environment always escapes."""

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("text, attribute = environment.text, environment.getattr")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Collect the output of a whole template or block in a list, as macros do anyway."""
        outermost = frame.buffer is None
        if outermost:
            self.buffer(frame)
        super().blockvisit(nodes, frame)
        if outermost:
            self.writeline(f"yield concat({frame.buffer})")

    def _output_child_pre(self, *_: Any) -> None:
        self.write("text(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 Jinja2's name
        self.write("attribute(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Call(self, node: nodes.Call, frame: Frame, *_: Any) -> None:  # noqa: N802
        """Call directly: none of our functions asks for the context."""
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


class _Inlined(NodeTransformer):
    """Puts a part where a template includes it by name; what the part sets stays its own."""

    def __init__(self, environment: PageEnvironment) -> None:
        self._environment = environment

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 Jinja2's name
        if not isinstance(node.template, nodes.Const):
            return node
        part = self._environment.part(node.template.value)
        return nodes.Scope(part.body, lineno=node.lineno)


class PageEnvironment(Environment):
    """Strict and escaping. `a.b` of a dict is its key only: a twin's `items` is never a method."""

    code_generator_class = _Code
    text = staticmethod(html)

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._sources = loader

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the key of a dict, else what Jinja2 finds; undefined names raise on use."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def part(self, name: str) -> nodes.Template:
        """Return a part's template, parsed; jinja2.TemplateNotFound if there is none."""
        source, filename, _ = self._sources.get_source(self, name)
        return self._parse(source, name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        made: nodes.Template = _Inlined(self).visit(parsed)
        return made
