// HTTP: which route a request takes, what may enter, and how everything is answered.

import { createServer } from 'node:http';

import * as binding from './binding.js';
import { MEMBER_ID, pager, SEGMENT_ID } from './bodies.js';
import * as invocation from './invocation.js';
import * as members from './members.js';
import { COMMAND_ID, getOperation, listOperations } from './operations.js';
import { Problem } from './problems.js';
import * as scopeBinding from './scope-binding.js';
import { scopeOf } from './store.js';

const PORT = Number(process.env.PORT ?? 8080);
const MOST_BYTES = 1048576;
const MEMBER = '/members/{memberId}';
const REVISION = `${MEMBER}/binding/revisions/{revisionId}`;
const ENDPOINT = `${MEMBER}/endpoints/{endpointId}/contract`;

const NOT_UNDERSTOOD = {
  member: 'INVALID_STUDIO_MEMBER_REQUEST',
  implementation: 'INVALID_STUDIO_MEMBER_IMPLEMENTATION',
  binding: 'INVALID_STUDIO_MEMBER_BINDING',
  activation: 'INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST',
  retirement: 'INVALID_STUDIO_MEMBER_BINDING_REVISION_REQUEST',
  contract: 'INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST',
  invoke: 'INVALID_STUDIO_MEMBER_INVOKE_REQUEST',
  operation: 'INVALID_COMMAND_ID',
  operations: 'INVALID_OPERATION_LIST_REQUEST',
  scope: 'INVALID_SCOPE_BINDING_REQUEST',
};

// Method, path below the scope, handler, and what a request that is not understood is about.
const ROUTES = [
  ['POST', '/members', members.createMember],
  ['GET', '/members', members.listMembers],
  ['GET', MEMBER, members.getMember],
  ['PATCH', MEMBER, members.updateMember],
  ['GET', `${MEMBER}/published-service`, members.getMemberPublishedService],
  ['PUT', `${MEMBER}/implementation`, members.updateMemberImplementation, 'implementation'],
  ['GET', `${MEMBER}/binding`, binding.getMemberBinding],
  ['PUT', `${MEMBER}/binding`, binding.bindMember, 'binding'],
  ['GET', `${MEMBER}/binding/readiness`, binding.getMemberBindingReadiness],
  ['GET', `${MEMBER}/binding/revisions`, binding.listMemberRevisions],
  ['POST', `${REVISION}:activate`, binding.activateMemberRevision, 'activation'],
  ['POST', `${REVISION}:retire`, binding.retireMemberRevision, 'retirement'],
  ['GET', ENDPOINT, invocation.getMemberEndpointContract, 'contract'],
  ['POST', `${MEMBER}/invoke/{endpointId}`, invocation.invokeMember, 'invoke'],
  ['GET', `${MEMBER}/runs`, invocation.listMemberRuns],
  ['GET', `${MEMBER}/runs/{runId}`, invocation.getMemberRun],
  ['GET', '/operations', listOperations, 'operations'],
  ['GET', '/operations/{commandId}', getOperation, 'operation'],
  ['PUT', '/binding', scopeBinding.putScopeBinding, 'scope'],
  ['GET', '/binding', scopeBinding.getScopeBinding, 'scope'],
].map(([method, path, handler, about = 'member']) => ({
  method,
  handler,
  family: NOT_UNDERSTOOD[about],
  segments: `/api/scopes/{scopeId}${path}`.split('/'),
}));

const IDS = {
  scopeId: /^(?! )[^\x00-\x1f\x7f]{1,256}(?<! )$/,
  memberId: MEMBER_ID,
  endpointId: SEGMENT_ID,
  revisionId: SEGMENT_ID,
  runId: SEGMENT_ID,
  commandId: COMMAND_ID,
};

async function answer(message) {
  const [path, search = ''] = message.url.split(/\?(.*)/s);
  if (/^\/health\/(live|ready)$/.test(path)) return { body: { status: 'healthy' } };

  const method = message.method === 'HEAD' ? 'GET' : message.method;
  const { handler, family, ids } = routeOf(method, path);
  for (const [name, id] of Object.entries(ids)) {
    if (id === undefined || !IDS[name].test(id)) {
      throw new Problem(400, family, `'${name}' is not of its form.`);
    }
  }
  const { scopeId, ...rest } = ids;
  const scope = scopeOf(scopeId);
  const query = new URLSearchParams(search);
  const { bytes, body } = method === 'GET' ? {} : await read(message);
  const { headers, url } = message;
  const sent = { method, url, headers, key: keyIn(headers), query, bytes, body };
  return handler({ ...sent, scope, ids: rest, family, page: pager(scopeId, query, family) });
}

// Match the path as it was sent: split first, a verb after an unencoded colon, then decode.
function routeOf(method, path) {
  const parts = path.split('/');
  const found = ROUTES.filter(({ segments }) => segments.length === parts.length)
    .map((route) => ({ ...route, ids: idsIn(route.segments, parts) }))
    .filter(({ ids }) => ids);
  if (!found.length) throw new Problem(404, 'ROUTE_NOT_FOUND', 'There is no such route.');
  const route = found.find((one) => one.method === method);
  if (route) return route;
  const allow = found.map((one) => one.method).join(', ');
  throw new Problem(405, 'METHOD_NOT_ALLOWED', `This route takes ${allow}.`, { headers: { allow } });
}

function idsIn(segments, parts) {
  const ids = {};
  for (const [index, segment] of segments.entries()) {
    const [, name, verb = ''] = segment.match(/^\{(\w+)\}(:\w+)?$/) ?? [];
    if (!name) {
      if (decoded(parts[index]) !== segment) return null;
    } else if (parts[index].endsWith(verb)) {
      ids[name] = decoded(parts[index].slice(0, parts[index].length - verb.length));
    } else return null;
  }
  return ids;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function read(message) {
  const chunks = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  if (size > MOST_BYTES) {
    throw new Problem(413, 'PAYLOAD_TOO_LARGE', `The body has more than ${MOST_BYTES} bytes.`);
  }
  const bytes = Buffer.concat(chunks);
  if (!bytes.length) return { bytes, body: {} };
  const type = (message.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const isPatch = message.method === 'PATCH' && type === 'application/merge-patch+json';
  if (type !== 'application/json' && !isPatch) {
    const told = `The media type '${type}' is not supported here.`;
    throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', told);
  }
  let body;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    body = undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'INVALID_REQUEST_BODY', 'The body is no JSON object.');
  }
  return { bytes, body };
}

function keyIn({ 'idempotency-key': given }) {
  const key = given?.replace(/^"(.*)"$/, '$1');
  if (key !== undefined && (key.length < 1 || key.length > 255)) {
    throw new Problem(400, 'INVALID_IDEMPOTENCY_KEY', "'Idempotency-Key' has 1 to 255 characters.");
  }
  return key;
}

function send(response, { status = 200, headers = {}, body }, type = 'application/json') {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(text);
}

const server = createServer(async (message, response) => {
  try {
    send(response, await answer(message));
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error);
    const text = 'The request could not be processed.';
    const problem = error instanceof Problem ? error : new Problem(500, 'INTERNAL_ERROR', text);
    send(response, problem, 'application/problem+json');
  }
});
server.keepAliveTimeout = 60_000;
server.listen(PORT, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${PORT}`);
});
