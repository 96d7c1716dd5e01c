/** Stops what a suite has started, in reverse order, whether its tests pass or fail. */
const stops: (() => Promise<unknown>)[] = [];

/** `stop` must be safe to call when its work is done already. */
export function stopAtEnd(stop: () => Promise<unknown>): void {
  stops.push(stop);
}

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});
