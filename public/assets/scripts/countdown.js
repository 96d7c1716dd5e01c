/** When a session ends: by the server's values, counted on by a clock that nobody sets. */

/**
 * `GET /session/me` tells times of the server's clock, which may differ from the browser's: only
 * their differences count. Returns null while there is nothing to count.
 */
export function createCountdown() {
  let idleTimeout = null;
  let idleEnd = null;
  let absoluteEnd = null;

  return { set, renew, read, clear };

  function set({ signedInAt, expiresAt, idleTimeout: idle, absoluteTimeout }, date) {
    const [began, expires] = [signedInAt, expiresAt].map(Date.parse);
    const ends = began + 1000 * absoluteTimeout;
    // When the absolute end comes first, it hides what time the server has
    const now = expires < ends ? expires - 1000 * idle : date;
    idleTimeout = 1000 * idle;
    absoluteEnd = performance.now() + (ends - now);
    renew();
  }

  /** Another request has been answered for this session. */
  function renew() {
    if (idleTimeout !== null) idleEnd = Math.min(performance.now() + idleTimeout, absoluteEnd);
  }

  function read() {
    if (idleEnd === null) return null;
    const now = performance.now();
    return { idle: idleEnd - now, absolute: absoluteEnd - now };
  }

  function clear() {
    [idleTimeout, idleEnd, absoluteEnd] = [null, null, null];
  }
}
