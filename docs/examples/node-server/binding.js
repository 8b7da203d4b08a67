// Bindings: what a member publishes, which revision of it serves, and whether it can be invoked.

import { randomUUID } from 'node:crypto';

import { check, implementationIn, SEGMENT_ID } from './bodies.js';
import { commit, decided, isSame, prepared, targetOf, visible } from './members.js';
import { accept, COMMAND_ID, operationNotFound, url } from './operations.js';
import { Problem, Refusal } from './problems.js';
import { now } from './store.js';

export function bindMember(request) {
  const { scope, ids, body, family } = request;
  const given = implementationIn(request);
  check(request, ['revisionId']);
  const revisionId = body.revisionId ?? `rev-${randomUUID()}`;
  const { memberId } = ids;
  return accept(request, {
    operation: 'member.bind',
    target: { ...targetOf(request, 'member.binding'), revisionId: body.revisionId },
    completionStage: 'ready',
    readiness: readinessUrl(scope, memberId, revisionId),
    readModelUrl: url(scope.scopeId, 'members', memberId, 'binding'),
    expected: { revisionId },
    decide(operation) {
      const member = decided(scope, memberId);
      const texts = given ?? member.implementation;
      if (!texts) throw new Refusal(family, 'The bind has no implementation, and none is stored.');
      const program = prepared(texts, family);
      const noop = published(member, revisionId, { texts, program, family });
      operation.document.target.revisionId = revisionId;
      commit(scope, member, operation, { noop });
    },
  });
}

// Publish a revision of a member and let it serve; return whether it did so before.
function published(member, revisionId, { texts, program, family }) {
  const existing = member.revisions.find((one) => one.revisionId === revisionId);
  if (existing && (existing.status === 'retired' || !isSame(existing.texts, texts))) {
    throw new Refusal(family, `Revision '${revisionId}' exists and cannot be bound again.`);
  }
  const current = member.lifecycleStage === 'bind_ready' && member.servingRevisionId === revisionId;
  if (existing && current && member.lastBinding.revisionId === revisionId) return true;
  const at = now();
  if (!existing) {
    member.revisions.unshift({ revisionId, status: 'published', createdAt: at, texts, program });
  }
  Object.assign(member, {
    implementation: texts,
    servingRevisionId: revisionId,
    lifecycleStage: 'bind_ready',
    lastBinding: {
      publishedServiceId: member.publishedServiceId,
      revisionId,
      implementationKind: 'workflow',
      boundAt: at,
    },
  });
  return false;
}

export const activateMemberRevision = (request) =>
  actOnRevision(request, 'activate', 'ready', (member, revision) => {
    if (revision.status === 'retired') throw new Refusal(...retired(revision.revisionId));
    const noop = member.servingRevisionId === revision.revisionId;
    member.servingRevisionId = revision.revisionId;
    return noop;
  });

export const retireMemberRevision = (request) =>
  actOnRevision(request, 'retire', 'observed', (member, revision) => {
    const noop = revision.status === 'retired';
    revision.status = 'retired';
    if (member.servingRevisionId === revision.revisionId) member.servingRevisionId = null;
    return noop;
  });

function actOnRevision(request, verb, completionStage, change) {
  const { scope, ids } = request;
  const { memberId, revisionId } = ids;
  const target = targetOf(request, 'member.revision');
  const { publishedServiceId } = target;
  return accept(request, {
    operation: `member.revision.${verb}`,
    target,
    completionStage,
    readiness: readinessUrl(scope, memberId, revisionId),
    readModelUrl: url(scope.scopeId, 'members', memberId, 'binding'),
    beside: { memberId, publishedServiceId, revisionId },
    decide(operation) {
      const member = decided(scope, memberId);
      const noop = change(member, revisionOf(member, revisionId));
      commit(scope, member, operation, { noop });
    },
  });
}

export function revisionOf(member, revisionId) {
  if (!member.lastBinding) throw new Refusal(...notBound(member.memberId));
  const revision = member.revisions.find((one) => one.revisionId === revisionId);
  if (revision) return revision;
  const message = `Revision '${revisionId}' was not found.`;
  throw new Refusal('STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND', message);
}

