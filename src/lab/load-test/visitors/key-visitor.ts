/** A visitor that stores a key of its own, reads it, removes it and reads it again, in turns. */
import { createMemory } from './memory.ts';
import { createValueExchanges } from './values.ts';
import type { Exchange, Visitor } from './visitor.ts';

export interface KeyVisitor extends Visitor {
  remove(): Exchange;
}

/** No other visitor may have the key. Its values begin with it, so that no two visitors share one. */
export function createKeyVisitor(key: string): KeyVisitor {
  const { write, read, remove } = createValueExchanges('/:key', createMemory());
  const target = { path: `/${key}` };
  let writes = 0;
  let turn = 0;

  const turns: (() => Exchange)[] = [
    () => write(target, `${key} ${++writes}`),
    () => read(target),
    () => remove(target),
    () => read(target),
  ];

  return { next: () => turns[turn++ % turns.length]!(), remove: () => remove(target) };
}
