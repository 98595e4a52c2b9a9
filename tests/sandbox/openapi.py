"""Answers held against the descriptions of vendors' calls in tests/data."""

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DATA = Path(__file__).parent.parent / "data"
URI = "urn:vendor"


class Description:
    """An OpenAPI file; read when it is first needed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._validator = lru_cache(None)(self._make_validator)

    @cached_property
    def document(self) -> Any:
        return yaml.safe_load((DATA / self.name).read_text("utf-8"))

    @cached_property
    def _registry(self) -> Any:
        return Registry().with_resource(URI, Resource.from_contents(self.document, default_specification=DRAFT202012))

    def template(self, path: str) -> str:
        """The described path that an address fits; AssertionError if there is none."""
        paths = self.document["paths"]
        if path in paths:
            return path
        for template in paths:
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
                return str(template)
        raise AssertionError(f"{path} is no described path")

    def _make_validator(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"{URI}#{pointer}"}, registry=self._registry)

    def _held(self, pointer: str, what: str, body: Any) -> None:
        errors = [error.message for error in self._validator(pointer).iter_errors(body)]
        assert not errors, f"{what}: {errors[0]}\n{body}"

    def check(self, method: str, path: str, status: int, body: Any) -> None:
        """AssertionError if an answer is not as described; a described property may be absent, another one may be there.

        `body` is None where there is none, and then the description must not have one either.
        """
        template, verb = self.template(path), method.lower()
        responses = self.document["paths"][template][verb]["responses"]
        key = str(status) if str(status) in responses else "default"
        assert key in responses, f"{method} {path} -> {status} is not described\n{body}"
        response, pointer = responses[key], f"/paths/{_quote(template)}/{verb}/responses/{key}"
        if "$ref" in response:
            pointer = response["$ref"].removeprefix("#")
            response = self.document["components"]["responses"][pointer.rpartition("/")[2]]
        assert ("application/json" in response.get("content", {})) == (body is not None)
        if body is not None:
            self._held(f"{pointer}/content/application~1json/schema", f"{method} {path} -> {status}", body)

    def check_schema(self, schema: str, body: Any) -> None:
        """AssertionError if `body` is not as the described object."""
        self._held(f"/components/schemas/{schema}", schema, body)

    def property_names(self, schema: str) -> set[str]:
        """The names of a described object's properties."""
        return set(self.document["components"]["schemas"][schema]["properties"])

    def operations(self) -> list[tuple[str, str]]:
        """Every described method and path."""
        verbs = ("get", "post", "put", "patch", "delete")
        return [(verb.upper(), path) for path, item in self.document["paths"].items() for verb in item if verb in verbs]


def _quote(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


ZOHO = Description("zoho-mail.openapi.yaml")
SOLUSVM2 = Description("solusvm2.openapi.yaml")
check, property_names = ZOHO.check, ZOHO.property_names
