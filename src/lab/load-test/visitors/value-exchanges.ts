/** Requests that store, read and remove a value, and judge what comes back. */
import type { Memory } from './expected-values.ts';
import { type Exchange, httpError, VALUE_WRONG } from './visitor.ts';

/** For a key or a field of a session: their endpoints answer with the same texts and codes. */
export function createValueExchanges(route: string, memory: Memory) {
  return { write, read, remove };

  function write(path: string, value: string): Exchange {
    return {
      name: `PUT ${route}`,
      method: 'PUT',
      path,
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

  function read(path: string): Exchange {
    return {
      name: `GET ${route}`,
      method: 'GET',
      path,
      miss: () => {},
      judge(answer) {
        if (answer.status !== 200 && answer.status !== 404) return httpError(answer);
        const found = answer.status === 200 ? answer.body : null;
        return memory.observe(found) ? null : VALUE_WRONG;
      },
    };
  }

  function remove(path: string): Exchange {
    return {
      name: `DELETE ${route}`,
      method: 'DELETE',
      path,
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
