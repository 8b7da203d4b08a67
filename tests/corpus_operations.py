"""Every object of OpenAPI outside of schemas, changed."""

from collections.abc import Iterator
from typing import Any, Final

from corpus_model import (
    BREAKS,
    DUTY,
    FINE,
    MAY_BREAK,
    OTHER,
    PERHAPS_OTHER,
    Case,
    Contract,
    Edit,
    Labels,
    all_of,
    drop,
    found,
    place,
    put,
    rename,
)

LIST: Final = "GET /parcels"
BOOK: Final = "POST /parcels"
READ: Final = "GET /parcels/{parcelId}"
CORRECT: Final = "PATCH /parcels/{parcelId}"
WITHDRAW: Final = "DELETE /parcels/{parcelId}"
LABEL: Final = "PUT /parcels/{parcelId}/label"
COMMAND: Final = "GET /commands/{commandId}"
QUOTE: Final = "POST /quotes"
MOVED: Final = "POST /parcels callback onMoved POST {$request.body#/notify}"
LOST: Final = "POST /parcels callback onLost POST {$request.body#/notify}/lost"
CLOSED: Final = "webhook depotClosed POST"
FOLLOW: Final = "GET /moves"
SEARCH: Final = "QUERY /moves"
COPY: Final = "COPY /moves"
CARRIER: Final = "POST /carriers"

P_LIST: Final = "/paths/~1parcels/get"
P_BOOK: Final = "/paths/~1parcels/post"
P_ONE: Final = "/paths/~1parcels~1{parcelId}"
P_READ: Final = f"{P_ONE}/get"
P_LABEL: Final = "/paths/~1parcels~1{parcelId}~1label/put"
P_COMMAND: Final = "/paths/~1commands~1{commandId}"
P_QUOTE: Final = "/paths/~1quotes/post"
P_MOVES: Final = "/paths/~1moves"
PAGE: Final = f"{P_LIST}/responses/200"
SCHEMES: Final = "/components/securitySchemes"
FLOW: Final = f"{SCHEMES}/login/flows/authorizationCode"
Json = Any
Ruled = tuple[str, Labels]
REQUEST: Final = ("request",)
RESPONSE: Final = ("response",)
TEXT: Final = {"type": "string"}


# fmt: off
def one(name: str, group: str, ruled: Ruled, at: str, edit: Edit, *operations: str, **more: Json) -> Case:
    """Make a case whose opposite is no other case."""
    reached = tuple(sorted(operations))
    return Case(name, group, *ruled, place(at), edit, operations=reached, **more)


def two(name: str, group: str, ruled: tuple[Ruled, Ruled], at: str, edit: Edit, *operations: str, **more: Json) -> Iterator[Case]:
    """Make a case and its opposite."""
    case = one(name, group, ruled[0], at, edit, *operations, **more)
    yield case
    yield case.reversed(f"{name}-undone", *ruled[1])


def new(name: str, schema: dict[str, Json], **more: Json) -> dict[str, Json]:
    """Write a query parameter."""
    return {"name": name, "in": "query", "schema": schema, **more}


def text(name: str, group: str, at: str, *operations: str, to: str = "Other words") -> Case:
    """Put a text that promises nothing in the place of another."""
    return one(name, group, ("text-changed", FINE), at, put(at, to), *operations)


def turned(pointer: str) -> Edit:
    """Put the members of a mapping in the opposite order."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        holder[key] = dict(reversed(holder[key].items()))

    return edit


def also(pointer: str, name: str) -> Edit:
    """Have the same under a further key beside it."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        holder[name] = holder[key]

    return edit


def value(name: str, group: str, rule: str, labels: Labels, at: str, new_value: Json, *operations: str, inside: str = "", **more: Json) -> Case:
    """Put another value in the place of one; `inside` is what of an object is another."""
    return one(name, group, (rule, labels), at, put(at + inside, new_value), *operations, **more)


