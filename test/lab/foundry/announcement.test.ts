/** What the foundry says when the app is up. */
import { describeFoundry } from '../../../src/lab/foundry/announcement.ts';
import type { Limiter } from '../../../src/lab/foundry/limits/limiter.ts';

interface Change {
  port?: number;
  instances?: number;
  hasKeys?: boolean;
  audienceUrl?: string | null;
}

function say({ port = 8080, instances = 3, hasKeys = false, audienceUrl = null }: Change = {}) {
  const limiter = { description: 'Each instance has limits.' } as Limiter;
  const facts = { address: `127.0.0.1:${port}`, port, limiter };
  return describeFoundry(facts, instances, hasKeys, audienceUrl);
}

describe('the announcement', () => {
  it('ends with the URL, alone in its line', () => {
    expect(say().split('\n').slice(-2)).toEqual(['', 'http://127.0.0.1:8080']);
  });

  it.each([
    [1, 'The app is up in 1 instance.'],
    [3, 'The app is up in 3 instances.'],
  ])('counts %i instances, and says which limits they have', (instances, sentence) => {
    expect(say({ instances })).toContain(`\n${sentence}\nEach instance has limits.\n`);
  });

  it.each([
    [8080, '  npm run foundry -- status\n'],
    [8081, '  npm run foundry -- status --port 8081\n'],
  ])('names port %i to commands only where they would not find it', (port, line) => {
    expect(say({ port })).toContain(line);
  });

  it('names the keys only where there is a terminal for them', () => {
    expect(say({ hasKeys: true })).toContain('Press ? for keys. Ctrl-C stops it.');
    expect(say()).not.toContain('Press ?');
  });

  it('invites an audience only where the app is open to one', () => {
    expect(say({ audienceUrl: 'http://192.0.2.7:8080' })).toContain(
      'Open to your network at http://192.0.2.7:8080: everyone there',
    );
    expect(say()).not.toContain('Open to your network');
  });
});
