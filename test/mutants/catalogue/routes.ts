/** Faults in the routes of keys, configuration, TLS and status. */
import type { Mutant } from '../mutant.ts';

export const routes: Mutant[] = [
  {
    breaks: 'requests for keys pass one router',
    file: 'src/app.ts',
    search: '      keyRoutes({ redis: writer, values, hold, confirm }),\n      protectSessions,\n',
    replace:
      '      configRoutes(client),\n      keyRoutes({ redis: writer, values, hold, confirm }),\n      protectSessions,\n',
    suite: 'test/routes/keys.test.ts',
    test: 'a request for a key is matched by one router: that of the keys comes first',
  },
  {
    breaks: 'passwords, keys and certificates are not in the overview',
    file: 'src/overview.ts',
    search: 'username: connection && connection.login.username,',
    replace: 'username: connection && (connection.login.username ?? connection.login.password),',
    suite: 'test/routes/overview.test.ts',
    test: 'GET / answers JSON with all facts and no secret',
  },
  {
    breaks: 'chunks of a few bytes are refused',
    file: 'src/http/form.ts',
    search: 'received < SMALL || received < 2 *',
    replace: 'received < SMALL || received < 200 *',
    suite: 'test/http/memory.test.ts',
    test: 'a request whose body comes in chunks of one byte is refused with 400',
  },
  {
    breaks: 'secrets of Redis stay secret in any letter case',
    file: 'src/routes/config.ts',
    search: 'const SECRET = /(pass|auth|secret)$/i;',
    replace: 'const SECRET = /(pass|auth|secret)$/;',
    suite: 'test/routes/config.test.ts',
    test: 'GET /config/:item answers 403 to REQUIREPASS, which holds a secret',
  },
  {
    breaks: 'a ttl is a whole number of seconds, in digits',
    file: 'src/routes/keys.ts',
    search: String.raw`/^\d+$/.test(text) && ttl >= 1`,
    replace: 'ttl >= 1',
    suite: 'test/routes/keys.test.ts',
    test: 'PUT /:key with ttl answers 400 to a ttl of "0x10"',
  },
  {
    breaks: 'JSON is not parsed when it has too many parts',
    file: 'src/http/form.ts',
    search: '++parts > MOST_PARTS',
    replace: '++parts > 10 * MOST_PARTS',
    suite: 'test/routes/keys.test.ts',
    test: 'PUT /:key with JSON answers 400 to more than a thousand elements',
  },
  {
    breaks: "keys that begin with the app's prefix are its own",
    file: 'src/routes/keys.ts',
    search: '!key.startsWith(OWN_PREFIX)',
    replace: '!segment.startsWith(OWN_PREFIX)',
    suite: 'test/routes/keys.test.ts',
    test: 'PUT, GET and DELETE /:key delete refuses the keys of the app itself',
  },
  {
    breaks: 'two TLS connections to Redis at a time',
    file: 'src/routes/tls.ts',
    search: 'const PROBES_AT_A_TIME = 2;',
    replace: 'const PROBES_AT_A_TIME = 20;',
    suite: 'test/routes/tls.test.ts',
    test: 'GET /tls/:version/:key opens two connections to Redis at a time, however many ask',
  },
  {
    breaks: 'a Redis that is away does not refuse a version of TLS',
    file: 'src/routes/tls.ts',
    search: 'if (!isVersionRefused(error)) throw error;',
    replace: 'if (!isVersionRefused(error) && !version) throw error;',
    suite: 'test/routes/tls.test.ts',
    test: 'answers 503 while Redis is away',
  },
];
