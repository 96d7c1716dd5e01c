/** The route to the app: which instances take requests now. */

/** An instance, as far as the router knows it. */
export interface Endpoint {
  index: number;
  guid: string;
  port: number;
}

export type Route = ReturnType<typeof createRoute>;

/** The platform forgets a route that has had no instance for so long. */
const EMPTY_TIMEOUT = 10 * 1000; // 10 seconds

export function createRoute() {
  const endpoints = new Set<Endpoint>();
  let emptySince = -Infinity;
  let turns = 0;

  return { register, unregister, exists, list };

  function register(endpoint: Endpoint) {
    endpoints.add(endpoint);
  }

  function unregister(endpoint: Endpoint) {
    const wasThere = endpoints.delete(endpoint);
    if (wasThere && endpoints.size === 0) emptySince = performance.now();
  }

  /** Not before the first instance, and for a while after the last one. */
  function exists(): boolean {
    return endpoints.size > 0 || performance.now() - emptySince < EMPTY_TIMEOUT;
  }

  /** Round robin: each time, the next one comes first. */
  function list(): Endpoint[] {
    const all = [...endpoints];
    const first = all.length && turns++ % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }
}
