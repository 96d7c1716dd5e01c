/** The console: what it sends, what it refuses and why, and how replies look. */
import type { Redis } from 'ioredis';
import { judge, refuseLargeKeys } from '../../src/operator/console/guard.ts';
import { LESSONS } from '../../src/operator/console/try.ts';
import { printReply } from '../../src/operator/console/reply.ts';
import { splitWords } from '../../src/operator/console/words.ts';
import { type App } from '../support/app.ts';
import { type Operator, startForOperator } from '../support/operator.ts';
import { connectAsUser } from '../support/redis-server.ts';
import { signUp } from '../support/user.ts';

let redis: Redis;
let app: App;
let operator: Operator;
beforeAll(async () => {
  ({ redis, app, operator } = await startForOperator());
});

const send = (command: string, fields = {}) =>
  operator.post('/operator/command').send({ command, ...fields });
const write = (command: string) => send(command, { write: 'yes' });
const replyTo = async (command: string) => (await write(command).expect(200)).body.replies[0].reply;

describe('the console', () => {
  it('answers as redis-cli does', async () => {
    expect(await replyTo('SET greeting "hello world"')).toBe('OK');
    expect(await replyTo('get greeting')).toBe('"hello world"');
    expect(await replyTo('INCR n')).toBe('(integer) 1');
    expect(await replyTo('GET absent')).toBe('(nil)');
    expect(await replyTo('RPUSH l a b')).toBe('(integer) 2');
    expect(await replyTo('LRANGE l 0 -1')).toBe('1) "a"\n2) "b"');
    expect(await replyTo('LLEN greeting')).toMatch(/^\(error\) WRONGTYPE/);
    expect(await replyTo('DBSIZE')).toMatch(/^\(integer\) \d+$/);
    expect(await replyTo('INFO server')).toContain('redis_version');
  });

  it('prints what redis-cli prints: a status as it is, and a value in quotes', async () => {
    expect(await replyTo('MSET s hello o OK')).toBe('OK');
    expect(await replyTo('TYPE s')).toBe('string');
    expect(await replyTo('GETSET o hello')).toBe('"OK"');
    expect(await replyTo('SET s other GET')).toBe('"hello"');
    expect(await replyTo('GETDEL s')).toBe('"other"');
    expect(await replyTo('RPUSH q OK OK b')).toBe('(integer) 3');
    expect(await replyTo('LPOP q')).toBe('"OK"');
    expect(await replyTo('LMOVE q q LEFT RIGHT')).toBe('"OK"');
    expect(await replyTo('XADD x 1-1 f v')).toBe('"1-1"');
    expect(await replyTo('INCRBYFLOAT f 1.5')).toBe('"1.5"');
    expect(await replyTo('INFO server')).toMatch(/^# Server\r?\n/);
  });

  it('sends what asks nothing of keys, though Redis counts some of it to connections', async () => {
    expect(await replyTo('PING')).toBe('PONG');
    expect(await replyTo('ECHO hi')).toBe('"hi"');
    expect(await replyTo('TIME')).toMatch(/^1\) "\d+"\n2\) "\d+"$/);
    expect(await replyTo('PUBLISH nobody hello')).toBe('(integer) 0');
  });

  it('sends a read at once, and a write only with write=yes', async () => {
    await redis.set('k', 'old');
    await send('GET k').expect(200);
    await send('SET k new').expect(409, 'this changes data: send it again with write=yes');
    await send('GET k\nSET k new').expect(409);
    await send('SET k new', { write: 'no' }).expect(409);
    expect(await redis.get('k')).toBe('old');
    await write('SET k new').expect(200);
    expect(await redis.get('k')).toBe('new');
  });

  it.each(['on', 'true', true])('takes write=%j for yes', async (asked) => {
    await send('SET k v', { write: asked }).expect(200);
  });

  it.each(['', 'none on', 'on or off', false])('does not take write=%j for yes', async (asked) => {
    await send('SET k v', { write: asked }).expect(409);
  });

  it('sends several lines as one transaction', async () => {
    const { body } = await write('SET t:a 1\n\nINCR t:a\nGET t:a\nLPUSH t:a x').expect(200);
    expect(body.replies.map(({ reply }: any) => reply)).toEqual([
      'OK',
      '(integer) 2',
      '"2"',
      expect.stringMatching(/^\(error\) WRONGTYPE/),
    ]);
    await write('SET t:b 1\nGET').expect(400, 'GET has the wrong arguments');

    await redis.config('SET', 'maxmemory', 1);
    const refused = await write('GET t:a\nSET t:b 1').expect(200);
    await redis.config('SET', 'maxmemory', 0);
    for (const { reply } of refused.body.replies) expect(reply).toMatch(/^\(error\) OOM/);
    expect(await redis.exists('t:b')).toBe(0);
  });

  it('sends 100 lines at most', async () => {
    const lines = Array.from({ length: 100 }, () => 'GET k');
    const { body } = await send(lines.join('\n')).expect(200);
    expect(body.replies).toHaveLength(100);
    await send([...lines, 'GET k'].join('\n')).expect(400, 'command has 1 to 100 lines');
  });

  it('logs the beginning of each write, and no read', async () => {
    const command = `SET private ${'x'.repeat(100)}`;
    await write(command).expect(200);
    await send('GET private').expect(200);
    const logged = app.lines.filter((line) => line.includes('private'));
    expect(logged).toEqual([`The operator sent "${command.slice(0, 40)}"`]);
  });

  it.each([
    ['KEYS *', /^KEYS is not sent from here: Redis marks it as dangerous/],
    ['FLUSHALL', /dangerous/],
    ['CONFIG SET maxmemory 1', /administers Redis/],
    ['CONFIG GET requirepass', /administers Redis/],
    ['MONITOR', /administers Redis/],
    ['SHUTDOWN', /administers Redis/],
    ['CLIENT KILL ID 1', /administers Redis/],
    ['ACL LIST', /administers Redis/],
    ['SAVE', /administers Redis/],
    ['DEBUG SLEEP 1', /administers Redis/],
    ['REPLICAOF NO ONE', /administers Redis/],
    ['EVAL "return 1" 0', /a script may use any key/],
    ['FCALL f 0', /a script may use any key/],
    ['BLPOP l 0', /it may wait for long/],
    ['WAIT 1 0', /it may wait for long|it concerns a connection/],
    ['SUBSCRIBE c', /listen to channels/],
    ['MULTI', /several lines are one transaction/],
    ['WATCH k', /several lines are one transaction/],
    ['AUTH x', /concerns a connection/],
    ['SELECT 1', /concerns a connection/],
    ['SORT l', /dangerous/],
    ['SCAN 0', /keys are listed at/],
    ['RANDOMKEY', /keys are listed at/],
    ['MEMORY STATS', /it does not say which keys it uses/],
  ])('refuses %s, and says why', async (command, reason) => {
    await write(command).expect(403, reason);
  });

  it.each([
    ['NOSUCH command', /^Redis knows no command "nosuch"/],
    ['GET "k', /^the quotes of this line do not match/],
    ['', 'command field missing'],
    ['  \n ', /^command has 1 to 100 lines/],
    ['ZUNION many k', 'ZUNION has the wrong arguments'],
  ])('answers 400 to %j', async (command, message) => {
    await write(command).expect(400, message);
  });

  it("refuses the app's own keys and channels, wherever they stand", async () => {
    await signUp(app, 'dora');
    for (const command of [
      'GET _app:a:dora',
      'GET "\\x5fapp:a:dora"',
      'MGET k _app:a:dora',
      'COPY _app:a:dora stolen',
      'RENAME _app:a:dora mine',
      'OBJECT ENCODING _app:a:dora',
      'BITOP NOT mine _app:a:dora',
      'SUNIONSTORE mine _app:a:dora',
      'ZUNION 1 _app:u:dora',
      'GET k\nGET _app:a:dora',
      'PUBLISH _app:ended handle',
    ]) {
      await write(command).expect(403, /^keys of the app's own/);
    }
    expect(await redis.exists('_app:a:dora')).toBe(1);
  });

  it('refuses what would keep Redis busy with a large key', async () => {
    await redis.setrange('large', 20_000_000, 'x');
    const items = Array.from({ length: 60_000 }, () => 'x'.repeat(200));
    for (let i = 0; i < items.length; i += 6000)
      await redis.rpush('many', ...items.slice(i, i + 6000));
    await send('GET large').expect(409, /^the key takes \d+ MB/);
    await send('LRANGE many 0 -1').expect(409);
    await write('DEL many').expect(409);
    await send('MGET k large').expect(409, /^the key takes/);
    await send('GET k\nGET large').expect(409, /^the key takes/);
    expect(await replyTo('LLEN many')).toBe('(integer) 60000');
    expect(await replyTo('UNLINK many')).toBe('(integer) 1');
  });

  it('sends what may be large where Redis does not let it ask for the memory of keys', async () => {
    const few = await connectAsUser(redis, '~*', '+@all', '-memory');
    const judged = await judge(
      few,
      ['GET', 'k'].map((word) => Buffer.from(word)),
    );
    await expect(refuseLargeKeys(few, [judged])).resolves.toBeUndefined();
  });

  it('has a list to try, every command of which it sends', async () => {
    const { body } = await operator.get('/operator/try').expect(200);
    expect(body).toEqual(LESSONS);
    for (const { commands } of LESSONS) {
      for (const command of commands) {
        const { replies } = (await write(command).expect(200)).body;
        for (const { reply } of replies) expect(reply).not.toMatch(/^\(error\)/);
      }
    }
  });
});

