"""What the contract tests look at: every module of cotreat and everything public in it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import cotreat

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cotreat"


def module_names() -> list[str]:
    return ["cotreat", *(m.name for m in pkgutil.walk_packages(cotreat.__path__, "cotreat."))]


def modules() -> Iterator[ModuleType]:
    for name in module_names():
        yield importlib.import_module(name)


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def _own(module: ModuleType, kind: Callable[[object], bool]) -> Iterator[tuple[str, object]]:
    """Public members that the module defines itself; what it imports is looked at where it is defined."""
    for name, value in inspect.getmembers(module, kind):
        if is_public(name) and value.__module__ == module.__name__:
            yield f"{module.__name__}.{name}", value


def public_functions() -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = {}
    for module in modules():
        for name, value in _own(
            module, lambda v: inspect.isfunction(inspect.unwrap(v)) if callable(v) else False
        ):
            found[name] = inspect.unwrap(value)  # type: ignore[arg-type]  # members of kind function
    return found


def public_classes() -> dict[str, type]:
    return {
        name: value for m in modules() for name, value in _own(m, inspect.isclass) if isinstance(value, type)
    }


def public_methods() -> dict[str, Callable[..., object]]:
    """Public methods and properties written in the class itself."""
    found: dict[str, Callable[..., object]] = {}
    for class_name, cls in public_classes().items():
        for name, member in vars(cls).items():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if is_public(name) and inspect.isfunction(function) and function.__module__ == cls.__module__:
                found[f"{class_name}.{name}"] = function
    return found
