// Commands: accepted into a queue, decided one after the other, followed to their verdict.

import { createHash, randomUUID } from 'node:crypto';

import { Problem, Refusal } from './problems.js';
import { COMMIT_MS, now } from './store.js';

const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;
export const COMMAND_ID = /^[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}$/;

// Accept a command and answer with its receipt. `decide(operation)` comes later, in the order of
// acceptance: it commits what changes, or throws a Refusal. `named` is the caller's own command id,
// `beside` what stands beside the receipt, `readiness` the URL that asks whether it can be used.
export function accept(request, { decide, named, beside = {}, target, readiness, ...described }) {
  const { scope } = request;
  const known = earlier(request, named);
  if (known) return receipt(known, { replayed: true });

  const commandId = named ?? `c-${randomUUID()}`;
  const at = now();
  const operation = {
    fingerprint: fingerprint(request),
    beside,
    document: {
      commandId,
      correlationId: correlationId(request),
      target: { scopeId: scope.scopeId, ...target },
      ...described,
      readinessUrl: readiness && `${readiness}&commandId=${commandId}`,
      stage: 'accepted',
      status: 'pending',
      acceptedAt: at,
      updatedAt: at,
      statusUrl: url(scope.scopeId, 'operations', commandId),
      history: [{ stage: 'accepted', at }],
    },
  };
  scope.operations.set(commandId, operation);
  if (request.key) scope.keys.set(request.key, operation);
  scope.queue.push({ operation, decide });
  if (scope.queue.length === 1) setTimeout(() => decideAll(scope), COMMIT_MS);
  return receipt(operation);
}

function decideAll(scope) {
  for (const { operation, decide } of scope.queue.splice(0)) {
    try {
      decide(operation);
    } catch (error) {
      const refused = error instanceof Refusal;
      if (!refused) console.error(error);
      fail(operation, refused ? error.code : 'OPERATION_INTERNAL_FAILURE', error.message, 'none');
    }
  }
}

// Say that an operation has provably come to a stage.
export function reach({ document }, stage, facts = {}) {
  if (document.status !== 'pending') return;
  const at = now();
  Object.assign(document, facts, { stage, updatedAt: at });
  document.history.push({ stage, at, stateVersion: document.stateVersion });
  if (stage !== document.completionStage) return;
  Object.assign(document, { status: 'ready', completedAt: at });
}

export function fail({ document }, code, message, effect) {
  if (document.status !== 'pending') return;
  const at = now();
  const { stage } = document;
  const failure = { code, message, stage, retryable: false, effect, occurredAt: at };
  Object.assign(document, { status: 'failed', failure, updatedAt: at, completedAt: at });
}

export function url(scopeId, ...segments) {
  return `/api/scopes/${[scopeId, ...segments].map(encodeURIComponent).join('/')}`;
}

function receipt({ document, beside }, { replayed } = {}) {
  const { updatedAt, history, observedStateVersion, ...shared } = document;
  const pending = document.status === 'pending';
  const { correlationId: named } = document; // a body may name one that no header can hold
  return {
    status: pending ? 202 : 200,
    headers: {
      ...(CORRELATION_ID.test(named) ? { 'x-correlation-id': named } : {}),
      ...(pending ? { location: document.statusUrl, 'retry-after': '0' } : {}),
      ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
    },
    body: { ...shared, ...beside, replayed },
  };
}

// Return the operation that this very request began before, if there is one.
function earlier(request, named) {
  const { scope, key } = request;
  const byKey = key && scope.keys.get(key);
  if (byKey && byKey.fingerprint !== fingerprint(request)) {
    throw new Problem(422, 'IDEMPOTENCY_KEY_REUSED', 'The key was used for another request.');
  }
  const byId = named && scope.operations.get(named);
  if (byId && byId.fingerprint !== fingerprint(request)) {
    throw new Problem(409, 'COMMAND_ID_CONFLICT', 'The command id was used for another request.');
  }
  return byKey || byId;
}

function fingerprint({ method, url: asked, bytes }) {
  return createHash('sha256').update(`${method} ${asked}\n`).update(bytes).digest('hex');
}

function correlationId({ headers, body }) {
  const given = headers['x-correlation-id'] ?? '';
  return CORRELATION_ID.test(given) ? given : (body.correlationId ?? `k-${randomUUID()}`);
}

export function getOperation({ scope, ids }) {
  const operation = scope.operations.get(ids.commandId);
  if (!operation) throw operationNotFound(ids.commandId);
  const pending = operation.document.status === 'pending';
  return { body: operation.document, headers: pending ? { 'retry-after': '0' } : {} };
}

export function operationNotFound(commandId) {
  const message = `Operation '${commandId}' was not found.`;
  return new Problem(404, 'OPERATION_NOT_FOUND', message, { ids: { commandId } });
}

export function listOperations({ scope, query, page }) {
  const asked = query.get('correlationId');
  const all = [...scope.operations.values()].map((operation) => operation.document).reverse();
  const found = all.filter((one) => asked === null || one.correlationId === asked);
  const { rows, nextPageToken } = page(`operations of ${asked}`, found, (one) => one.commandId);
  return { body: { operations: rows, nextPageToken } };
}
