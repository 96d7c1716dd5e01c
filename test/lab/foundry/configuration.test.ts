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

it('offers its controls to requests from this machine only, and hands on no others', () => {
  const listening = { host: '0.0.0.0', port: 8080, hasPageControl: true };
  const lines = formatConfiguration(listening, 'process').split('\n');

  expect(lines.filter((line) => line.includes('acl is_here'))).toEqual([
    '    acl is_here src 127.0.0.0/8 ::1',
  ]);
  const rules = lines.filter((line) => /is_offered\) bool|use_backend/.test(line));
  expect(rules).toHaveLength(2);
  for (const rule of rules) expect(rule).toMatch(/ if .* is_here names_here !is_proxied$/);
});