def document() -> Iterator[Case]:
    told = "info-changed"
    yield text("info-description", "Document", "/info/description", to="A booking is carried out later. A server MUST NOT answer 202 before the booking is stored.")
    yield value("info-title", "Document", told, FINE, "/info/title", "Parcels")
    yield value("info-summary", "Document", told, FINE, "/info/summary", "Parcels of all sizes")
    yield value("info-terms", "Document", told, FINE, "/info/termsOfService", "https://courier.example/t")
    yield value("info-contact", "Document", told, FINE, "/info/contact", "Front desk", inside="/name")
    yield value("openapi-version", "Document", "openapi-changed", FINE, "/openapi", "3.1.1")
    yield value("info-license", "Document", told, FINE, "/info/license", {"name": "MIT", "identifier": "MIT"})
    yield value("external-docs", "Document", told, FINE, "/externalDocs", "https://courier.example/d", inside="/url")
    yield value("root-extension", "Document", "not-judged", FINE, "/x-audience", "partners")
    yield value("dialect", "Document", "not-judged", FINE, "/jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema")
    yield from two("server", "Document", (("server-removed", BREAKS), ("server-added", DUTY)), "/servers/1", drop("/servers/1"), operations_checked=False)
    yield value("server-url", "Document", "server-changed", OTHER, "/servers/1", "https://try.courier.example/v2", inside="/url", operations_checked=False)
    yield value("server-variable-default", "Document", "server-changed", OTHER, "/servers/0/variables/region/default", "us", operations_checked=False)
    yield one("server-variable-enum", "Document", ("server-changed", OTHER), "/servers/0/variables/region/enum", drop("/servers/0/variables/region/enum/1"), operations_checked=False)
    yield one("server-description", "Document", ("text-changed", FINE), "/servers/0/description", put("/servers/0/description", "Live"), operations_checked=False)
    yield one(
        "server-variable-description",
        "Document",
        ("text-changed", FINE),
        "/servers/0/variables/region/description",
        put("/servers/0/variables/region/description", "Where"),
        operations_checked=False,
    )
    yield one(
        "operation-server",
        "Document",
        ("server-changed", OTHER),
        f"{P_QUOTE}/servers/0",
        put(f"{P_QUOTE}/servers/0/url", "https://cost.courier.example"),
        QUOTE,
        before=put(f"{P_QUOTE}/servers", [{"url": "https://price.courier.example"}]),
    )
    yield text("tag-description", "Document", "/tags/0/description")
    yield value("tag-external-docs", "Document", "tags-changed", FINE, "/tags/0/externalDocs", "https://courier.example/p", inside="/url")
    yield value("tag-new", "Document", "tags-changed", FINE, "/tags/2", {"name": "depots"})
    yield from two("component-unused-gone", "Document", (("component-removed", FINE), ("component-added", FINE)), "/components/schemas/Unused", drop("/components/schemas/Unused"))
    yield one("component-unused", "Document", ("property-removed", FINE), "/components/schemas/Unused/properties/old", drop("/components/schemas/Unused/properties/old"))


