"""Legitimate ways to behave differently; a judge must find nothing in them.

Several can be had at once: their classes are inherited from side by side, so an override calls
`super()` wherever another variant may have a say in the same decision.
"""

from collections.abc import Sequence
from functools import cache
from itertools import combinations

from reference_server.behaviour import Behaviour
from reference_server.variants import (
    acceptance,
    documents,
    gateways,
    identifiers,
    kinds,
    lists,
    nulls,
    progress,
    refusals,
    restarts,
    trailing,
    values,
)
from reference_server.variants.declaration import Contradiction, Variant

VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant(acceptance.Synchronous, paired=True),
        Variant(acceptance.OkThroughout),
        Variant(acceptance.CreatesAtOnce),
        Variant(progress.RandomLag),
        Variant(trailing.TrailingLists),
        Variant(acceptance.ForeseesFailures, paired=True),
        Variant(acceptance.RefusesAfterAcceptance, paired=True),
        Variant(acceptance.ReplaysFirstReceipt, paired=True),
        Variant(refusals.PlainJsonProblems),
        Variant(refusals.ProblemJsonProblems),
        Variant(refusals.BadRequests, paired=True),
        Variant(refusals.NotFounds),
        Variant(refusals.UnprocessableContents),
        Variant(documents.AbsoluteUrls, paired=True),
        Variant(identifiers.OpaqueServiceIds),
        Variant(identifiers.OwnMemberIds, paired=True),
        Variant(identifiers.NeedsMemberIds),
        Variant(identifiers.LateRunIds),
        Variant(documents.RunIsStatus, paired=True),
        Variant(documents.BareDocuments, paired=True),
        Variant(documents.NoDeadlines),
        Variant(identifiers.TrimsIds),
        Variant(identifiers.RefusesPaddedIds),
        Variant(progress.CorrectsTimeouts),
        Variant(progress.LatchesTimeouts),
        Variant(progress.KeepsStatusesBriefly),
        Variant(documents.OlderRuns),
        Variant(values.FloatVersions),
        Variant(values.OtherInstants),
        Variant(values.OpaqueTags),
        Variant(gateways.LimitsRates),
        Variant(gateways.GatewayErrors),
        Variant(lists.NewestFirst),
        Variant(lists.PagesOfFifty),
        Variant(lists.RefusesLargePages),
        Variant(identifiers.StrictKinds),
        Variant(acceptance.OffersLess),
        Variant(acceptance.DeletesNothing),
        Variant(kinds.ScriptsOnly, kind="script"),
        Variant(kinds.ActorsOnly, kind="gagent"),
        Variant(documents.ExtraMembers, paired=True),
        Variant(nulls.WritesNulls),
        Variant(restarts.RebuildsReadModels, restarts=True),
    )
}

CONTRADICTIONS = (
    Contradiction(
        identifiers.TrimsIds,
        identifiers.RefusesPaddedIds,
        "a padded id is trimmed or refused",
    ),
    Contradiction(
        identifiers.OwnMemberIds,
        identifiers.NeedsMemberIds,
        "a memberId is the server's or the client's",
    ),
    Contradiction(
        progress.CorrectsTimeouts,
        progress.LatchesTimeouts,
        "a timed_out operation is corrected or stays",
    ),
    *(
        Contradiction(held, progress.LatchesTimeouts, "a held answer needs a verdict")
        for held in (acceptance.Synchronous, acceptance.OkThroughout, acceptance.CreatesAtOnce)
    ),
    Contradiction(acceptance.Synchronous, acceptance.OkThroughout, "a create is 201 or 200"),
    Contradiction(
        acceptance.ForeseesFailures,
        acceptance.RefusesAfterAcceptance,
        "a refusal comes before acceptance or after it",
    ),
    Contradiction(
        refusals.PlainJsonProblems,
        refusals.ProblemJsonProblems,
        "a problem has one media type",
    ),
    Contradiction(
        refusals.BadRequests,
        refusals.NotFounds,
        "a refusal has one status",
    ),
    Contradiction(kinds.ScriptsOnly, kinds.ActorsOnly, "members are of one kind only"),
    Contradiction(
        documents.RunIsStatus,
        documents.OlderRuns,
        "a run's status is the operation's or the run's word",
    ),
    Contradiction(
        documents.RunIsStatus,
        identifiers.LateRunIds,
        "a statusUrl that is the run's names the run at once",
    ),
)


def contradiction(names: Sequence[str]) -> Contradiction | None:
    """Find two of the names that exclude each other."""
    pairs = [frozenset(pair) for pair in combinations(names, 2)]
    return next((found for found in CONTRADICTIONS if found.names() in pairs), None)


@cache
def composed(names: tuple[str, ...]) -> Behaviour:
    """Make the behaviour that all named variants have together; none is the honest server."""
    bases = tuple(VARIANTS[name].behaviour for name in dict.fromkeys(names))
    if not bases:
        return Behaviour()
    made: Behaviour = type("Composed", bases, {})()
    return made
