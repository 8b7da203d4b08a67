"""Contracts of one operation, and what a review tells of two of them."""

from typing import Any

import yaml
from review_corpus import changes

from conformance.review.changes import Change

Json = Any
TEXT = {"type": "string"}


def contract(item: Json, path: str = "/a", **others: Json) -> Json:
    info = {"title": "Things", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": {path: item}, **others}


def sent(schema: Json, **others: Json) -> Json:
    body = {"content": {"application/json": {"schema": schema}}}
    return contract({"post": {"requestBody": body, "responses": DONE}}, **others)


def received(schema: Json, **others: Json) -> Json:
    body = {"description": "It is.", "content": {"application/json": {"schema": schema}}}
    return contract({"get": {"responses": {"200": body}}}, **others)


def write(description: str, path: str = "/a", status: str = "202") -> Json:
    answer = {status: {"description": "It is taken."}}
    return contract({"post": {"description": description, "responses": answer}}, path)


DONE = {"200": {"description": "Done"}}


def told(base: Json, head: Json) -> list[Change]:
    one, other = ({"openapi.yaml": yaml.safe_dump(it, sort_keys=False)} for it in (base, head))
    return changes(one, other)


def rules(base: Json, head: Json) -> list[tuple[str, str, str]]:
    return sorted((one.rule, one.clients, one.guarantee) for one in told(base, head))
