/** The pages to sign in, sign up, change the password and delete the account. */
import type { Context, Middleware, Next } from 'koa';
import { NAME_RULE, PASSWORD_RULE } from '../../accounts/rules.ts';
import type { ToAnswer } from '../../http/errors.ts';
import type { Languages } from '../../http/languages.ts';
import { fillIn, readHtml } from '../../http/pages.ts';

interface Form {
  /** For the browser's password manager. */
  password: 'new-password' | 'current-password';
  nameRule: string;
  /** For the last password of the form. */
  passwordRule: string;
  /** True when it is about the account of the user who is signed in, if one is. */
  isOwn: boolean;
  /** A link to another form; null: back to the page. */
  other: 'sign-in' | 'sign-up' | null;
}

/** Their titles and explanations are those of the language. */
const FORMS = {
  'sign-in': {
    password: 'current-password',
    nameRule: '',
    passwordRule: '',
    isOwn: false,
    other: 'sign-up',
  },
  'sign-up': {
    password: 'new-password',
    nameRule: NAME_RULE,
    passwordRule: PASSWORD_RULE,
    isOwn: false,
    other: 'sign-in',
  },
  'change-password': {
    password: 'current-password',
    nameRule: '',
    passwordRule: PASSWORD_RULE,
    isOwn: true,
    other: null,
  },
  'delete-account': {
    password: 'current-password',
    nameRule: '',
    passwordRule: '',
    isOwn: true,
    other: null,
  },
} satisfies Record<string, Form>;

type FormName = keyof typeof FORMS;

/** The part of the template for the form that changes a password. */
const NEW_PASSWORD = /\s*<!-- new password -->(.*)<!-- end of new password -->/s;

export function createForms(toAnswer: ToAnswer, languages: Languages) {
  const template = readHtml('session-form.html');
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
    const { password, nameRule, passwordRule, isOwn, other } = FORMS[name];
    const user: string | undefined = isOwn ? ctx.session?.user : undefined;
    const language = languages.choose(ctx);
    const { forms, html, translate } = language;
    const texts: Record<string, string> = {
      ...html.form,
      title: forms[name]!.title,
      explanation: forms[name]!.explanation ?? '',
      nameRule: translate(nameRule),
      passwordRule: translate(passwordRule),
      message: translate(message),
      other: other ? `/session/${other}` : '/',
      otherTitle: forms[other ?? 'back']!.title,
      name,
      password,
      username: user ?? ctx.state.username ?? '',
      nameState: user ? 'readonly' : 'autofocus',
    };
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'html';
    const page = name === 'change-password' ? long : short;
    ctx.body = fillIn(page, texts, language, languages);
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
