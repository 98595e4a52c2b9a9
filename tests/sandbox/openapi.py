"""Answers held against the description of Zoho's calls in tests/data."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parent.parent / "data" / "zoho-mail.openapi.yaml"
URI = "urn:zoho"


@cache
def _document() -> Any:
    return yaml.safe_load(FILE.read_text("utf-8"))


@cache
def _registry() -> Any:
    return Registry().with_resource(URI, Resource.from_contents(_document(), default_specification=DRAFT202012))


def _template(path: str) -> str:
    paths = _document()["paths"]
    if path in paths:
        return path
    for template in paths:
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
            return str(template)
    raise AssertionError(f"{path} is no described path")


def _quote(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


@cache
def _validator(template: str, method: str, status: int) -> Draft202012Validator:
    responses = _document()["paths"][template][method]["responses"]
    key = str(status) if str(status) in responses else "default"
    response, pointer = responses[key], f"/paths/{_quote(template)}/{method}/responses/{key}"
    if "$ref" in response:
        pointer = response["$ref"].removeprefix("#")
        response = _document()["components"]["responses"][pointer.rpartition("/")[2]]
    assert "application/json" in response["content"]
    schema = {"$ref": f"{URI}#{pointer}/content/application~1json/schema"}
    return Draft202012Validator(schema, registry=_registry())


def check(method: str, path: str, status: int, body: Any) -> None:
    """AssertionError if an answer is not as described; a described property may be absent, another one may be there."""
    errors = [error.message for error in _validator(_template(path), method.lower(), status).iter_errors(body)]
    assert not errors, f"{method} {path} -> {status}: {errors[0]}\n{body}"


def property_names(schema: str) -> set[str]:
    """The names of a described object's properties."""
    return set(_document()["components"]["schemas"][schema]["properties"])
