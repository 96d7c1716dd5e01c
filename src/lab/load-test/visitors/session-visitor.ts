/** A visitor that asks who is signed in, and writes and reads a field of the session, in turns. */
import { CookieJar } from 'tough-cookie';
import { createMemory } from './memory.ts';
import { createValueExchanges } from './values.ts';
import {
  type Answer,
  type Exchange,
  httpError,
  LOGIN_LOST,
  type Question,
  VALUE_WRONG,
  type Visitor,
} from './visitor.ts';

export interface SessionVisitor extends Visitor {
  signUp(): Exchange;
  deleteAccount(): Exchange;
  readonly isSignedIn: boolean;
  /** True from the first attempt to sign up: there may be an account to delete. */
  readonly hasAccount: boolean;
}

export interface Account {
  username: string;
  password: string;
}

const FIELD = '/session/data/visit';

/** The visitor signs in again when its login is lost. The origin is that of its cookies. */
export function createSessionVisitor(origin: string, account: Account): SessionVisitor {
  const { username, password } = account;
  const jar = new CookieJar();
  let memory = createMemory();
  let isSignedIn = false;
  let hasAccount = false;
  let writes = 0;
  let turn = 0;

  const turns = [askWho, writeField, readField];

  return {
    next: () => (isSignedIn ? turns[turn++ % turns.length]!() : signIn()),
    signUp,
    deleteAccount,
    get isSignedIn() {
      return isSignedIn;
    },
    get hasAccount() {
      return hasAccount;
    },
  };

  function signUp(): Exchange {
    hasAccount = true;
    return enter('/session/sign-up', 201);
  }

  function signIn(): Exchange {
    return enter('/session/sign-in', 200);
  }

  function enter(path: string, success: number): Exchange {
    return withCookies({
      name: `POST ${path}`,
      method: 'POST',
      path,
      fields: { username, password },
      miss: () => {},
      judge(answer) {
        if (answer.status !== success) return httpError(answer);
        isSignedIn = true;
        memory = createMemory();
        return null;
      },
    });
  }

  function deleteAccount(): Exchange {
    const path = '/session/delete-account';
    return {
      name: `POST ${path}`,
      method: 'POST',
      path,
      fields: { username, password },
      miss: () => {},
      judge: (answer) => (answer.status === 200 ? null : httpError(answer)),
    };
  }

  function askWho(): Exchange {
    const path = '/session/me';
    return signedIn({
      name: `GET ${path}`,
      method: 'GET',
      path,
      miss: () => {},
      judge(answer) {
        if (answer.status !== 200) return httpError(answer);
        return readUser(answer) === username ? null : VALUE_WRONG;
      },
    });
  }

  function writeField(): Exchange {
    const { write } = createValueExchanges('/session/data/:field', memory);
    return signedIn(write({ path: FIELD }, `${username} ${++writes}`));
  }

  function readField(): Exchange {
    const { read } = createValueExchanges('/session/data/:field', memory);
    return signedIn(read({ path: FIELD }));
  }

  function signedIn(exchange: Exchange): Exchange {
    return withCookies({
      ...exchange,
      judge(answer) {
        if (answer.status !== 401) return exchange.judge(answer);
        isSignedIn = false;
        return LOGIN_LOST;
      },
    });
  }

  function withCookies(exchange: Exchange): Exchange {
    return {
      ...exchange,
      cookie: cookieFor(exchange),
      judge(answer) {
        const url = origin + exchange.path;
        for (const cookie of answer.cookies) jar.setCookieSync(cookie, url, { ignoreError: true });
        return exchange.judge(answer);
      },
    };
  }

  function cookieFor({ path }: Question): string {
    return jar.getCookieStringSync(origin + path);
  }
}

function readUser({ body }: Answer): unknown {
  try {
    return (JSON.parse(body) as { user?: unknown }).user;
  } catch {
    return undefined;
  }
}