export function getMemberBinding({ scope, ids }) {
  const { lastBinding, stateVersion, commandId, correlationId } = visible(scope, ids.memberId);
  return { body: { lastBinding, stateVersion, commandId, correlationId } };
}

export function listMemberRevisions({ scope, ids, page }) {
  const member = visible(scope, ids.memberId);
  const serves = servingRevision(scope, member);
  const name = `revisions of ${ids.memberId}`;
  const { rows, nextPageToken } = page(name, member.revisions, (one) => one.revisionId);
  const revisions = rows.map(({ revisionId, status, createdAt }) => ({
    revisionId,
    status,
    isServing: revisionId === serves,
    createdAt,
  }));
  return { body: { revisions, nextPageToken, stateVersion: member.stateVersion } };
}

// Return the id of the revision that an unpinned invoke would run, null if there is none.
export function servingRevision(scope, member) {
  const served = scope.serving.get(member.publishedServiceId)?.revisionId;
  const revision = member.revisions.find((one) => one.revisionId === served);
  return revision?.status === 'published' ? served : null;
}

export const notBound = (memberId) => [
  'STUDIO_MEMBER_NOT_BOUND',
  `Member '${memberId}' was never bound.`,
];

export const retired = (revisionId) => [
  'STUDIO_MEMBER_BINDING_REVISION_RETIRED',
  `Revision '${revisionId}' is retired.`,
];

export function getMemberBindingReadiness({ scope, ids, query, family }) {
  const operation = askedFor(scope, ids, query);
  const revisionId = query.get('revisionId');
  if (revisionId !== null && !SEGMENT_ID.test(revisionId)) {
    throw new Problem(400, family, "'revisionId' is no id of a revision.");
  }
  const { status, failure, commandId, correlationId } = operation?.document ?? {};
  const member = operation ? scope.memberViews.get(ids.memberId) : visible(scope, ids.memberId);
  const about = revisionId ?? (member && servingRevision(scope, member)) ?? undefined;
  const conditions = conditionsOf(scope, member, { about, isPlain: revisionId === null });
  if (operation) conditions.push(condition('CommandApplied', status === 'ready'));
  const unmet = conditions.find((one) => one.status !== 'true');
  return {
    body: {
      target: {
        ...targetOf({ scope, ids }, 'member.binding'),
        scopeId: scope.scopeId,
        revisionId: about,
      },
      status: failure ? 'failed' : unmet ? 'pending' : 'ready',
      reason: failure?.code ?? unmet?.reason ?? 'ALL_READY',
      observedAt: now(),
      commandId,
      correlationId,
      stateVersion: member?.stateVersion,
      conditions,
      failure,
    },
  };
}

// Return the operation that a question about readiness names, undefined if it names none.
function askedFor(scope, { memberId }, query) {
  const commandId = query.get('commandId');
  if (commandId === null) return undefined;
  if (!COMMAND_ID.test(commandId)) {
    throw new Problem(400, 'INVALID_COMMAND_ID', "'commandId' is no id of a command.");
  }
  const operation = scope.operations.get(commandId);
  if (operation?.document.target.memberId !== memberId) throw operationNotFound(commandId);
  return operation;
}

function conditionsOf(scope, member, { about, isPlain }) {
  if (!member?.lastBinding) {
    return [{ type: 'CatalogVisible', status: 'false', reason: 'STUDIO_MEMBER_NOT_BOUND' }];
  }
  const revision = member.revisions.find((one) => one.revisionId === about);
  const isBound = member.lifecycleStage === 'bind_ready';
  const isCurrent = isBound && isSame(revision?.texts, member.implementation);
  return [
    condition('CatalogVisible', revision !== undefined),
    condition('ServingSetVisible', revision && servingRevision(scope, member) === about),
    ...(isPlain ? [condition('ImplementationCurrent', isCurrent)] : []),
  ];
}

function condition(type, isMet) {
  const words = type.replace(/(?!^)(?=[A-Z])/g, '_').toUpperCase();
  return { type, status: String(Boolean(isMet)), reason: isMet ? words : `NOT_${words}` };
}

const readinessUrl = (scope, memberId, revisionId) =>
  `${url(scope.scopeId, 'members', memberId, 'binding', 'readiness')}?revisionId=${revisionId}`;
