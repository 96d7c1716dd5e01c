/** The languages of the pages. Each is one file, which the scripts of the page read as well. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'koa';

export interface Language {
  /** As HTML and HTTP name it: `en`. It is also the name of the file. */
  tag: string;
  /** In the language itself. */
  name: string;
  /** Takes an English sentence of the app, and returns it as it is when it has no translation. */
  translate: (sentence: string) => string;
  /** The texts of each HTML file, by the names in its braces. */
  html: Record<'page' | 'operator' | 'form', Record<string, string>>;
  forms: Record<string, { title: string; explanation?: string }>;
}

export interface Languages {
  all: Language[];
  /**
   * Returns the language that the request asks for by `?language=`, which the browser then keeps; or
   * else the one that it has kept, or the first of its settings that there is; or else English.
   */
  choose(ctx: Context): Language;
}

const DIRECTORY = '../../public/assets/scripts/languages';
const DEFAULT = 'en';
const YEAR = 365 * 24 * 60 * 60 * 1000; // milliseconds

/** Reads the directory once, at the start. */
export async function readLanguages(): Promise<Languages> {
  const files = readdirSync(join(import.meta.dirname, DIRECTORY));
  const all = await Promise.all(
    files.map(async (file) => (await import(`${DIRECTORY}/${file}`)) as Language),
  );
  // The first one is for clients that name none
  all.sort((one, other) => Number(other.tag === DEFAULT) - Number(one.tag === DEFAULT));
  return { all, choose };

  function choose(ctx: Context): Language {
    ctx.vary('Accept-Language');
    ctx.vary('Cookie');
    const asked = find(ctx.query.language);
    if (asked) ctx.cookies.set(nameCookie(ctx), asked.tag, { ...COOKIE, maxAge: YEAR });
    const kept = asked ?? find(ctx.cookies.get(nameCookie(ctx), { signed: false }));
    return kept ?? find(ctx.acceptsLanguages(all.map(({ tag }) => tag))) ?? all[0]!;
  }

  function find(wanted: unknown): Language | undefined {
    return all.find(({ tag }) => tag === wanted);
  }
}

const COOKIE = { sameSite: 'lax', signed: false } as const;

/** Over HTTPS, the prefix keeps other apps of the same domain from setting it. */
function nameCookie(ctx: Context): string {
  return ctx.secure ? '__Host-language' : 'language';
}
