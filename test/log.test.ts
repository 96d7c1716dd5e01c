/** What a log leaves out. */
import { withoutRepeats } from '../src/log.ts';

it('a log without repeats has each line once, however long ago that was', () => {
  const lines: string[] = [];
  const log = withoutRepeats((line) => void lines.push(line));
  for (const line of ['one', 'two', 'one', 'three', 'two']) log(line);
  expect(lines).toEqual(['one', 'two', 'three']);
});
