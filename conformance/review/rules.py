"""Every rule of a review: what it fires on, what it means, whom it touches.

Labels of a change of shape follow from what it does to the messages that are valid, and from who
sends them. Fewer valid requests break clients that send the others; more of them are a duty of
servers. Fewer valid answers are a duty of servers; more of them may meet clients unprepared.
"""

from dataclasses import dataclass
from typing import Final

from conformance.review.changes import Clients, Flow, Guarantee, Servers

Labels = tuple[Clients, Servers]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        id: public; never reused.
        title: what it fires on, a clause.
        to_server: labels for clients and servers where clients send it.
        from_server: the same where servers send it.
        guarantee: its label.
        mirror: the rule that fires on the opposite change; its own id where the opposite is the
            same; empty where `no_mirror` says why there is none.
        no_mirror: the reason.

    """

    id: str
    title: str
    to_server: Labels
    from_server: Labels
    mirror: str
    guarantee: Guarantee = "same"
    no_mirror: str = ""

    def labels(self, flow: Flow) -> Labels:
        """Return the labels for clients and servers of what flows that way."""
        return self.to_server if flow == "to-server" else self.from_server


FINE: Final[Labels] = ("ok", "ok")
LESS_TAKEN: Final[Labels] = ("breaks", "relaxed")
MORE_TAKEN: Final[Labels] = ("ok", "new-duty")
LESS_SENT: Final[Labels] = ("ok", "new-duty")
MORE_SENT: Final[Labels] = ("breaks", "relaxed")
MORE_MAY_COME: Final[Labels] = ("may-break", "relaxed")
OTHER: Final[Labels] = ("breaks", "new-duty")
PERHAPS_OTHER: Final[Labels] = ("may-break", "new-duty")


def _pair(less: str, more: str, what: tuple[str, str], sent: Labels = MORE_MAY_COME) -> list[Rule]:
    """Make two rules that are each other's mirror: fewer valid messages, and more."""
    return [
        Rule(less, what[0], LESS_TAKEN, LESS_SENT, more),
        Rule(more, what[1], MORE_TAKEN, sent, less),
    ]


def _both(one: str, other: str, what: tuple[str, str], labels: tuple[Labels, Labels]) -> list[Rule]:
    """Make two rules that are each other's mirror, with the same labels whoever sends."""
    return [
        Rule(one, what[0], labels[0], labels[0], other),
        Rule(other, what[1], labels[1], labels[1], one),
    ]


def _same(name: str, what: str, labels: Labels = OTHER) -> list[Rule]:
    """Make a rule that is its own mirror."""
    return [Rule(name, what, labels, labels, name)]


SCHEMAS: Final = (
    *_pair("type-narrowed", "type-widened", ("a type is no more allowed", "a further type is allowed"), MORE_SENT),
    *_same("type-changed", "one type became another"),
    *_pair("enum-value-removed", "enum-value-added", ("a value is no more allowed", "a further value is allowed")),
    *_pair("enum-introduced", "enum-lifted", ("any value became one of a list", "one of a list became any value")),
    *_same("const-changed", "the only allowed value became another"),
    *_pair("bound-tightened", "bound-loosened", ("a limit became stricter", "a limit became laxer")),
    *_same("bound-changed", "a limit became another one, neither stricter nor laxer"),
    *_pair("pattern-added", "pattern-removed", ("a pattern is asked for", "a pattern is no more asked for")),
    *_same("pattern-changed", "a pattern became another", PERHAPS_OTHER),
    Rule("format-added", "a format is asked for", ("may-break", "relaxed"), LESS_SENT, "format-removed"),
    Rule("format-removed", "a format is no more asked for", MORE_TAKEN, MORE_MAY_COME, "format-added"),
    *_same("format-changed", "a format became another", PERHAPS_OTHER),
    *_both("property-added", "property-removed", ("an optional property is new", "a property is gone"),
           (MORE_TAKEN, ("may-break", "relaxed"))),
    Rule("required-property-added", "a required property is new", LESS_TAKEN, LESS_SENT, "required-property-removed"),
    Rule("required-property-removed", "a required property is gone", ("may-break", "relaxed"), MORE_SENT, "required-property-added"),
    Rule("closed-property-added", "an optional property is new where no other was allowed", MORE_TAKEN, MORE_MAY_COME, "closed-property-removed"),
    Rule("closed-property-removed", "a property is gone where no other is allowed", LESS_TAKEN, ("may-break", "new-duty"), "closed-property-added"),
    Rule("required-closed-property-added", "a required property is new where no other was allowed", OTHER, PERHAPS_OTHER, "required-closed-property-removed"),
    Rule("required-closed-property-removed", "a required property is gone where no other is allowed", OTHER, OTHER, "required-closed-property-added"),
    *_pair("property-became-required", "property-became-optional",
           ("an optional property is asked for", "a required property can be left out"), MORE_SENT),
    *_pair("extras-closed", "extras-opened",
           ("what is not named is no more allowed", "what is not named is allowed")),
    *_pair("constraint-added", "constraint-removed", ("a further condition holds", "a condition holds no more")),
    *_pair("alternative-removed", "alternative-added",
           ("one of several forms is gone", "a further form is allowed")),
    *_same("alternatives-changed", "anyOf became oneOf or the reverse", PERHAPS_OTHER),
    *_same("discriminator-changed", "what tells the forms apart is another"),
    *_same("default-changed", "what holds when nothing is said is another", PERHAPS_OTHER),
    *_same("access-changed", "readOnly or writeOnly is another", PERHAPS_OTHER),
    *_same("encoding-changed", "content is written another way"),
    *_same("xml-changed", "the form in XML is another"),
    *_both("deprecated", "undeprecated", ("it is to go", "it is to stay"), (FINE, FINE)),
    *_same("text-changed", "a text that promises nothing", FINE),
    *_same("example-changed", "an example", FINE),
)  # fmt: skip

