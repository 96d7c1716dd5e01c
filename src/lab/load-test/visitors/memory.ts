/** What a visitor has stored somewhere, so as to tell later whether it is still there. */

/** The value of one key or field; null for none. */
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

  return { store, mayStore, isRight };

  /** It was acknowledged. */
  function store(value: Value) {
    stored = value;
  }

  /** It failed, or was never answered. */
  function mayStore(value: Value) {
    uncertain.add(value);
  }

  /** A wrong value is wrong once: it is what is there from now on. */
  function isRight(found: Value): boolean {
    const isExpected = found === stored || uncertain.has(found);
    stored = found;
    return isExpected;
  }
}
