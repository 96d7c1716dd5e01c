/** Tables that Markdown understands. */
import { figures, tabulate, words } from '../../../src/lab/report/markdown-table.ts';

it('has figures to the right and words to the left, and rules of three characters at least', () => {
  const columns = [
    figures<number>('n', String),
    words<number>('w', (n) => 'x'.repeat(n)),
    words<number>('', () => ''),
  ];
  expect(tabulate([1, 5], columns)).toBe(`|   n | w     |     |
| --: | ----- | --- |
|   1 | x     |     |
|   5 | xxxxx |     |`);
});