def operations() -> Iterator[Case]:
    group = "Operations"
    yield from two("operation", group, (("operation-removed", BREAKS), ("operation-added", DUTY)), P_LIST, drop(P_LIST), LIST)
    yield from two("path", group, (("operation-removed", BREAKS), ("operation-added", DUTY)), "/paths/~1quotes", drop("/paths/~1quotes"), QUOTE)
    yield one(
        "path-parameter-name",
        group,
        ("path-parameter-renamed", FINE),
        "/paths",
        all_of(rename(P_COMMAND, "/commands/{id}"), put("/paths/~1commands~1{id}/get/parameters/0/name", "id")),
        operations_checked=False,
    )
    yield text("path-summary", group, f"{P_ONE}/summary", READ, CORRECT, WITHDRAW)
    yield text("operation-summary", group, f"{P_LIST}/summary", LIST)
    yield text(
        "operation-description",
        group,
        f"{P_BOOK}/description",
        BOOK,
        to=("Keeps the booking. The server MUST store the booking before it answers 202. The server SHOULD answer within a second. A label can be fetched later."),
    )
    yield value("operation-id", group, "operation-id-changed", ("may-break", "ok"), f"{P_QUOTE}/operationId", "askPrice", QUOTE)
    yield from two("operation-deprecated", group, (("deprecated", FINE), ("undeprecated", FINE)), f"{P_LIST}/deprecated", put(f"{P_LIST}/deprecated", value=True), LIST)
    yield value("operation-tags", group, "tags-changed", FINE, f"{P_QUOTE}/tags", ["parcels"], QUOTE)
    yield value("operation-external-docs", group, "text-changed", FINE, f"{P_LIST}/externalDocs", "https://courier.example/l", LIST, inside="/url")
    yield value("operation-extension", group, "not-judged", FINE, f"{P_BOOK}/x-team", "parcels", BOOK)
    yield from two("webhook", group, (("webhook-removed", BREAKS), ("webhook-added", DUTY)), "/webhooks/depotClosed", drop("/webhooks/depotClosed"), CLOSED)
    yield from two("callback", group, (("callback-removed", BREAKS), ("callback-added", DUTY)), f"{P_BOOK}/callbacks/onLost", drop(f"{P_BOOK}/callbacks/onLost"), LOST)
    moved = f"{P_BOOK}/callbacks/onMoved"
    yield one("callback-url", group, ("callback-url-changed", OTHER), moved, rename(f"{moved}/{{$request.body#~1notify}}", "{$request.body#/notify}/moved"), operations_checked=False)
    other_url = f"{moved}/{{$request.body#~1other}}"
    heard = {"post": {"responses": {"204": {"description": "Heard elsewhere"}}}}
    yield one(
        "callback-url-of-two",
        group,
        ("callback-url-changed", OTHER),
        moved,
        all_of(rename(f"{moved}/{{$request.body#~1notify}}", "{$request.body#/notice}"), turned(moved)),
        operations_checked=False,
        before=put(other_url, heard),
    )
    move = "/components/schemas/Move"
    yield from two(
        "shared-by-webhook-and-callbacks",
        group,
        (("property-became-optional", BREAKS), ("property-became-required", DUTY)),
        move,
        drop(f"{move}/required"),
        CLOSED,
        LOST,
        MOVED,
        directions=REQUEST,
    )
    yield from two(
        "shared-by-both-directions",
        group,
        (("bound-tightened", OTHER), ("bound-loosened", PERHAPS_OTHER)),
        "/components/schemas/Parcel/properties/weight",
        put("/components/schemas/Parcel/properties/weight/minimum", 1),
        LIST,
        READ,
        QUOTE,
        directions=("request", "response"),
        before=put(f"{P_QUOTE}/requestBody/content/application~1json/schema", {"$ref": "#/components/schemas/Parcel"}),
    )


