// Invocation: how a member is called, calling it, and what became of the calls.

import { randomUUID } from 'node:crypto';

import { check } from './bodies.js';
import { notBound, retired, revisionOf, servingRevision } from './binding.js';
import { decided, targetOf, visible } from './members.js';
import { accept, fail, reach, url } from './operations.js';
import { Problem, Refusal } from './problems.js';
import { now, projectRun } from './store.js';
import { execute } from './workflow.js';

const ENDPOINT = 'chat';
const FORMS = ['prompt', 'payloadJson', 'payloadBase64'];

// The one resolver: what a member's name leads to, on whichever route it stands.
const serviceOf = (scope, member) => scope.serving.get(member.publishedServiceId);

export function getMemberEndpointContract({ scope, ids }) {
  const { scopeId } = scope;
  const { memberId, endpointId } = ids;
  const member = visible(scope, memberId);
  if (!member.lastBinding) throw new Problem(409, ...notBound(memberId));
  if (endpointId !== ENDPOINT) {
    const message = `Member '${memberId}' has no endpoint '${endpointId}'.`;
    throw new Problem(404, 'STUDIO_MEMBER_ENDPOINT_CONTRACT_NOT_FOUND', message, {
      ids: { scopeId, memberId, endpointId },
    });
  }
  const revisionId = servingRevision(scope, member);
  return {
    body: {
      scopeId,
      memberId,
      publishedServiceId: member.publishedServiceId,
      endpointId,
      invokePath: url(scopeId, 'members', memberId, 'invoke', endpointId),
      method: 'POST',
      requestContentType: 'application/json',
      responseContentType: 'application/json',
      requestTypeUrl: 'type.example/ChatRequest',
      responseTypeUrl: 'type.example/ChatResponse',
      supportsSse: false,
      supportsWebSocket: false,
      supportsAguiFrames: false,
      streamFrameFormat: null,
      smokeTestSupported: true,
      defaultSmokeInputMode: 'prompt',
      defaultSmokePrompt: 'Hello',
      deploymentStatus: revisionId ? 'Active' : 'Inactive',
      revisionId,
    },
  };
}

export function invokeMember(request) {
  const { scope, ids, body } = request;
  const input = inputIn(request);
  return accept(request, {
    named: body.commandId,
    operation: 'member.invoke',
    target: { ...targetOf(request, 'member.run'), endpointId: ids.endpointId },
    completionStage: 'ready',
    decide(operation) {
      const member = decided(scope, ids.memberId);
      if (ids.endpointId !== ENDPOINT) {
        const message = `Member '${ids.memberId}' has no endpoint '${ids.endpointId}'.`;
        throw new Refusal('STUDIO_MEMBER_ENDPOINT_NOT_FOUND', message);
      }
      const service = chosen(scope, member, body.revisionId);
      const { document } = operation;
      const run = {
        scopeId: scope.scopeId,
        memberId: ids.memberId,
        publishedServiceId: service.serviceId,
        runId: `run-${randomUUID()}`,
        revisionId: service.revisionId,
        endpointId: ids.endpointId,
        commandId: document.commandId,
        correlationId: document.correlationId,
        runStatus: 'running',
        stateVersion: 1,
        output: null,
        failure: null,
        createdAt: now(),
        updatedAt: now(),
      };
      const { runId, publishedServiceId, revisionId } = run;
      Object.assign(document.target, { runId, publishedServiceId, revisionId });
      const readModelUrl = url(scope.scopeId, 'members', ids.memberId, 'runs', runId);
      reach(operation, 'committed', { stateVersion: 1, readModelUrl });
      projectRun(scope, run, () => reach(operation, 'observed', { observedStateVersion: 1 }));
      follow(scope, run, execute(service.program, input), operation);
    },
  });
}

// Return the service, revision and program that an invoke runs.
function chosen(scope, member, pinned) {
  if (!member.lastBinding) throw new Refusal(...notBound(member.memberId));
  if (pinned) {
    const { status, program } = revisionOf(member, pinned);
    if (status === 'retired') throw new Refusal(...retired(pinned));
    return { serviceId: member.publishedServiceId, revisionId: pinned, program };
  }
  const service = serviceOf(scope, member);
  const revision = member.revisions.find((one) => one.revisionId === service?.revisionId);
  if (!service?.revisionId || revision?.status === 'retired') {
    throw new Refusal('STUDIO_MEMBER_NOT_READY', `No revision of '${member.memberId}' serves.`);
  }
  return service;
}

// Show how a run ended, and only then tell its operation.
async function follow(scope, run, outcome, operation) {
  try {
    Object.assign(run, { output: await outcome, runStatus: 'completed' });
  } catch ({ message }) {
    const known = { code: 'RUN_FAILED', message, stage: 'observed', effect: 'committed' };
    const failure = { ...known, retryable: false, occurredAt: now() };
    Object.assign(run, { failure, runStatus: 'failed' });
  }
  Object.assign(run, { stateVersion: 2, updatedAt: now() });
  projectRun(scope, run, () => {
    const { failure } = run;
    if (failure) fail(operation, failure.code, failure.message, failure.effect);
    else reach(operation, 'ready', { observedStateVersion: 2 });
  });
}

// Return the text in a payload of one of the three forms.
function inputIn(request) {
  const { body, family } = request;
  check(request, [...FORMS, 'payloadTypeUrl', 'commandId', 'correlationId', 'revisionId']);
  const given = FORMS.filter((name) => body[name] !== undefined);
  if (given.length > 1) {
    throw new Problem(400, family, `One payload, and not ${given.join(' and ')}.`);
  }
  if (given.length && given[0] !== 'prompt') check(request, [], ['payloadTypeUrl']);
  if (body.payloadBase64 !== undefined) return Buffer.from(body.payloadBase64, 'base64').toString();
  if (body.payloadJson) return body.payloadJson.text ?? JSON.stringify(body.payloadJson);
  return body.prompt ?? '';
}

export function getMemberRun({ scope, ids }) {
  visible(scope, ids.memberId);
  const run = scope.runViews.get(ids.runId);
  if (run?.memberId !== ids.memberId) {
    const message = `Run '${ids.runId}' was not found.`;
    throw new Problem(404, 'SERVICE_RUN_NOT_FOUND', message, {
      ids: { scopeId: scope.scopeId, ...ids },
    });
  }
  return { body: run };
}

export function listMemberRuns({ scope, ids, page }) {
  visible(scope, ids.memberId);
  const all = [...scope.runViews.values()].reverse();
  const runs = all.filter((run) => run.memberId === ids.memberId);
  const { rows, nextPageToken } = page(`runs of ${ids.memberId}`, runs, (run) => run.runId);
  return { body: { runs: rows, nextPageToken } };
}
