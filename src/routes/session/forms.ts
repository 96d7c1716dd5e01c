/** The pages to sign in, sign up, change the password and delete the account. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import escapeHtml from 'escape-html';
import type { Context, Middleware, Next } from 'koa';
import { NAME_RULE, PASSWORD_RULE } from '../../accounts/rules.ts';
import type { ToAnswer } from '../../http/errors.ts';

interface Form {
  title: string;
  /** For the browser's password manager. */
  password: 'new-password' | 'current-password';
  explanation: string;
  nameRule: string;
  /** For the last password of the form. */
  passwordRule: string;
  /** True when it is about the account of the user who is signed in, if one is. */
  isOwn: boolean;
  /** A link to another page. */
  other: string;
  otherTitle: string;
}

const FORMS = {
  'sign-in': {
    title: 'Sign in',
    password: 'current-password',
    explanation: '',
    nameRule: '',
    passwordRule: '',
    isOwn: false,
    other: '/session/sign-up',
    otherTitle: 'Sign up',
  },
  'sign-up': {
    title: 'Sign up',
    password: 'new-password',
    explanation: '',
    nameRule: NAME_RULE,
    passwordRule: PASSWORD_RULE,
    isOwn: false,
    other: '/session/sign-in',
    otherTitle: 'Sign in',
  },
  'change-password': {
    title: 'Change password',
    password: 'current-password',
    explanation: 'Ends your sessions on all other devices.',
    nameRule: '',
    passwordRule: PASSWORD_RULE,
    isOwn: true,
    other: '/',
    otherTitle: 'Back',
  },
  'delete-account': {
    title: 'Delete account',
    password: 'current-password',
    explanation:
      'Ends your sessions on all devices, with all that is in them, and frees your name.',
    nameRule: '',
    passwordRule: '',
    isOwn: true,
    other: '/',
    otherTitle: 'Back',
  },
} satisfies Record<string, Form>;

type FormName = keyof typeof FORMS;

/** HTML with the names of the texts that belong there, as in `{{title}}`. */
const TEMPLATE = join(import.meta.dirname, '../../../public/session-form.html');

/** The part of the template for the form that changes a password. */
const NEW_PASSWORD = /\s*<!-- new password -->(.*)<!-- end of new password -->/s;

export function createForms(toAnswer: ToAnswer) {
  const template = readFileSync(TEMPLATE, 'utf8');
  const short = template.replace(NEW_PASSWORD, '');
  const long = template.replace(NEW_PASSWORD, '$1');

  return { show, answer };

  function show(name: FormName): Middleware {
    return (ctx) => render(ctx, name, 200, '');
  }

  /** Answers a posted form: a browser goes to the start page, or sees the form again with the error. */
  function answer(name: FormName): Middleware {
    return async (ctx, next) => {
      try {
        await redirectBrowsers(ctx, next);
      } catch (error) {
        if (!isForBrowser(ctx)) throw error;
        const { status, message, headers } = toAnswer(error as Error);
        ctx.set(headers ?? {});
        render(ctx, name, status, message);
      }
    };
  }

  function render(ctx: Context, name: FormName, status: number, message: string) {
    const { isOwn, ...form } = FORMS[name];
    const user: string | undefined = isOwn ? ctx.session?.user : undefined;
    const texts: Record<string, string> = {
      ...form,
      name,
      message,
      username: user ?? ctx.state.username ?? '',
      nameState: user ? 'readonly' : 'autofocus',
    };
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'html';
    const page = name === 'change-password' ? long : short;
    ctx.body = page.replace(/{{(\w+)}}/g, (_, text: string) => escapeHtml(texts[text]));
  }
}

/** Redirects a browser to the start page after the handler. Other clients get its JSON. */
export async function redirectBrowsers(ctx: Context, next: Next) {
  await next();
  if (!isForBrowser(ctx)) return;
  ctx.status = 303;
  ctx.redirect('/');
}

function isForBrowser(ctx: Context): boolean {
  return ctx.accepts('application/json', 'text/html') === 'text/html';
}
