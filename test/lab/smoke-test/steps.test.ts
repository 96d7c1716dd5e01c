/** What the smoke test says of its steps, and what it removes. */
import { Problem } from '../../../src/lab/command-line/problem.ts';
import {
  createStep,
  explain,
  type Leftover,
  removeAll,
  reportLeftovers,
} from '../../../src/lab/smoke-test/steps.ts';

let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'log').mockImplementation((text) => void (printed += `${text}\n`));
  jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => Boolean((printed += String(text))));
});
afterEach(() => jest.restoreAllMocks());

const said = () => printed.replaceAll(/\d+\.\d s/g, 'TIME');

describe('a step', () => {
  it.each([
    ['a text', 'Redis works', 'plan  Redis           ok      TIME  Redis works\n'],
    ['nothing', undefined, 'plan  Redis           ok      TIME\n'],
  ])('that returns %s is good', async (_, result, line) => {
    expect(await createStep('plan')('Redis', async () => result)).toBe(result);
    expect(said()).toBe(line);
  });

  it('that fails says so, and fails', async () => {
    const problem = new Problem('No luck.');
    await expect(createStep('plan')('push', () => Promise.reject(problem))).rejects.toBe(problem);
    expect(said()).toBe('plan  push            FAILED  TIME\n');
  });
});

describe('what is left', () => {
  const removed: string[] = [];
  const leftover = (name: string, isStuck = false): Leftover => ({
    words: [name, 'NAME', '-f'],
    async remove() {
      if (isStuck) throw new Problem(`${name} is stuck.`);
      removed.push(name);
    },
  });
  beforeEach(() => void (removed.length = 0));

  it('is removed, the last one first', async () => {
    const leftovers = [leftover('delete-service'), leftover('delete')];
    await removeAll(leftovers, createStep('plan'));

    expect(removed).toEqual(['delete', 'delete-service']);
    expect(leftovers).toEqual([]);
    reportLeftovers(leftovers);
    expect(printed).not.toContain('Left behind');
  });

  it('is named when it cannot be removed, and hinders nothing else', async () => {
    const [service, app, other] = [
      leftover('delete-service', true),
      leftover('delete', true),
      leftover('delete-route'),
    ];
    const leftovers = [service, app, other];
    await removeAll(leftovers, createStep('plan'));

    expect(removed).toEqual(['delete-route']);
    expect(leftovers).toEqual([service, app]);
    expect(printed).toContain('  delete is stuck.\n');
    reportLeftovers(leftovers);
    expect(printed).toMatch(
      /\nLeft behind\. To remove it, type:\n\n {2}cf delete NAME -f\n {2}cf delete-service NAME -f\n$/,
    );
  });
});

describe('the reason of a failure', () => {
  it.each([
    ['a problem', new Problem('One.\nTwo.'), '  One.\n  Two.\n'],
    ['Ctrl-C', new DOMException('This was aborted', 'AbortError'), '  Interrupted.\n'],
  ])('is printed when it is %s', (_, error, text) => {
    expect(explain(error)).toBe(false);
    expect(printed).toBe(text);
  });

  it('is thrown when it is a defect', () => {
    expect(() => explain(new TypeError('a defect'))).toThrow(TypeError);
  });
});
