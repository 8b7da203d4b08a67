"""A small contract, and the changes that a review finds in an edit of its text."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conformance.review.annotations import Annotations
from conformance.review.changes import Change
from conformance.review.comparing import compare
from conformance.review.guarantees import guaranteed
from conformance.review.loading import Where, load_side
from conformance.review.sides import Side

Edit = tuple[str, str]
"""What is written, once, and what is written instead."""
OWN: Final = Annotations()
OPENAPI: Final = "openapi.yaml"
CATALOGUE: Final = "requirements/ord.yaml"
PLAN: Final = "plan.json"

DOCUMENT: Final = """\
openapi: 3.1.0
info: { title: Orders, version: 1.0.0, description: Orders are written down. }
paths:
  /orders:
    post:
      operationId: placeOrder
      description: Writes an order down.
      x-operation-receipt:
        operation: order.place
        resourceType: order
        completionStage: observed
        failureCodes: [SOLD_OUT, NOT_STORED]
      x-error-codes:
        '409': [ORDER_EXISTS, KEY_REUSED]
        '503': [NOT_STORED]
      x-requirements: [ORD-01, ORD-02]
      x-ack-guarantee: durable
      responses:
        '202':
          description: It is stored.
          headers:
            Location: { required: true, schema: { type: string, format: uri } }
            Retry-After: { required: true, schema: { type: integer } }
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Receipt' }
              examples:
                usual:
                  summary: As usual
                  value: { statusUrl: /commands/1, stage: accepted, status: pending }
        '409': { $ref: '#/components/responses/Refused' }
        '503': { $ref: '#/components/responses/Refused' }
    get:
      operationId: listOrders
      responses:
        '200': { description: All of them. }
        '202':
          description: They are still counted.
          headers:
            Location: { schema: { type: string, format: uri } }
            Retry-After: { required: true, schema: { type: integer } }
  /orders/{orderId}:
    parameters:
      - { name: orderId, in: path, required: true, schema: { type: string } }
    delete:
      operationId: cancelOrder
      x-legacy-write: false
      responses:
        '202':
          description: It will be cancelled.
          headers: { Retry-After: { schema: { type: integer } } }
    get:
      operationId: getOrder
      description: Reads an order.
      responses:
        '200':
          description: The order.
          content:
            application/json:
              schema:
                type: object
                properties:
                  state: { type: string, enum: [open, paid, failed] }
                  failure:
                    type: object
                    properties:
                      code: { type: string, enum: [SOLD_OUT, LATE] }
                  lines: { type: string, enum: [few, many] }
webhooks:
  orderPaid:
    post:
      responses:
        '200': { description: Heard. }
        '410': { description: Nobody listens. }
components:
  schemas:
    Receipt:
      type: object
      required: [statusUrl, stage]
      properties:
        statusUrl: { type: string, format: uri, minLength: 1 }
        stage: { type: string }
        status: { type: string }
    Problem:
      type: object
      required: [code]
      properties:
        code: { type: string, enum: [ORDER_EXISTS, KEY_REUSED, NOT_STORED] }
        again: { type: string, enum: [never, later] }
  responses:
    Refused:
      description: Refused.
      content:
        application/problem+json:
          schema: { $ref: '#/components/schemas/Problem' }
"""

REQUIREMENTS: Final = """\
ORD-01:
  level: MUST
  profiles: [core, shop]
  text: An order is stored before the 202 is sent.
  why: An order that is lost is one that nobody waits for.
  check: Place an order; read its statusUrl at once.
  guard: A server may answer 503 instead.
  source: seed 1
  operations: [placeOrder, cancelOrder]
  closed_by: [synchronous_throughout]

ORD-02:
  level: MUST
  profiles: [core]
  text: The Location of a 202 never names the order itself.
  source: seed 1
  operations: [placeOrder]

ORD-03:
  level: SHOULD
  profiles: [core]
  text: A list is sorted.
  source: seed 2
  operations: [listOrders]
"""

EXPORTED: Final = """\
{"plan_version": 1, "kit": "1", "contract": {"version": "1.0.0", "hash": "0"}, "requirements": {
  "ORD-01": {"level": "MUST", "profiles": ["core"], "operations": ["placeOrder", "cancelOrder"],
    "planned": false, "scenarios": ["an_order_is_stored"], "invariants": ["no_order_is_lost"],
    "faults": ["forgets-orders"]},
  "ORD-02": {"level": "MUST", "profiles": ["core"], "operations": ["placeOrder"], "planned": false,
    "scenarios": ["location_is_another"], "invariants": [], "faults": ["names-the-order"]},
  "ORD-03": {"level": "SHOULD", "profiles": ["core"], "operations": ["listOrders"],
    "planned": false, "scenarios": ["lists_are_sorted"], "invariants": [], "faults": []}
}}
"""
WHOLE: Final = {OPENAPI: DOCUMENT, CATALOGUE: REQUIREMENTS, PLAN: EXPORTED}


def edited(files: Mapping[str, str], file: str, *edits: Edit) -> dict[str, str]:
    """Edit the text of one of some files; what is to be replaced stands there once."""
    text = files[file]
    for old, new in edits:
        assert text.count(old) == 1, f"{text.count(old)} times: {old}"
        text = text.replace(old, new)
    return {**files, file: text}


def reviewed(
    base: Mapping[str, str], head: Mapping[str, str], annotations: Annotations = OWN
) -> list[Change]:
    """Return what a review finds between two contracts, given as texts by file name."""
    first, second = (read(tuple(files.items())) for files in (base, head))
    return guaranteed(compare(first, second), first, second, annotations)


@cache
def read(files: tuple[tuple[str, str], ...]) -> Side:
    """Read a contract as a folder of these files."""
    with TemporaryDirectory() as folder:
        for name, text in files:
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_side(folder, Where())


def both_ways(base: Mapping[str, str], head: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the rules of what a review finds between two contracts, and in the opposite change."""
    return [one.rule for one in reviewed(base, head)], [one.rule for one in reviewed(head, base)]
