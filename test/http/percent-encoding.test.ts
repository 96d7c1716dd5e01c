/** What escapes stand for, and which are malformed. */
import { decodeFormValue, decodePathSegment } from '../../src/http/percent-encoding.ts';

/** As Node.js reads them from the wire: a character for each byte. */
const unescaped = (text: string) => Buffer.from(text).toString('latin1');

describe('a segment of a path', () => {
  it.each([
    ['a+b', 'a+b'],
    ['%ED%82%a4', '키'],
    [unescaped('키'), '키'],
    [unescaped('키 %20 é'), '키   é'],
  ])('%j is %s', (segment, text) => {
    expect(decodePathSegment(segment)).toBe(text);
  });

  it.each(['%', '%4', '%4g', '%zz', '%ff', '\xff', 'é'])('%j is none', (segment) => {
    expect(decodePathSegment(segment)).toBeNull();
  });
});

describe('a value of a form', () => {
  const decode = (text: string) => decodeFormValue(Buffer.from(text, 'latin1'));

  it.each([
    ['+a++b+', ' a  b '],
    ['a+%2B+b', 'a + b'],
    ['%00%fF%7e', '\0\xff~'],
    ['%4g', null],
    ['%g4', null],
    ['%4', null],
  ])('%s is %j', (text, value) => {
    expect(decode(text)?.toString('latin1') ?? null).toBe(value);
  });
});
