/** The cookies of one user. The jar decides, as a browser would, which of them are sent where. */
import { CookieJar } from 'tough-cookie';

interface Header {
  text: string;
  /** As `Date.now()`, when the first cookie of it expires. */
  until: number;
}

export class Cookies {
  readonly #origin: string;
  readonly #jar = new CookieJar();
  /** By path: asking the jar costs more than the rest of a request. */
  readonly #headers = new Map<string, Header>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Returns the header for a request, or an empty text. */
  headerFor(path: string): string {
    let header = this.#headers.get(path);
    if (!header || header.until <= Date.now()) {
      const cookies = this.#jar.getCookiesSync(this.#origin + path);
      const text = cookies.map((cookie) => cookie.cookieString()).join('; ');
      const until = Math.min(...cookies.map((cookie) => cookie.expiryTime() ?? Infinity));
      header = { text, until };
      this.#headers.set(path, header);
    }
    return header.text;
  }

  /** Takes the `Set-Cookie` of an answer, as far as a browser would. */
  receive(path: string, cookies: string[]): void {
    if (cookies.length === 0) return;
    this.#headers.clear();
    const url = this.#origin + path;
    for (const cookie of cookies) this.#jar.setCookieSync(cookie, url, { ignoreError: true });
  }
}
