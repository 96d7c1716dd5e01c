/** A visitor that asks who is signed in, and writes and reads a field of the session, in turns. */
import { Cookies } from './cookies.ts';
import { createMemory } from './expected-values.ts';
import { createValueExchanges } from './value-exchanges.ts';
import {
  type Answer,
  type Exchange,
  type Failure,
  httpError,
  LOGIN_LOST,
  VALUE_WRONG,
  type Visitor,
} from './visitor.ts';

export interface Account {
  username: string;
  password: string;
}

const FIELD = '/session/data/visit';

/** Signs in again when its login is lost. */
export class SessionVisitor implements Visitor {
  readonly #account: Account;
  readonly #cookies: Cookies;
  readonly #isReader: boolean;
  #field = createField();
  #isSignedIn = false;
  #hasAccount = false;
  #turn = 0;

  /** The origin is that of its cookies. A reader only asks who is signed in. */
  constructor(origin: string, account: Account, isReader = false) {
    this.#isReader = isReader;
    this.#account = account;
    this.#cookies = new Cookies(origin);
  }

  get isSignedIn(): boolean {
    return this.#isSignedIn;
  }

  /** True from the first attempt to sign up: there may be an account to delete. */
  get hasAccount(): boolean {
    return this.#hasAccount;
  }

  next(): Exchange {
    if (!this.#isSignedIn) return this.#enter('/session/sign-in', 200);
    const turn = this.#turn++;
    if (this.#isReader || turn % 3 === 0) return this.#signedIn(this.#askWho());
    return this.#signedIn(
      turn % 3 === 1
        ? this.#field.write(FIELD, `${this.#account.username} ${turn}`)
        : this.#field.read(FIELD),
    );
  }

  signUp(): Exchange {
    this.#hasAccount = true;
    return this.#enter('/session/sign-up', 201);
  }

  deleteAccount(): Exchange {
    return this.#sendAccount('/session/delete-account', 200, () => {});
  }

  #enter(path: string, success: number): Exchange {
    return this.#withCookies(
      this.#sendAccount(path, success, () => {
        this.#isSignedIn = true;
        this.#field = createField();
      }),
    );
  }

  #sendAccount(path: string, success: number, succeed: () => void): Exchange {
    return {
      name: `POST ${path}`,
      method: 'POST',
      path,
      fields: { ...this.#account },
      miss() {},
      judge(answer) {
        if (answer.status !== success) return httpError(answer);
        succeed();
        return null;
      },
    };
  }

  #askWho(): Exchange {
    const path = '/session/me';
    return {
      name: `GET ${path}`,
      method: 'GET',
      path,
      miss() {},
      judge: (answer) => this.#judgeUser(answer),
    };
  }

  #judgeUser(answer: Answer): Failure | null {
    if (answer.status !== 200) return httpError(answer);
    return readUser(answer) === this.#account.username ? null : VALUE_WRONG;
  }

  #signedIn(exchange: Exchange): Exchange {
    return this.#withCookies({
      ...exchange,
      judge: (answer) => {
        if (answer.status !== 401) return exchange.judge(answer);
        this.#isSignedIn = false;
        return LOGIN_LOST;
      },
    });
  }

  #withCookies(exchange: Exchange): Exchange {
    return {
      ...exchange,
      cookie: this.#cookies.headerFor(exchange.path),
      judge: (answer) => {
        this.#cookies.receive(exchange.path, answer.cookies);
        return exchange.judge(answer);
      },
    };
  }
}

function createField() {
  return createValueExchanges('/session/data/:field', createMemory());
}

function readUser({ body }: Answer): unknown {
  try {
    return (JSON.parse(body) as { user?: unknown }).user;
  } catch {
    return undefined;
  }
}
