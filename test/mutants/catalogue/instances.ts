/** Faults in the registry of instances, and its stream of events. */
import type { Mutant } from '../mutant.ts';

const FORGETS =
  'GET /instances/list forgets an instance that leaves at once, and one that crashes within seconds';

export const instances: Mutant[] = [
  {
    breaks: 'an instance that crashed is not listed after 4 seconds',
    file: 'src/instances/registry.ts',
    search: 'const TIME_TO_LIVE = 4000;',
    replace: 'const TIME_TO_LIVE = 9000;',
    suite: 'test/routes/instances.test.ts',
    test: FORGETS,
  },
  {
    breaks: 'nothing stays in Redis of an app that is gone',
    file: 'src/instances/registry.ts',
    search: 'redis.pexpire(INSTANCES_KEY, TIME_TO_LIVE),',
    replace: '',
    suite: 'test/routes/instances.test.ts',
    test: FORGETS,
  },
  {
    breaks: 'an instance that leaves is gone at once',
    file: 'src/instances/instances.ts',
    search: 'clearInterval(heartbeat);',
    replace: 'void heartbeat;',
    suite: 'test/routes/instances.test.ts',
    test: FORGETS,
  },
  {
    breaks: 'the load is that of the last second',
    file: 'src/instances/load.ts',
    search: 'recent.reset();',
    replace: '',
    suite: 'test/routes/instances.test.ts',
    test: 'GET /instances/list counts the requests of each, from one second to the next',
  },
  {
    breaks: 'strangers leave room for users who are signed in',
    file: 'src/instances/watchers.ts',
    search: '{ atMost: 50, fromOneAddress: 10 }',
    replace: '{ atMost: 100, fromOneAddress: 10 }',
    suite: 'test/routes/instances.test.ts',
    test: 'has room for fifty anonymous pages, a hundred in all',
  },
  {
    breaks: 'no cache keeps the list of instances',
    file: 'src/routes/instances.ts',
    search: "ctx.set('Cache-Control', 'no-store');\n    ctx.body = (await",
    replace: 'ctx.body = (await',
    suite: 'test/routes/instances.test.ts',
    test: 'GET /instances/list shows all instances with their load, whichever is asked',
  },
  {
    breaks: 'a page hears nothing after the end of its stream',
    file: 'src/instances/watchers.ts',
    search: 'if (stream.writableEnded) return;',
    replace: '',
    suite: 'test/instances/watchers.test.ts',
    test: 'a page that is sent to another instance hears nothing after the end of its stream',
  },
  {
    breaks: 'nothing is asked while nobody watches',
    file: 'src/instances/watchers.ts',
    search: '      clearInterval(timer);\n',
    replace: '      void timer;\n',
    suite: 'test/instances/watchers.test.ts',
    test: 'the news are not read when the last page has closed, and are again when one comes',
  },
  {
    breaks: 'a page that does not read is cut off',
    file: 'src/instances/watchers.ts',
    search: 'if (stream.writableLength > MOST_UNREAD) stream.destroy();',
    replace: 'if (stream.writableLength > 100 * MOST_UNREAD) stream.destroy();',
    suite: 'test/instances/watchers.test.ts',
    test: 'a page that does not read is cut off when it has left more than 64 KB unread',
  },
  {
    breaks: 'all pages hear of sessions that end at once',
    file: 'src/sessions/ended-channel.ts',
    search: "for (const handle of handles.split(' ')) onEnd(handle);",
    replace: 'onEnd(handles);',
    suite: 'test/routes/instances.test.ts',
    test: 'tells all pages of a user whose sessions end at once',
  },
];