describe('words', () => {
  it.each<[string, (string | Buffer)[] | null]>([
    ['SET k v', ['SET', 'k', 'v']],
    ['  SET   "a b"  \'c "d"\' ', ['SET', 'a b', 'c "d"']],
    ['SET k "\\xff\\x00"', ['SET', 'k', Buffer.from([0xff, 0])]],
    ['SET k "a\\n\\"b\\"\\\\"', ['SET', 'k', 'a\n"b"\\']],
    ["SET k 'it\\'s'", ['SET', 'k', "it's"]],
    ["SET k 'a\\n'", ['SET', 'k', 'a\\n']],
    ['SET k "\\r\\t\\b\\a\\q"', ['SET', 'k', '\r\t\b\x07q']],
    ['SET k "\\xAF"', ['SET', 'k', Buffer.from([0xaf])]],
    ['SET k ""', ['SET', 'k', '']],
    ['SET k ü', ['SET', 'k', 'ü']],
    ['SET "k', null],
    ['SET "k"v', null],
    ['SET k"v"', null],
    ["SET 'k'v", null],
  ])('of %j', (line, words) => {
    expect(splitWords(line)).toEqual(words && words.map((word) => Buffer.from(word)));
  });
});

describe('a reply', () => {
  it('that is nested is numbered on each level', () => {
    const entry = (id: string) => [Buffer.from(id), [Buffer.from('f'), Buffer.from('v')]];
    expect(printReply([entry('1-0'), entry('2-0')])).toBe(
      `1) 1) "1-0"
   2) 1) "f"
      2) "v"
2) 1) "2-0"
   2) 1) "f"
      2) "v"`,
    );
    expect(printReply([])).toBe('(empty array)');
    const many = printReply(Array.from({ length: 10 }, () => null)).split('\n');
    expect([many[0], many[9]]).toEqual([' 1) (nil)', '10) (nil)']);
  });

  it('of bytes shows what is not text in hexadecimal', () => {
    expect(printReply(Buffer.from([0xff, 0x41, 0]))).toBe('"\\xffA\\x00"');
    expect(printReply(Buffer.from('a"b\\c\nü'))).toBe('"a\\"b\\\\c\\nü"');
    expect(printReply(Buffer.from('\r\t\x1b'))).toBe('"\\r\\t\\x1b"');
  });

  it('that is long is cut', () => {
    expect(printReply(Buffer.alloc(100_000, 'x'))).toHaveLength(64 * 1024 + 2);
  });
});
