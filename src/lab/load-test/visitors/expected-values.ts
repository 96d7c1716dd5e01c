/** Remembers what a visitor has stored, and judges what comes back. */

/** The value of one key or field; null where there is none. */
type Value = string | null;

export type Memory = ReturnType<typeof createMemory>;

/**
 * A request that failed may have been carried out all the same, and even after the next one. So a
 * value that it would have stored is never wrong; as no value is stored twice, no other visitor's
 * value passes for it.
 */
export function createMemory() {
  let stored: Value = null;
  const uncertain = new Set<Value>();

  return { store, mayStore, observe };

  /** The app has acknowledged the value. */
  function store(value: Value) {
    stored = value;
  }

  /** The request failed, or was never answered: the value may be stored or not. */
  function mayStore(value: Value) {
    uncertain.add(value);
  }

  /** Returns whether the value is right. It counts as stored from now on: a wrong value is wrong once. */
  function observe(found: Value): boolean {
    const isExpected = found === stored || uncertain.has(found);
    stored = found;
    return isExpected;
  }
}
