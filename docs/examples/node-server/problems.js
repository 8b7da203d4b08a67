// The one shape of an error, whoever reports it.

export class Problem extends Error {
  constructor(status, code, message, { ids = {}, errors, headers = {} } = {}) {
    super(message);
    Object.assign(this, { status, code, ids, errors, headers });
  }

  get body() {
    const words = this.code.toLowerCase().split('_');
    const title = words.join(' ');
    return {
      type: `/problems/${words.join('-')}`,
      title: title[0].toUpperCase() + title.slice(1),
      status: this.status,
      detail: this.message,
      code: this.code,
      message: this.message,
      ...this.ids,
      errors: this.errors,
    };
  }
}

export function memberNotFound(scopeId, memberId) {
  const message = `Member '${memberId}' was not found in scope '${scopeId}'.`;
  return new Problem(404, 'STUDIO_MEMBER_NOT_FOUND', message, { ids: { scopeId, memberId } });
}

// What a command that was accepted ends with when its decision refuses it.
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
