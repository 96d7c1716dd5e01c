/** The router: an HAProxy that knows the route to the app. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../command-line/problem.ts';
import { findPort } from '../../processes/port.ts';
import { FAILURE, FILES, formatConfiguration } from './configuration.ts';
import { startHaproxy } from './haproxy.ts';
import { createRoute, describeRoute, type Endpoint } from './route.ts';

interface Options {
  /** 0 for any free one. */
  port: number;
  /** The GUID of the only process that the route leads to. */
  processGuid: string;
  /** For HAProxy's files, in a directory of their own. */
  directory: string;
}

/** Resolves when it listens, on loopback only. */
export async function startRouter({
  port: requestedPort,
  processGuid,
  directory: parent,
}: Options) {
  const port = await findPort(requestedPort);
  const directory = join(parent, 'router');
  await mkdir(directory);
  await writeFile(join(directory, FILES.configuration), formatConfiguration(port, processGuid));
  await writeFile(join(directory, FILES.failure), FAILURE);
  await writeFile(join(directory, FILES.route), '');
  const { process: child, send } = await startHaproxy(directory);

  let isClosing = false;
  let published = Promise.resolve();
  const route = createRoute(publish);
  const crashed = untilCrash();
  crashed.catch(() => {}); // not every caller waits for it
  return { port, address: `127.0.0.1:${port}`, route, crashed, close };

  /** Writes one change after the other. */
  function publish(endpoints: Endpoint[] | null): Promise<void> {
    const lines = endpoints ? describeRoute(endpoints, processGuid) : [];
    published = published.then(() => replaceRoute(lines));
    return published;
  }

  /** A request finds the whole route as it was, or as it is now. */
  async function replaceRoute(lines: string[]): Promise<void> {
    if (!child.isRunning()) return; // the foundry is about to end
    const [version] = /\d+/.exec(await send(`prepare map ${FILES.route}`))!;
    const entries = lines.map((line) => `${line}\n`).join('');
    if (entries) await send(`add map @${version} ${FILES.route} <<\n${entries}`);
    await send(`commit map @${version} ${FILES.route}`);
  }

  async function close() {
    isClosing = true;
    route.close();
    await child.stop();
  }

  /** Rejects when HAProxy ends by itself. */
  async function untilCrash(): Promise<never> {
    const end = await child.ended;
    if (isClosing) return new Promise(() => {});
    throw new Problem(`The router ended by itself (${end}).`);
  }
}
