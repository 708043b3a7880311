"""Macros, whose parts may stay unevaluated: ``has``, ``&&``, ``||``, ``or``, ``orValue``, comprehensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydynamo_manifests.validate.cel.errors import CelError
from pydynamo_manifests.validate.cel.parser import Call, Name
from pydynamo_manifests.validate.cel.values import Optional, type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydynamo_manifests.validate.cel.compiler import Compiler

    Evaluate = Callable[[dict[str, Any]], Any]

__all__ = ["MACROS"]


def _has(compiler: Compiler, node: Call) -> Evaluate:
    return compiler.test(node.arguments[0])


def _logic(absorbing: bool) -> Callable[[Compiler, Call], Evaluate]:  # noqa: FBT001 - the value that decides
    """Return the macro of ``||`` (True decides) or ``&&`` (False decides); deciding absorbs an error."""

    def macro(compiler: Compiler, node: Call) -> Evaluate:
        left, right = (compiler.compile(argument) for argument in node.arguments)

        def evaluate(env: dict[str, Any]) -> bool:
            try:
                first = left(env)
            except CelError:
                if right(env) is not absorbing:
                    raise
                return bool(absorbing)
            if first is absorbing:
                return bool(absorbing)
            second = right(env)
            if second is absorbing or (type(first) is bool and type(second) is bool):
                return bool(second)
            raise CelError(f"{node.function} takes bool, not {type_name(first)} and {type_name(second)}")

        return evaluate

    return macro


def _or(compiler: Compiler, node: Call) -> Evaluate:
    left, right = compiler.compile(node.target), compiler.compile(node.arguments[0])  # type: ignore[arg-type]  # a method
    unwrap = node.function == "orValue"

    def evaluate(env: dict[str, Any]) -> Any:
        value = left(env)
        if type(value) is not Optional:
            raise CelError(f"{node.function} takes an optional, not {type_name(value)}")
        return (value.value if unwrap else value) if value.present else right(env)

    return evaluate


def _pairs(value: Any, names: int) -> Iterator[tuple[Any, ...]]:
    if type(value) is list:
        return iter(enumerate(value)) if names == 2 else zip(value)  # noqa: PLR2004 - index and item
    if type(value) is dict:
        return iter(value.items()) if names == 2 else zip(value)  # noqa: PLR2004 - key and value
    raise CelError(f"a comprehension takes a list or a map, not {type_name(value)}")


def _comprehension(names: int, parts: int, fold: Callable[..., Any]) -> Callable[[Compiler, Call], Evaluate]:
    def macro(compiler: Compiler, node: Call) -> Evaluate:
        variables = [_variable(compiler, argument) for argument in node.arguments[:names]]
        target = compiler.compile(node.target)  # type: ignore[arg-type]  # a method
        outer = compiler.scope
        compiler.scope = outer | set(variables)
        bodies = [compiler.compile(argument) for argument in node.arguments[names : names + parts]]
        compiler.scope = outer

        def evaluate(env: dict[str, Any]) -> Any:
            steps = (
                {**env, **dict(zip(variables, pair, strict=True))} for pair in _pairs(target(env), names)
            )
            return fold(steps, *bodies)

        def evaluate_one(env: dict[str, Any]) -> Any:
            name = variables[0]
            return fold(({**env, name: item} for (item,) in _pairs(target(env), 1)), *bodies)

        return evaluate if names > 1 else evaluate_one

    return macro


def _variable(compiler: Compiler, node: Any) -> str:
    if not isinstance(node, Name):
        compiler.fail(node, "a variable is expected here")
    return node.name


def _condition(value: Any) -> bool:
    if type(value) is not bool:
        raise CelError(f"a condition must be bool, not {type_name(value)}")
    return value


def _quantified(steps: Iterator[dict[str, Any]], test: Evaluate, *, deciding: bool) -> bool:
    error = None
    for env in steps:
        try:
            if _condition(test(env)) is deciding:
                return deciding
        except CelError as e:
            error = e
    if error is not None:
        raise error
    return not deciding


def _filter(steps: Iterator[dict[str, Any]], item: Evaluate, test: Evaluate) -> list[Any]:
    return [item(env) for env in steps if _condition(test(env))]


def _map(steps: Iterator[dict[str, Any]], *bodies: Evaluate) -> list[Any]:
    if len(bodies) == 1:
        return [bodies[0](env) for env in steps]
    return [bodies[1](env) for env in steps if _condition(bodies[0](env))]


def _exists_one(steps: Iterator[dict[str, Any]], test: Evaluate) -> bool:
    return sum([_condition(test(env)) for env in steps]) == 1


def _filter_macro(compiler: Compiler, node: Call) -> Evaluate:
    name, test = node.arguments
    call = Call(node.offset, node.function, node.target, (name, name, test))
    return _comprehension(1, 2, _filter)(compiler, call)


def _all(steps: Iterator[dict[str, Any]], test: Evaluate) -> bool:
    return _quantified(steps, test, deciding=False)


def _exists(steps: Iterator[dict[str, Any]], test: Evaluate) -> bool:
    return _quantified(steps, test, deciding=True)


MACROS: dict[tuple[str, bool, int], Callable[[Compiler, Call], Evaluate]] = {
    ("has", False, 1): _has,
    ("||", False, 2): _logic(True),  # noqa: FBT003 - the value that decides
    ("&&", False, 2): _logic(False),  # noqa: FBT003 - the value that decides
    ("or", True, 1): _or,
    ("orValue", True, 1): _or,
    ("all", True, 2): _comprehension(1, 1, _all),
    ("exists", True, 2): _comprehension(1, 1, _exists),
    ("exists_one", True, 2): _comprehension(1, 1, _exists_one),
    ("filter", True, 2): _filter_macro,
    ("map", True, 2): _comprehension(1, 1, _map),
    ("map", True, 3): _comprehension(1, 2, _map),
    ("all", True, 3): _comprehension(2, 1, _all),
    ("exists", True, 3): _comprehension(2, 1, _exists),
    ("existsOne", True, 3): _comprehension(2, 1, _exists_one),
}
"""What each macro is, by name, whether it is a method, and how many arguments it takes."""
