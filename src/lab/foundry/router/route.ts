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

/** `publish` receives every change: the instances, or null when the route is unknown, as at first. */
export function createRoute(publish: (endpoints: Endpoint[] | null) => Promise<void>) {
  const endpoints = new Set<Endpoint>();
  let forgetting: NodeJS.Timeout | undefined;

  return { register, unregister, close };

  /** Resolves when the instance takes requests. */
  async function register(endpoint: Endpoint): Promise<void> {
    if (endpoints.has(endpoint)) return;
    endpoints.add(endpoint);
    clearTimeout(forgetting);
    await publish([...endpoints]);
  }

  /** Resolves when the instance takes no more requests. */
  async function unregister(endpoint: Endpoint): Promise<void> {
    if (!endpoints.delete(endpoint)) return;
    if (endpoints.size === 0) forgetting = setTimeout(() => void publish(null), EMPTY_TIMEOUT);
    await publish([...endpoints]);
  }

  function close() {
    clearTimeout(forgetting);
  }
}

/**
 * The lines of the map in which HAProxy looks up instances. Each instance is found by its turn, its
 * GUID and its X-Cf-Process-Instance, and reads GUID:INDEX:PORT:TURN with the turn that follows.
 */
export function describeRoute(endpoints: Endpoint[], processGuid: string): string[] {
  const count = endpoints.length;
  const lines = endpoints.flatMap(({ index, guid, port }, turn) => {
    const keys = [turn, guid, `${processGuid}:${index}`];
    return keys.map((key) => `${key} ${guid}:${index}:${port}:${(turn + 1) % count}`);
  });
  return [`instances ${count}`, ...lines];
}
