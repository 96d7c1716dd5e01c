/** Stops what a suite has started, in reverse order, whether its tests pass or fail. */
const stops: (() => Promise<unknown>)[] = [];

/** To be safe to call twice, `stop` may find its work done. */
export function stopAtEnd(stop: () => Promise<unknown>): void {
  stops.push(stop);
}

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});
