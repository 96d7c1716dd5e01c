/** The router: HAProxy, which knows the route to the app. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../command-line/problem.ts';
import { findPort } from '../../processes/port.ts';
import { FAILURE, FILES, formatConfiguration, type Listening } from './configuration.ts';
import { startHaproxy } from './haproxy.ts';
import { createRoute, describeRoute, type Endpoint } from './route.ts';

interface Options extends Listening {
  /** The GUID of the only process that the route leads to. */
  processGuid: string;
  /** Is created, for HAProxy's files. */
  directory: string;
}

/** Resolves when it listens. A port of 0 is any free one. */
export async function startRouter({ processGuid, directory, ...listening }: Options) {
  const port = await findPort(listening.port, listening.host);
  const configuration = formatConfiguration({ ...listening, port }, processGuid);
  await mkdir(directory);
  await writeFile(join(directory, FILES.configuration), configuration);
  await writeFile(join(directory, FILES.failure), FAILURE);
  await writeFile(join(directory, FILES.route), '');
  const haproxy = await startHaproxy(directory);

  let crash: (problem: Problem) => void;
  const crashed = new Promise<never>((_, reject) => (crash = reject));
  crashed.catch(() => {}); // not every caller waits for it
  void haproxy.process.ended.then((end) => {
    crash(new Problem(`The router ended by itself (${end}).`));
  });
  let published = Promise.resolve();
  const route = createRoute(publish);
  const { pid } = haproxy.process;
  const pageControlPath = join(directory, FILES.pageControl);
  return { port, address: `127.0.0.1:${port}`, pid, pageControlPath, route, crashed, close };

  /** Writes one change after the other. */
  function publish(endpoints: Endpoint[] | null): Promise<void> {
    const lines = endpoints ? describeRoute(endpoints, processGuid) : [];
    const fail = (error: Error) =>
      crash(new Problem(`The router does not take its route: ${error.message}`));
    published = published.then(() => haproxy.replaceRoute(lines)).catch(fail);
    return published;
  }

  async function close() {
    route.close();
    await haproxy.process.stop();
  }
}
