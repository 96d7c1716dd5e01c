/** What strangers and pages of other sites can do in the operator's room: nothing, at no cost. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { createSessionId } from '../../src/sessions/record.ts';
import { type App } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { type Operator, OPERATOR_PASSWORD, startForOperator } from '../support/operator.ts';
import { navigated, OTHER_SITES } from '../support/other-sites.ts';

const SOURCES = join(__dirname, '../../src/routes/operator');

interface Route {
  method: 'get' | 'put' | 'post' | 'delete';
  path: string;
}

/** All routes of the room but its page and the sign-in. */
const ROUTES = readdirSync(SOURCES)
  .flatMap(listRoutes)
  .filter(({ path }) => !/^\/operator\/(sign-in)?$/.test(path));
const CHANGES = [
  { method: 'post', path: '/operator/sign-in' } as const,
  ...ROUTES.filter(({ method }) => method !== 'get'),
];
/** Of which each route takes some. */
const FIELDS = {
  password: OPERATOR_PASSWORD,
  value: 'changed',
  field: 'f',
  ttl: 1,
  keys: ['target'],
  match: 'target',
  most: 1,
  user: 'alice',
  command: 'DEL target',
  write: 'yes',
  message: 'hello',
};

let redis: Redis;
let app: App;
let operator: Operator;
beforeAll(async () => {
  ({ redis, app, operator } = await startForOperator());
  await redis.set('target', 'unchanged');
});

function listRoutes(file: string): Route[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  const found = text.matchAll(/router\.(get|put|post|delete)\('(\/operator\/[^']*)'/g);
  return Array.from(found, ([, method, path]) => ({
    method: method as Route['method'],
    path: path!.replace(/:\w+/, 'target'),
  }));
}

describe('a stranger', () => {
  it.each([
    ['no cookie', '', 0],
    ['a cookie that is no id of a session', 'operator=guess', 0],
    ['the id of no session', `operator=${createSessionId()}`, 1],
  ])(
    'with %s is answered 401 by each route, and costs next to nothing',
    async (_what, Cookie, commands) => {
      expect(ROUTES.length).toBeGreaterThan(25);
      for (const { method, path } of ROUTES) {
        const asked = await countCommands(redis, () =>
          app.http[method](path)
            .set({ Cookie })
            .expect(401, /^this is for the operator alone/),
        );
        expect({ method, path, asked }).toEqual({
          method,
          path,
          asked: commands === 0 ? {} : { getex: 1 },
        });
      }
    },
  );

  it('is answered the same in any letter case', async () => {
    await app.http.get('/OPERATOR/Keys').expect(401, /^this is for the operator alone/);
    await app.http.post('/Operator/Sign-In').expect(400, 'password field missing');
  });

  it('gets the page, which is the same for everybody, at no command', async () => {
    const asked = await countCommands(redis, () =>
      app.http.get('/operator/').expect(200).expect('Cache-Control', 'no-cache'),
    );
    expect(asked).toEqual({});
  });
});

describe('a page of another site', () => {
  it.each([...OTHER_SITES, ['a form', navigated] as const])(
    'changes nothing by %s, and Redis is asked nothing',
    async (_what, headers) => {
      const asked = await countCommands(redis, async () => {
        for (const { method, path } of CHANGES) {
          await operator[method](path)
            .set(headers)
            .send(FIELDS)
            .expect(403, 'refused: the request comes from another site');
        }
      });
      expect(asked).toEqual({});
      expect(await redis.get('target')).toBe('unchanged');
    },
  );

  it.each(OTHER_SITES)(
    'reads nothing by %s, and does not renew the session',
    async (_, headers) => {
      const asked = await countCommands(redis, async () => {
        for (const { method, path } of ROUTES) {
          if (method === 'get') await operator.get(path).set(headers).expect(403);
        }
      });
      expect(asked).toEqual({});
    },
  );
});