def parameters() -> Iterator[Case]:
    group = "Parameters"
    limit = new("limit", TEXT)
    written = {"name": "limit", "in": "query", "content": {"application/json": {"schema": TEXT}}}
    yield one("parameter-as-content", group, ("parameter-style-changed", OTHER), f"{P_LIST}/parameters/6", put(f"{P_LIST}/parameters/6", written), LIST, directions=REQUEST, before=put(f"{P_LIST}/parameters/-", limit))
    yield from two(
        "parameter-optional", group, (("parameter-added", DUTY), ("parameter-removed", MAY_BREAK)), f"{P_LIST}/parameters/6", put(f"{P_LIST}/parameters/-", limit), LIST, directions=REQUEST
    )
    yield from two(
        "parameter-required",
        group,
        (("required-parameter-added", BREAKS), ("required-parameter-removed", MAY_BREAK)),
        f"{P_LIST}/parameters/6",
        put(f"{P_LIST}/parameters/-", limit | {"required": True}),
        LIST,
        directions=REQUEST,
    )
    yield from two(
        "parameter-in-components",
        group,
        (("parameter-became-optional", DUTY), ("parameter-became-required", BREAKS)),
        "/components/parameters/Key",
        put("/components/parameters/Key/required", value=False),
        BOOK,
        directions=REQUEST,
    )
    yield value("parameter-name", group, "parameter-renamed", OTHER, f"{P_LIST}/parameters/0/name", "perPage", LIST, directions=REQUEST)
    yield value("parameter-place", group, "parameter-moved", OTHER, f"{P_LIST}/parameters/4/in", "query", LIST, directions=REQUEST)
    yield from two(
        "parameter-schema",
        group,
        (("bound-tightened", BREAKS), ("bound-loosened", DUTY)),
        f"{P_LIST}/parameters/0/schema",
        put(f"{P_LIST}/parameters/0/schema/maximum", 50),
        LIST,
        directions=REQUEST,
    )
    yield value("parameter-default", group, "default-changed", PERHAPS_OTHER, f"{P_LIST}/parameters/0/schema/default", 10, LIST, directions=REQUEST)
    yield value("path-parameter-schema", group, "pattern-added", BREAKS, "/components/parameters/ParcelId/schema/pattern", "^p-", READ, CORRECT, WITHDRAW, LABEL, directions=REQUEST)
    yield value("cookie-schema", group, "bound-tightened", BREAKS, f"{P_LIST}/parameters/4/schema/maxLength", 8, LIST, directions=REQUEST)
    yield value(
        "parameter-content-schema",
        group,
        "property-became-required",
        BREAKS,
        f"{P_LIST}/parameters/5/content/application~1json/schema",
        ["box"],
        LIST,
        inside="/required",
        directions=REQUEST,
        before=put(f"{P_LIST}/parameters/5/content/application~1json/schema/properties", {"box": TEXT}),
    )
    yield text("parameter-description", group, f"{P_LIST}/parameters/3/description", LIST)
    yield value("parameter-deprecated", group, "deprecated", FINE, f"{P_LIST}/parameters/0/deprecated", True, LIST)
    yield value("parameter-example", group, "example-changed", FINE, f"{P_LIST}/parameters/0/example", 30, LIST, before=put(f"{P_LIST}/parameters/0/example", 20))
    styles = {"query-explode": (1, "explode", True), "query-space": (1, "style", "spaceDelimited"), "query-pipe": (1, "style", "pipeDelimited"), "deep-object": (2, "style", "form")}
    for name, (index, key, to) in styles.items():
        yield value(f"style-{name}", group, "parameter-style-changed", OTHER, f"{P_LIST}/parameters/{index}", to, LIST, inside=f"/{key}", directions=REQUEST)
    yield value("style-reserved", group, "parameter-style-changed", OTHER, f"{P_LIST}/parameters/0/allowReserved", True, LIST, directions=REQUEST)
    for style in ("matrix", "label"):
        yield value(f"style-path-{style}", group, "parameter-style-changed", OTHER, f"{P_COMMAND}/get/parameters/0", style, COMMAND, inside="/style", directions=REQUEST)