OPERATIONS: Final = (
    *_both("operation-added", "operation-removed", ("an operation is new", "an operation is gone"), (MORE_TAKEN, LESS_TAKEN)),
    *_both("webhook-added", "webhook-removed", ("a webhook is new", "a webhook is gone"), (("ok", "new-duty"), MORE_SENT)),
    *_both("callback-added", "callback-removed", ("a callback is new", "a callback is gone"), (("ok", "new-duty"), MORE_SENT)),
    *_same("operation-id-changed", "generated clients call it by another name", ("may-break", "ok")),
    *_same("path-parameter-renamed", "a name that is not sent", FINE),
    *_both("parameter-added", "parameter-removed", ("an optional parameter is new", "a parameter is gone"),
           (MORE_TAKEN, ("may-break", "relaxed"))),
    Rule("required-parameter-added", "a required parameter is new", LESS_TAKEN, LESS_SENT, "required-parameter-removed"),
    Rule("required-parameter-removed", "a required parameter is gone", ("may-break", "relaxed"), MORE_SENT, "required-parameter-added"),
    *_pair("parameter-became-required", "parameter-became-optional",
           ("an optional parameter is asked for", "a required parameter can be left out"), MORE_SENT),
    *_same("parameter-renamed", "a parameter has another name"),
    *_same("parameter-moved", "a parameter is sent in another place"),
    *_same("parameter-style-changed", "a parameter is written another way"),
    Rule("body-added", "a body can be sent", MORE_TAKEN, ("may-break", "new-duty"), "body-removed"),
    Rule("body-removed", "no body is sent", ("may-break", "relaxed"), MORE_SENT, "body-added"),
    Rule("required-body-added", "a body must be sent", LESS_TAKEN, LESS_SENT, "body-removed"),
    *_pair("body-became-required", "body-became-optional",
           ("the body is asked for", "the body can be left out"), MORE_SENT),
    Rule("media-type-added", "a further media type", MORE_TAKEN, ("may-break", "relaxed"), "media-type-removed"),
    Rule("media-type-removed", "a media type is gone", LESS_TAKEN, ("breaks", "new-duty"), "media-type-added"),
    *_same("media-type-renamed", "the same content has another media type"),
    Rule("media-type-narrowed", "a range of media types became what it held", LESS_TAKEN, PERHAPS_OTHER, "media-type-widened"),
    Rule("media-type-widened", "a media type became a range that holds it", MORE_TAKEN, MORE_SENT, "media-type-narrowed"),
    Rule("media-type-merged", "a media type is told by the range that it is in", FINE, MORE_MAY_COME, "media-type-split"),
    Rule("media-type-split", "a media type of a range is told by itself", FINE, LESS_SENT, "media-type-merged"),
    Rule("response-added", "a further status", FINE, ("may-break", "relaxed"), "response-removed"),
    Rule("response-removed", "a status is gone", FINE, ("ok", "new-duty"), "response-added"),
    *_both("response-merged", "response-split",
           ("a failure is told by the range that it is in", "a failure of a range is told by itself"), (FINE, FINE)),
    *_same("response-status-changed", "the same answer has another status"),
    *_both("header-added", "header-removed", ("a header can come", "a header comes no more"), (("ok", "ok"), ("may-break", "relaxed"))),
    *_both("required-header-added", "required-header-removed", ("a header always comes", "a header that always came comes no more"),
           (LESS_SENT, MORE_SENT)),
    *_both("header-became-required", "header-became-optional",
           ("a header always comes", "a header that always came can be missing"), (LESS_SENT, MORE_SENT)),
    *_same("header-renamed", "a header has another name"),
    *_both("link-added", "link-removed", ("a link is new", "a link is gone"), (("ok", "new-duty"), ("may-break", "relaxed"))),
    *_same("callback-url-changed", "a callback goes to another URL"),
    *_same("link-changed", "a link leads elsewhere", ("may-break", "new-duty")),
    *_both("security-tightened", "security-loosened",
           ("a credential that was enough is no more", "a further credential is enough"), (LESS_TAKEN, MORE_TAKEN)),
    *_same("security-scheme-changed", "a credential is presented another way"),
    *_both("server-added", "server-removed", ("a further base URL", "a base URL is gone"), (("ok", "new-duty"), LESS_TAKEN)),
    *_same("server-changed", "a base URL is made another way"),
    *_both("component-added", "component-removed", ("a component that nothing uses is new", "a component that nothing used is gone"), (FINE, FINE)),
    *_same("tags-changed", "how the documentation is sorted", FINE),
    *_same("info-changed", "what the document says of itself", FINE),
    *_same("openapi-changed", "the document is written in another version of OpenAPI", FINE),
    *_same("not-judged", "a keyword that no rule knows", FINE),
)  # fmt: skip


