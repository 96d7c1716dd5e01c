/** The addresses at which the router listens. */
import { formatConfiguration } from '../../../src/lab/foundry/router/configuration.ts';

it.each([
  ['127.0.0.1', ['127.0.0.1:8080']],
  ['192.0.2.7', ['127.0.0.1:8080', '192.0.2.7:8080']],
  ['2001:db8::7', ['127.0.0.1:8080', '[2001:db8::7]:8080']],
  ['0.0.0.0', ['0.0.0.0:8080']],
  ['::', ['[::]:8080 v4v6']],
])('--host %s: the router listens at %j', (host, addresses) => {
  const text = formatConfiguration({ host, port: 8080, hasPageControl: false }, 'process');
  const frontend = text.slice(text.indexOf('frontend'), text.indexOf('default_backend'));

  expect(Array.from(frontend.matchAll(/^ +bind (.*)$/gm), ([, bind]) => bind)).toEqual(addresses);
});

it('hands nothing to controls that there are not', () => {
  const listening = { host: '127.0.0.1', port: 8080 };
  const has = (hasPageControl: boolean) =>
    /use_backend page-control/.test(formatConfiguration({ ...listening, hasPageControl }, 'p'));

  expect([has(true), has(false)]).toEqual([true, false]);
});
