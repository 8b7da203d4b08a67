// What a request may say: the rules of its members, and pages of lists.

import { COMMAND_ID } from './operations.js';
import { Problem } from './problems.js';

export const MEMBER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const SEGMENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const BRANCHES = ['workflow', 'script', 'gAgent', 'gagent'];
const MOST_ROWS = 200;

const text = (most, pattern = /^[^\x00]*$/) => (value) =>
  typeof value === 'string' && [...value].length <= most && pattern.test(value);
const areTexts = (list) =>
  list.length >= 1 && list.length <= 16 && list.every((one) => one !== '' && text(65536, /^/)(one));
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const RULES = {
  memberId: [text(64, MEMBER_ID), 'letters, digits, _ and -, at most 64'],
  displayName: [text(256, /^(?=[^]*\S)[^\x00-\x1f\x7f]+$/), 'one line of 1 to 256 characters'],
  description: [(value) => value === null || text(2048)(value), 'at most 2048 characters, or null'],
  implementationKind: [(value) => value === 'workflow', "'workflow': no other kind is offered"],
  revisionId: [text(128, SEGMENT_ID), 'letters, digits, ., _ and -, at most 128'],
  workflow: [
    (value) => Array.isArray(value?.workflowYamls) && areTexts(value.workflowYamls),
    'an object whose workflowYamls are 1 to 16 texts',
  ],
  prompt: [text(65536), 'at most 65536 characters'],
  payloadJson: [isObject, 'an object'],
  payloadBase64: [text(1048576, BASE64), 'base64'],
  payloadTypeUrl: [text(512, /^[^\x00-\x1f\x7f]+$/), 'one line of 1 to 512 characters'],
  commandId: [text(128, COMMAND_ID), 'letters, digits, . _ ~ : and -, at most 128'],
  correlationId: [text(128, /./s), '1 to 128 characters'],
};

// Refuse a body that lacks a required member or holds one that breaks its rule.
export function check({ body, family }, names, required = []) {
  const missing = required.filter((name) => body[name] === undefined);
  const given = names.filter((name) => body[name] !== undefined);
  const broken = given.filter((name) => !RULES[name][0](body[name]));
  const errors = [...new Set([...missing, ...broken])].map((name) => ({
    pointer: `/${name}`,
    code: family,
    message: `'${name}' is ${RULES[name][1]}.`,
  }));
  if (errors.length) throw new Problem(400, family, errors[0].message, { errors });
}

// Return the one implementation in a body, undefined if there is none.
export function implementationIn(request) {
  const { body, family } = request;
  const branches = BRANCHES.filter((name) => body[name] !== undefined);
  if (branches.length > 1) {
    throw new Problem(400, family, `One implementation, and not ${branches.join(' and ')}.`);
  }
  if (branches.length && branches[0] !== 'workflow') {
    throw new Problem(400, 'STUDIO_MEMBER_KIND_LOCKED', 'This member is a workflow.');
  }
  check(request, ['workflow']);
  return body.workflow?.workflowYamls;
}

// Return a function that cuts a page out of rows; a token is bound to its list.
export function pager(scopeId, query, family) {
  const asked = query.get('pageSize') ?? String(MOST_ROWS);
  const token = query.get('pageToken');
  return (list, rows, idOf) => {
    if (!/^\d{1,9}$/.test(asked) || Number(asked) === 0) {
      throw new Problem(400, family, "'pageSize' is a number from 1 to 200.", {
        errors: [{ parameter: 'pageSize', code: family, message: 'a number from 1 to 200' }],
      });
    }
    const name = `${list} in ${scopeId}`;
    const last = rows.findIndex((row) => sealed(name, idOf(row)) === token);
    const start = token === null ? 0 : last + 1;
    if (token !== null && start === 0) {
      throw new Problem(400, 'INVALID_PAGE_TOKEN', "'pageToken' is of no page of this list.");
    }
    const cut = rows.slice(start, start + Math.min(Number(asked), MOST_ROWS));
    const more = start + cut.length < rows.length;
    return { rows: cut, nextPageToken: more ? sealed(name, idOf(cut.at(-1))) : null };
  };
}

const sealed = (list, id) => Buffer.from(JSON.stringify([list, id])).toString('base64url');
