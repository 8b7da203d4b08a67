// What was decided, and what can be read of it. A decision is read later than it is made: the read
// models follow after VIEW_MS, and what invokes are served by SERVING_MS after those.

export const COMMIT_MS = 20;
const VIEW_MS = 200;
const SERVING_MS = 100;

const scopes = new Map();

export function scopeOf(scopeId) {
  if (!scopes.has(scopeId)) {
    scopes.set(scopeId, {
      scopeId,
      members: new Map(), // as decided, by memberId
      memberViews: new Map(), // as read, by memberId
      runViews: new Map(), // as read, by runId
      serving: new Map(), // what an invoke runs, by serviceId
      operations: new Map(), // by commandId
      keys: new Map(), // operations by idempotency key
      queue: [],
    });
  }
  return scopes.get(scopeId);
}

export const now = () => new Date().toISOString();

// Show a member as it is now; each callback comes when that surface shows it.
export function projectMember(scope, member, { onView, onServing }) {
  const shown = structuredClone(member);
  const revision = shown.revisions.find((one) => one.revisionId === shown.servingRevisionId);
  const service = {
    serviceId: shown.publishedServiceId,
    memberId: shown.memberId,
    revisionId: revision?.revisionId ?? null,
    program: revision?.program,
    stateVersion: shown.stateVersion,
  };
  setTimeout(() => {
    scope.memberViews.set(shown.memberId, shown);
    onView();
    setTimeout(() => {
      scope.serving.set(service.serviceId, service);
      onServing();
    }, SERVING_MS);
  }, VIEW_MS);
}

export function projectRun(scope, run, onView) {
  const shown = structuredClone(run);
  setTimeout(() => {
    scope.runViews.set(shown.runId, shown);
    onView();
  }, VIEW_MS);
}
