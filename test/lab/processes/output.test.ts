/** The output of child processes, in one terminal. */
import { stripVTControlCharacters } from 'node:util';
import { printerFor, silence } from '../../../src/lab/processes/output.ts';

let printed: string[];
beforeEach(() => {
  printed = [];
  jest
    .spyOn(console, 'log')
    .mockImplementation((text: string) => void printed.push(stripVTControlCharacters(text)));
});
afterEach(() => jest.restoreAllMocks());

it('has the name of its process before each line', () => {
  printerFor('app/0')('one\ntwo');
  printerFor('sentinel/0')('three');

  expect(printed).toEqual(['app/0      | one\napp/0      | two', 'sentinel/0 | three']);
});

it('is not printed any more by programs that have a report of their own', () => {
  const print = printerFor('app/0');
  silence();
  print('one');

  expect(printed).toEqual([]);
});