def bodies() -> Iterator[Case]:
    group = "Bodies"
    body, accepted = f"{P_QUOTE}/requestBody", f"{P_BOOK}/requestBody"
    yield from two("body", group, (("body-removed", MAY_BREAK), ("body-added", DUTY)), body, drop(body), QUOTE, directions=REQUEST)
    yield one(
        "body-required-new",
        group,
        ("required-body-added", BREAKS),
        accepted,
        put(accepted, {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Booking"}}}}),
        BOOK,
        directions=REQUEST,
        before=drop(accepted),
    )
    asked = f"{body}/content/application~1json/schema"
    mark = f"{asked}/properties/mark"
    read_only = {"type": "string", "readOnly": True}
    quiet: tuple[Ruled, Ruled] = (("bound-tightened", FINE), ("bound-loosened", FINE))
    yield from two("read-only-limit-in-a-request", group, quiet, mark, put(f"{mark}/maxLength", 9), before=put(mark, read_only))
    came: tuple[Ruled, Ruled] = (("property-added", FINE), ("property-removed", FINE))
    yield from two("read-only-in-a-request", group, came, mark, put(mark, read_only))
    yield from two("body-required", group, (("body-became-required", BREAKS), ("body-became-optional", DUTY)), body, put(f"{body}/required", value=True), QUOTE, directions=REQUEST)
    yield text("body-description", group, f"{accepted}/description", BOOK)
    xml = f"{accepted}/content/application~1xml"
    yield from two("media-type-request", group, (("media-type-removed", BREAKS), ("media-type-added", DUTY)), xml, drop(xml), BOOK, directions=REQUEST)
    plain = f"{P_READ}/responses/200/content/text~1plain"
    yield from two("media-type-response", group, (("media-type-removed", OTHER), ("media-type-added", MAY_BREAK)), plain, drop(plain), READ, directions=RESPONSE)
    priced = f"{P_QUOTE}/responses/200/content"
    yield one("media-type-name", group, ("media-type-renamed", OTHER), priced, rename(f"{priced}/application~1json", "application/vnd.price+json"), QUOTE, directions=RESPONSE)
    widened: tuple[Ruled, Ruled] = (("media-type-widened", BREAKS), ("media-type-narrowed", PERHAPS_OTHER))
    yield from two("media-type-any-response", group, widened, priced, rename(f"{priced}/application~1json", "*/*"), QUOTE, directions=RESPONSE)
    taken: tuple[Ruled, Ruled] = (("media-type-widened", DUTY), ("media-type-narrowed", BREAKS))
    quoted = f"{P_QUOTE}/requestBody/content"
    yield from two("media-type-range-request", group, taken, quoted, rename(f"{quoted}/application~1json", "application/*"), QUOTE, directions=REQUEST)
    own = rename(f"{quoted}/application~1json", "application/vnd.price+json")
    yield from two("media-type-suffix-range", group, taken, quoted, rename(f"{quoted}/application~1vnd.price+json", "application/*+json"), QUOTE, directions=REQUEST, before=own)
    yield one("media-type-parameter", group, ("media-type-renamed", OTHER), quoted, rename(f"{quoted}/application~1json", "application/json;version=2"), QUOTE, directions=REQUEST)
    merged: tuple[Ruled, Ruled] = (("media-type-merged", MAY_BREAK), ("media-type-split", DUTY))
    yield from two("media-type-in-its-range-response", group, merged, priced, drop(f"{priced}/application~1json"), QUOTE, directions=RESPONSE, before=also(f"{priced}/application~1json", "*/*"))
    merged = ("media-type-merged", FINE), ("media-type-split", FINE)
    yield from two("media-type-in-its-range-request", group, merged, quoted, drop(f"{quoted}/application~1json"), QUOTE, directions=REQUEST, before=also(f"{quoted}/application~1json", "*/*"))
    several = all_of(rename(f"{quoted}/application~1json", "application/vnd.one+json"), also(f"{quoted}/application~1vnd.one+json", "application/vnd.two+json"))
    both = all_of(rename(f"{quoted}/application~1vnd.one+json", "application/*"), drop(f"{quoted}/application~1vnd.two+json"))
    yield from two("media-types-in-a-range", group, taken, quoted, both, QUOTE, directions=REQUEST, before=several)
    form = f"{P_LABEL}/requestBody/content/multipart~1form-data"
    yield value("encoding-content-type", group, "encoding-changed", OTHER, f"{form}/encoding/picture", "image/gif", LABEL, inside="/contentType", directions=REQUEST)
    yield value("encoding-style", group, "encoding-changed", OTHER, f"{form}/encoding/note", {"style": "pipeDelimited"}, LABEL, directions=REQUEST)
    yield one("form-part", group, ("property-removed", MAY_BREAK), f"{form}/schema/properties/note", drop(f"{form}/schema/properties/note"), LABEL, directions=REQUEST)
    yield value("media-type-example", group, "example-changed", FINE, f"{P_READ}/responses/200/content/application~1json/example", 4, READ, inside="/weight")
    yield value("component-example", group, "example-changed", FINE, "/components/examples/EmptyPage/value", "p-2", LIST, inside="/next")
    yield text("component-example-summary", group, "/components/examples/EmptyPage/summary", LIST)
    yield from two(
        "component-xml",
        group,
        (("xml-changed", OTHER), ("xml-changed", OTHER)),
        "/components/schemas/Booking/xml",
        put("/components/schemas/Booking/xml/name", "order"),
        BOOK,
        directions=REQUEST,
    )
    yield from two(
        "component-discriminator-mapping",
        group,
        (("discriminator-changed", OTHER), ("discriminator-changed", OTHER)),
        "/components/schemas/Contents/discriminator",
        rename("/components/schemas/Contents/discriminator/mapping/letters", "mail"),
        BOOK,
        directions=REQUEST,
    )
    yield from two(
        "component-alternative-inner",
        group,
        (("bound-tightened", BREAKS), ("bound-loosened", DUTY)),
        "/components/schemas/Letters/properties/count",
        put("/components/schemas/Letters/properties/count/minimum", 2),
        BOOK,
        directions=REQUEST,
    )
    tree = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 9}, "kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}
    branch = put("/components/schemas/Letters/properties/tree", {"$ref": "#/components/schemas/Tree"})
    yield from two(
        "schema-within-itself",
        group,
        (("bound-tightened", BREAKS), ("bound-loosened", DUTY)),
        "/components/schemas/Tree/properties/name/maxLength",
        put("/components/schemas/Tree/properties/name/maxLength", 5),
        BOOK,
        directions=REQUEST,
        before=all_of(put("/components/schemas/Tree", tree), branch),
    )
    yield from two(
        "reference-target",
        group,
        (("bound-tightened", BREAKS), ("bound-loosened", DUTY)),
        "/components/schemas",
        put("/components/schemas/Booking/properties/weight/$ref", "#/components/schemas/Light"),
        BOOK,
        directions=REQUEST,
        before=all_of(
            put("/components/schemas/Booking/properties/weight", {"$ref": "#/components/schemas/Heavy"}),
            put("/components/schemas/Heavy", {"type": "number", "maximum": 50}),
            put("/components/schemas/Light", {"type": "number", "maximum": 5}),
        ),
    )


def answers() -> Iterator[Case]:
    group = "Responses"
    missing = f"{P_READ}/responses/304"
    yield from two("response", group, (("response-removed", DUTY), ("response-added", MAY_BREAK)), missing, drop(missing), READ, directions=RESPONSE, before=put(missing, {"description": "As it was"}))
    ranged = put(f"{P_READ}/responses/4XX", {"$ref": "#/components/responses/Refused"})
    merged: tuple[Ruled, Ruled] = (("response-merged", FINE), ("response-split", FINE))
    yield from two("failure-in-its-range", group, merged, f"{P_READ}/responses", drop(f"{P_READ}/responses/404"), READ, directions=RESPONSE, before=ranged)
    yield one("response-status", group, ("response-status-changed", OTHER), f"{P_QUOTE}/responses", rename(f"{P_QUOTE}/responses/200", "203"), QUOTE, directions=RESPONSE)
    yield text("response-description", group, f"{PAGE}/description", LIST)
    optional, required = f"{PAGE}/headers/X-Next", f"{PAGE}/headers/X-Total"
    yield from two("header-optional", group, (("header-removed", MAY_BREAK), ("header-added", FINE)), optional, drop(optional), LIST, directions=RESPONSE)
    yield from two("header-always", group, (("required-header-removed", BREAKS), ("required-header-added", DUTY)), required, drop(required), LIST, directions=RESPONSE)
    yield from two("header-required", group, (("header-became-optional", BREAKS), ("header-became-required", DUTY)), required, drop(f"{required}/required"), LIST, directions=RESPONSE)
    yield one("header-name", group, ("header-renamed", OTHER), f"{PAGE}/headers", rename(required, "X-Count"), LIST, directions=RESPONSE)
    yield value("header-schema", group, "type-changed", OTHER, f"{required}/schema/type", "string", LIST, directions=RESPONSE)
    yield text("header-description", group, f"{required}/description", LIST)
    link = f"{PAGE}/links/first"
    yield from two("link", group, (("link-removed", MAY_BREAK), ("link-added", DUTY)), link, drop(link), LIST, directions=RESPONSE)
    yield value("link-operation", group, "link-changed", PERHAPS_OTHER, f"{link}/operationId", "withdrawParcel", LIST, directions=RESPONSE)
    yield value("link-parameter", group, "link-changed", PERHAPS_OTHER, f"{link}/parameters", "$response.body#/items/1/id", LIST, inside="/parcelId", directions=RESPONSE)
    state = "/components/schemas/State/enum"
    yield from two("shared-enum", group, (("enum-value-removed", DUTY), ("enum-value-added", MAY_BREAK)), state, drop(f"{state}/3"), LIST, READ, directions=RESPONSE)
    yield from two(
        "shared-nested",
        group,
        (("pattern-removed", MAY_BREAK), ("pattern-added", DUTY)),
        "/components/schemas/Price/properties/amount",
        drop("/components/schemas/Price/properties/amount/pattern"),
        LIST,
        READ,
        QUOTE,
        directions=RESPONSE,
    )
    answered = f"{P_BOOK}/callbacks/onMoved/{{$request.body#~1notify}}/post/responses/410"
    yield from two("callback-response", group, (("response-added", FINE), ("response-removed", FINE)), answered, put(answered, {"description": "Gone"}), MOVED, directions=RESPONSE)


def security() -> Iterator[Case]:
    group = "Security"
    pair = (("security-tightened", BREAKS), ("security-loosened", DUTY))
    yield from two("security-alternative", group, pair, f"{P_READ}/security", drop(f"{P_READ}/security/1"), READ)
    yield from two("security-both", group, pair, f"{P_READ}/security", put(f"{P_READ}/security/1/bearer", []), READ, before=drop(f"{P_READ}/security/0"))
    yield from two("security-scope", group, pair, f"{P_READ}/security", put(f"{P_READ}/security/2/login", ["parcels.read", "parcels.write"]), READ)
    yield from two("security-needed", group, pair, f"{P_QUOTE}/security", put(f"{P_QUOTE}/security", [{"key": []}]), QUOTE)
    yield from two("security-at-root", group, pair, "/security", put("/security/0/key", []), operations_checked=False)
    changed = "security-scheme-changed"
    yield value("scheme-key-name", group, changed, OTHER, f"{SCHEMES}/key/name", "X-Api-Key", READ)
    yield value("scheme-key-place", group, changed, OTHER, f"{SCHEMES}/key/in", "query", READ)
    yield value("scheme-http", group, changed, OTHER, f"{SCHEMES}/bearer", "basic", inside="/scheme", operations_checked=False, before=drop(f"{SCHEMES}/bearer/bearerFormat"))
    yield one("scheme-type", group, (changed, OTHER), f"{SCHEMES}/certificate", put(f"{SCHEMES}/certificate", {"type": "http", "scheme": "basic"}), LABEL)
    yield value("scheme-connect", group, changed, OTHER, f"{SCHEMES}/connect/openIdConnectUrl", "https://courier.example/oid", LABEL)
    yield value("flow-token-url", group, changed, OTHER, f"{FLOW}/tokenUrl", "https://courier.example/t", READ)
    yield value("flow-authorization-url", group, changed, OTHER, f"{FLOW}/authorizationUrl", "https://courier.example/a", READ)
    yield value("flow-refresh-url", group, changed, OTHER, f"{FLOW}/refreshUrl", "https://courier.example/r", READ)
    yield one(
        "flow-kind",
        group,
        (changed, OTHER),
        f"{SCHEMES}/login/flows",
        put(f"{SCHEMES}/login/flows", {"clientCredentials": {"tokenUrl": "https://courier.example/token", "scopes": {"parcels.read": "Read parcels", "parcels.write": "Book parcels"}}}),
        READ,
    )
    yield one("flow-scope-description", group, ("text-changed", FINE), f"{FLOW}/scopes/parcels.read", put(f"{FLOW}/scopes/parcels.read", "Look at parcels"), READ)
    yield one("scheme-description", group, ("text-changed", FINE), f"{SCHEMES}/key/description", put(f"{SCHEMES}/key/description", "Ask the desk"), READ)


def of_3_2() -> Iterator[Case]:
    group, base = "OpenAPI 3.2", {"base": "courier-3.2"}
    gone = (("operation-removed", BREAKS), ("operation-added", DUTY))
    copy = f"{P_MOVES}/additionalOperations"
    yield from two("query-method", group, gone, f"{P_MOVES}/query", drop(f"{P_MOVES}/query"), SEARCH, **base)
    yield from two("additional-operation", group, gone, copy, drop(copy), COPY, **base)
    streams = f"{P_MOVES}/get/responses/200/content"
    item = f"{streams}/application~1jsonl/itemSchema/properties/depot/maxLength"
    bound = (("bound-tightened", DUTY), ("bound-loosened", MAY_BREAK))
    yield from two("item-schema", group, bound, item, put(item, 10), FOLLOW, directions=RESPONSE, **base)
    shared = "/components/mediaTypes/Events/itemSchema/properties/data/maxLength"
    yield from two("media-type-component", group, bound, shared, put(shared, 10), FOLLOW, directions=RESPONSE, **base)
    string = f"{P_MOVES}/query/parameters/0/content/application~1x-www-form-urlencoded/schema/properties/depot/maxLength"
    yield value("querystring", group, "bound-tightened", BREAKS, string, 10, SEARCH, directions=REQUEST, **base)
    yield value("cookie-style", group, "parameter-style-changed", OTHER, f"{P_MOVES}/get/parameters/0/style", "form", FOLLOW, directions=REQUEST, **base)
    encoding = f"{copy}/COPY/requestBody/content/multipart~1mixed/itemEncoding"
    yield value("item-encoding", group, "encoding-changed", OTHER, encoding, "application/xml", COPY, inside="/contentType", directions=REQUEST, **base)
    yield value("tag-parent", group, "tags-changed", FINE, "/tags/1/kind", "badge", **base)
    yield one("tag-kind", group, ("tags-changed", FINE), "/tags/1/parent", drop("/tags/1/parent"), **base)
    yield value("self", group, "info-changed", FINE, "/$self", "https://courier.example/streams.yaml", **base)
    yield one("server-name", group, ("text-changed", FINE), "/servers/0/name", put("/servers/0/name", "live"), operations_checked=False, **base)
    yield one("response-summary", group, ("text-changed", FINE), f"{P_MOVES}/get/responses/200/summary", put(f"{P_MOVES}/get/responses/200/summary", "Many"), FOLLOW, **base)
    yield value("example-data-value", group, "example-changed", FINE, f"{P_MOVES}/query/requestBody/content/application~1json/examples/day/dataValue", "2026-01-02", SEARCH, inside="/since", **base)
    carrier = "/paths/~1carriers/post/requestBody/content/application~1json/schema/discriminator"
    yield value("default-mapping", group, "discriminator-changed", OTHER, carrier, "Bike", CARRIER, inside="/defaultMapping", directions=REQUEST, **base)
    yield value("xml-node-type", group, "xml-changed", OTHER, "/components/schemas/Bike/properties/kind/xml", "element", CARRIER, inside="/nodeType", directions=REQUEST, **base)
    device = f"{SCHEMES}/device"
    yield value("device-flow", group, "security-scheme-changed", OTHER, f"{device}/flows/deviceAuthorization/deviceAuthorizationUrl", "https://courier.example/dev", CARRIER, **base)
    yield value("oauth-metadata", group, "security-scheme-changed", OTHER, f"{device}/oauth2MetadataUrl", "https://courier.example/meta", CARRIER, **base)
    yield value("scheme-deprecated", group, "deprecated", FINE, f"{device}/deprecated", True, CARRIER, **base)


CASES: Final = (*document(), *operations(), *parameters(), *bodies(), *answers(), *security(), *of_3_2())
