/** The HTML pages: files of public/, with texts in the places that have their names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import escapeHtml from 'escape-html';
import type { Context } from 'koa';
import type { Language, Languages } from './languages.ts';
import { prepareFile, type StaticFile } from './static-file.ts';

const PUBLIC = join(import.meta.dirname, '../../public');

/** Returns the page in the language of the request. */
export type Page = (ctx: Context) => StaticFile;

export function readHtml(name: string): string {
  return readFileSync(join(PUBLIC, name), 'utf8');
}

const FILES = { page: 'index.html', operator: 'operator.html' };

/** Fills a page in once for each language. `settings` are texts that are the same in all of them. */
export function createPage(
  name: keyof typeof FILES,
  languages: Languages,
  settings: Record<string, string>,
): Page {
  const template = readHtml(FILES[name]);
  const files = new Map(
    languages.all.map((language) => {
      const html = fillIn(template, { ...language.html[name], ...settings }, language, languages);
      return [language, prepareFile(Buffer.from(html), 'html')];
    }),
  );
  return (ctx) => files.get(languages.choose(ctx))!;
}

/** Writes texts in the places that have their names, as in `{{title}}`, and links to the other languages. */
export function fillIn(
  template: string,
  texts: Record<string, string>,
  { tag }: Language,
  { all }: Languages,
): string {
  const links = all.filter((other) => other.tag !== tag).map(linkTo);
  const known: Record<string, string> = { ...texts, lang: tag };
  return template.replace(/{{(\w+)}}/g, (_, name: string) =>
    name === 'languages' ? links.join(' ') : escapeHtml(known[name]),
  );
}

function linkTo({ tag, name }: Language): string {
  return `<a href="?language=${tag}" hreflang="${tag}" lang="${tag}">${name}</a>`;
}
