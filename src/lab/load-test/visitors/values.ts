/** Requests that store, read and remove a value, and judge what comes back. */
import type { Memory } from './expected-values.ts';
import { type Exchange, httpError, type Question, VALUE_WRONG } from './visitor.ts';

type Target = Pick<Question, 'path' | 'cookie'>;

/** For a key or a field of a session: their endpoints answer with the same texts and codes. */
export function createValueExchanges(route: string, memory: Memory) {
  return { write, read, remove };

  function write(target: Target, value: string): Exchange {
    return {
      ...target,
      name: `PUT ${route}`,
      method: 'PUT',
      fields: { data: value },
      miss: () => memory.mayStore(value),
      judge(answer) {
        if (answer.status === 201) {
          memory.store(value);
          return null;
        }
        memory.mayStore(value);
        return httpError(answer);
      },
    };
  }

  function read(target: Target): Exchange {
    return {
      ...target,
      name: `GET ${route}`,
      method: 'GET',
      miss: () => {},
      judge(answer) {
        if (answer.status !== 200 && answer.status !== 404) return httpError(answer);
        const found = answer.status === 200 ? answer.body : null;
        return memory.observe(found) ? null : VALUE_WRONG;
      },
    };
  }

  function remove(target: Target): Exchange {
    return {
      ...target,
      name: `DELETE ${route}`,
      method: 'DELETE',
      miss: () => memory.mayStore(null),
      judge(answer) {
        if (answer.status === 200) {
          memory.store(null);
          return null;
        }
        if (answer.status === 404) return memory.observe(null) ? null : VALUE_WRONG;
        memory.mayStore(null);
        return httpError(answer);
      },
    };
  }
}
