/** Counts who answered, and how. */

/** What an answer can be worse than good, in the order of severity. */
const TROUBLES = ['lost', 'away', 'failed', 'silent'];

export function createTally() {
  const byInstance = new Map();
  const troubles = Object.fromEntries(TROUBLES.map((name) => [name, 0]));
  let lostInARow = 0;

  return { count, read };

  /** The outcome is 'good' or a trouble; the instance is null when none answered. */
  function count(outcome, instance) {
    lostInARow = outcome === 'lost' ? lostInARow + 1 : 0;
    if (outcome !== 'good') troubles[outcome]++;
    if (!instance || (outcome !== 'good' && outcome !== 'lost')) return;
    const entry = byInstance.get(instance.guid) ?? { ...instance, good: 0, lost: 0 };
    entry[outcome]++;
    byInstance.set(instance.guid, entry);
  }

  function read() {
    const instances = [...byInstance.values()].sort((a, b) => a.index - b.index);
    const good = instances.reduce((sum, entry) => sum + entry.good, 0);
    const total = good + TROUBLES.reduce((sum, name) => sum + troubles[name], 0);
    return { instances, troubles, total, lostInARow };
  }
}

/** What the answer to `GET /session/me` says. */
export function judge({ status, instance }) {
  if (status === 200) return 'good';
  if (!instance) return 'silent';
  if (status === 401) return 'lost';
  return status === 503 ? 'away' : 'failed';
}
