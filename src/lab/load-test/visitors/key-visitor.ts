/** A visitor that stores a key of its own, reads it, removes it and reads it again, in turns. */
import { createMemory } from './expected-values.ts';
import { createValueExchanges } from './value-exchanges.ts';
import type { Exchange, Visitor } from './visitor.ts';

export class KeyVisitor implements Visitor {
  readonly #key: string;
  readonly #path: string;
  readonly #value = createValueExchanges('/:key', createMemory());
  #turn = 0;

  /** No other visitor may have the key. Its values begin with it, so that no two visitors share one. */
  constructor(key: string) {
    this.#key = key;
    this.#path = `/${key}`;
  }

  next(): Exchange {
    const turn = this.#turn++;
    if (turn % 4 === 0) return this.#value.write(this.#path, `${this.#key} ${turn}`);
    return turn % 4 === 2 ? this.remove() : this.#value.read(this.#path);
  }

  remove(): Exchange {
    return this.#value.remove(this.#path);
  }
}
