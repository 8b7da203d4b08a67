// The older route: a service of the scope that belongs to no member, bound before it answers.

import { randomUUID } from 'node:crypto';

import { check, implementationIn } from './bodies.js';
import { prepared } from './members.js';
import { Problem } from './problems.js';

export function putScopeBinding(request) {
  const { scope, body, family } = request;
  const texts = implementationIn(request);
  check(request, ['implementationKind', 'revisionId'], ['implementationKind', 'workflow']);
  const { serviceId = 'default', revisionId = `rev-${randomUUID()}` } = body;
  const owner = [...scope.members.values()].find((one) => one.publishedServiceId === serviceId);
  if (owner || typeof serviceId !== 'string') {
    throw new Problem(400, family, "'serviceId' is no service of the scope's own.");
  }
  let program;
  try {
    program = prepared(texts, family);
  } catch ({ code, message }) {
    throw new Problem(400, code, message);
  }
  scope.serving.set(serviceId, { serviceId, memberId: null, revisionId, program });
  return {
    body: {
      scopeId: scope.scopeId,
      serviceId,
      displayName: serviceId,
      revisionId,
      implementationKind: 'workflow',
    },
  };
}

export function getScopeBinding({ scope }) {
  const service = scope.serving.get('default');
  const revisionId = service?.revisionId ?? '';
  return {
    body: {
      available: service !== undefined,
      scopeId: scope.scopeId,
      serviceId: 'default',
      defaultServingRevisionId: revisionId,
      activeServingRevisionId: revisionId,
      deploymentStatus: service ? 'Active' : '',
      updatedAt: null,
      revisions: service ? [{ revisionId }] : [],
    },
  };
}
