/** How the Ruby app is started where there is a checkout of it; the checkouts here are empty. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findUpstream } from '../../../src/lab/bench/contestants.ts';
import { addToKeyScenarios, scenarios } from '../../../src/lab/bench/scenarios.ts';
import { startServer, untilAnswering } from '../../../src/lab/peers/server.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const SERVER = `require('node:http')
  .createServer((_request, response) => response.end(process.env.service_name))
  .listen(process.env.PORT, '127.0.0.1');`;

async function createCheckout(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'upstream-'));
  stopAtEnd(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

describe('the Ruby app', () => {
  it.each(['node server.cjs', 'exec node server.cjs'])(
    'is started as its Procfile says, and is the process that is measured: %s',
    async (command) => {
      const files = { Procfile: `web: ${command}\n`, 'server.cjs': SERVER };
      const directory = await createCheckout(files);
      const credentials = { host: '127.0.0.1', port: 6379, password: 'secret' };
      const contestant = await findUpstream(directory);
      const server = await startServer(contestant, { credentials, directory });
      stopAtEnd(() => server.process.stop());
      await untilAnswering(server, AbortSignal.timeout(15_000));

      expect(await (await fetch(server.origin)).text()).toBe('redis-service-instance');
      expect(await readFile(`/proc/${server.process.pid}/cmdline`, 'utf8')).toMatch(/^node\0/);
    },
  );

  it('is started with rackup where it has no Procfile', async () => {
    const directory = await createCheckout({ 'config.ru': '' });

    const { command } = await findUpstream(directory);
    expect(command).toEqual(['sh', '-c', 'exec bundle exec rackup config.ru -p $PORT']);
  });

  it('is refused where it is not', async () => {
    const directory = await createCheckout({});
    await expect(findUpstream(directory)).rejects.toThrow('has neither Procfile nor config.ru');
  });

  it('takes part where no session is needed', async () => {
    const upstream = await findUpstream(await createCheckout({ 'config.ru': '' }));
    const joined = addToKeyScenarios(scenarios, upstream)
      .filter(({ contestants }) => contestants.includes(upstream))
      .map(({ name }) => name);
    expect(joined).toEqual(['GET of 3 bytes', 'GET of 1024 bytes', 'PUT of 3 bytes']);
  });
});