def _guarantees(
    lost: tuple[str, str], won: tuple[str, str], lost_labels: Labels, won_labels: Labels
) -> list[Rule]:
    return [
        Rule(lost[0], lost[1], lost_labels, lost_labels, won[0], "weakened"),
        Rule(won[0], won[1], won_labels, won_labels, lost[0], "strengthened"),
    ]


GUARANTEES: Final = (
    *_guarantees(("ack-status-changed", "an acknowledgement is answered by another status"),
                 ("ack-status-gained", "a write is answered as accepted"), OTHER, OTHER),
    *_guarantees(("ack-locator-lost", "what was accepted can no more be found for certain"),
                 ("ack-locator-gained", "what was accepted can be found"), MORE_SENT, LESS_SENT),
    *_guarantees(("ack-retry-hint-lost", "when to come back is no more said"),
                 ("ack-retry-hint-gained", "when to come back is said"), ("may-break", "relaxed"), LESS_SENT),
    *_guarantees(("failure-became-unsayable", "a failure can no more be told"),
                 ("failure-became-sayable", "a further failure can be told"), ("ok", "relaxed"), ("may-break", "new-duty")),
    Rule("ack-meaning-changed", "the words of what a 2xx means are others", FINE, FINE, "", "weakened",
         "no program knows whether new words promise more; a person must say so"),
    *_guarantees(("must-removed", "a MUST is gone"), ("must-added", "a MUST is new"), ("ok", "relaxed"), ("ok", "new-duty")),
    *_guarantees(("must-weakened", "a MUST became a SHOULD or a MAY"),
                 ("must-strengthened", "a SHOULD or a MAY became a MUST"), ("ok", "relaxed"), ("ok", "new-duty")),
    Rule("must-negated", "a MUST gained or lost its NOT", OTHER, OTHER, "must-negated", "weakened"),
    Rule("must-reworded", "a MUST says something else", FINE, FINE, "", "weakened",
         "no program knows whether new words promise more; a person must say so"),
    *_guarantees(("guarantee-annotation-lowered", "an annotation promises less"),
                 ("guarantee-annotation-raised", "an annotation promises more"), ("ok", "relaxed"), ("ok", "new-duty")),
    *_guarantees(("example-contradicts", "an example shows what the rule forbids"),
                 ("example-agrees", "an example no more shows what the rule forbids"), FINE, FINE),
    *_guarantees(("requirement-unlinked", "a requirement no more speaks of an operation"),
                 ("requirement-linked", "a requirement speaks of a further operation"), ("ok", "relaxed"), ("ok", "new-duty")),
    *_guarantees(("proof-weakened", "less is proven of a requirement"),
                 ("proof-strengthened", "more is proven of a requirement"), FINE, FINE),
    Rule("requirement-changed", "a requirement has other words", FINE, FINE, "requirement-changed"),
    Rule("requirement-added", "a requirement below MUST is new", ("ok", "ok"), ("ok", "ok"), "requirement-removed"),
    Rule("requirement-removed", "a requirement below MUST is gone", ("ok", "ok"), ("ok", "ok"), "requirement-added"),
)  # fmt: skip

RULES: Final = {rule.id: rule for rule in (*SCHEMAS, *OPERATIONS, *GUARANTEES)}
