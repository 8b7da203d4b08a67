// Members: created, renamed, given an implementation, and read.

import { randomUUID } from 'node:crypto';

import { check, implementationIn } from './bodies.js';
import { accept, reach, url } from './operations.js';
import { memberNotFound, Refusal } from './problems.js';
import { now, projectMember } from './store.js';
import { compile } from './workflow.js';

export function createMember(request) {
  const { scope, body } = request;
  const names = ['memberId', 'displayName', 'description', 'implementationKind'];
  check(request, names, ['displayName', 'implementationKind']);
  const memberId = body.memberId ?? `m-${randomUUID()}`;
  return accept(request, {
    operation: 'member.create',
    target: { resourceType: 'member', memberId },
    completionStage: 'observed',
    readModelUrl: url(scope.scopeId, 'members', memberId),
    decide(operation) {
      const asked = { displayName: body.displayName, description: body.description ?? null };
      const member = scope.members.get(memberId);
      if (!member) {
        commit(scope, created(scope, memberId, asked), operation);
      } else if (Object.keys(asked).every((name) => member[name] === asked[name])) {
        commit(scope, member, operation, { noop: true });
      } else {
        const message = `Member '${memberId}' exists with other fields.`;
        throw new Refusal('STUDIO_MEMBER_CONFLICT', message);
      }
    },
  });
}

function created(scope, memberId, asked) {
  const member = {
    scopeId: scope.scopeId,
    memberId,
    ...asked,
    publishedServiceId: `svc-${randomUUID()}`,
    lifecycleStage: 'created',
    implementation: null, // the texts of the workflow that the next bind publishes
    lastBinding: null,
    revisions: [],
    servingRevisionId: null,
    createdAt: now(),
    stateVersion: 0,
  };
  scope.members.set(memberId, member);
  return member;
}

export function updateMember(request) {
  const { scope, ids, body } = request;
  check(request, ['displayName', 'description']);
  return accept(request, {
    operation: 'member.update',
    target: targetOf(request, 'member'),
    completionStage: 'observed',
    readModelUrl: url(scope.scopeId, 'members', ids.memberId),
    decide(operation) {
      const member = decided(scope, ids.memberId);
      const given = ['displayName', 'description'].filter((name) => body[name] !== undefined);
      const noop = given.every((name) => member[name] === body[name]);
      for (const name of given) member[name] = body[name];
      commit(scope, member, operation, { noop });
    },
  });
}

export function updateMemberImplementation(request) {
  const { scope, ids, family } = request;
  const texts = implementationIn(request);
  check(request, [], ['workflow']);
  return accept(request, {
    operation: 'member.implementation.update',
    target: targetOf(request, 'member.implementation'),
    completionStage: 'observed',
    readModelUrl: url(scope.scopeId, 'members', ids.memberId),
    decide(operation) {
      const member = decided(scope, ids.memberId);
      prepared(texts, family);
      const noop = isSame(member.implementation, texts);
      if (!noop) Object.assign(member, { implementation: texts, lifecycleStage: 'build_ready' });
      commit(scope, member, operation, { noop });
    },
  });
}

// Return a member as it is decided, which is ahead of what can be read.
export function decided(scope, memberId) {
  const member = scope.members.get(memberId);
  if (member) return member;
  const { code, message } = memberNotFound(scope.scopeId, memberId);
  throw new Refusal(code, message);
}

// Return a member as it can be read.
export function visible(scope, memberId) {
  const member = scope.memberViews.get(memberId);
  if (!member) throw memberNotFound(scope.scopeId, memberId);
  return member;
}

export function prepared(texts, code) {
  try {
    return compile(texts);
  } catch (error) {
    throw new Refusal(code, error.message);
  }
}

export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function targetOf({ scope, ids }, resourceType) {
  const { publishedServiceId } = scope.memberViews.get(ids.memberId) ?? {};
  return { resourceType, memberId: ids.memberId, publishedServiceId, revisionId: ids.revisionId };
}

// Record what an operation changed of a member, and follow it until it can be seen.
export function commit(scope, member, operation, { noop = false } = {}) {
  const { commandId, correlationId, target } = operation.document;
  if (!noop) {
    member.stateVersion += 1;
    Object.assign(member, { updatedAt: now(), commandId, correlationId });
  }
  const { stateVersion } = member;
  target.publishedServiceId = member.publishedServiceId;
  reach(operation, 'committed', { stateVersion, noop });
  projectMember(scope, member, {
    onView: () => reach(operation, 'observed', { observedStateVersion: stateVersion }),
    onServing: () => reach(operation, 'ready'),
  });
}

export function getMember({ scope, ids }) {
  const member = visible(scope, ids.memberId);
  const { implementation, lastBinding, stateVersion, commandId, correlationId } = member;
  const implementationRef = implementation && {
    implementationKind: 'workflow',
    workflowId: compile(implementation).name,
  };
  const last = { stateVersion, commandId, correlationId };
  return { body: { summary: summaryOf(member), implementationRef, lastBinding, ...last } };
}

export function listMembers({ scope, page }) {
  const all = [...scope.memberViews.values()];
  const { rows, nextPageToken } = page('members', all, (member) => member.memberId);
  return { body: { scopeId: scope.scopeId, members: rows.map(summaryOf), nextPageToken } };
}

export function getMemberPublishedService({ scope, ids }) {
  const { publishedServiceId } = visible(scope, ids.memberId);
  return { body: { scopeId: scope.scopeId, memberId: ids.memberId, publishedServiceId } };
}

function summaryOf(member) {
  return {
    memberId: member.memberId,
    scopeId: member.scopeId,
    displayName: member.displayName,
    description: member.description,
    implementationKind: 'workflow',
    lifecycleStage: member.lifecycleStage,
    publishedServiceId: member.publishedServiceId,
    lastBoundRevisionId: member.lastBinding?.revisionId ?? null,
    createdAt: member.createdAt,
    updatedAt: member.updatedAt,
    stateVersion: member.stateVersion,
  };
}
