/** The data that users keep in their session, with the answers of the key routes. */
import type { Context } from 'koa';
import { readFields, readText } from '../../http/form.ts';
import type { Hold } from '../../http/large-bodies.ts';
import { decodePathSegment } from '../../http/percent-encoding.ts';
import { RECORD_LIMIT } from '../../sessions/record.ts';
import { type DataField, signedIn, type SignedInSession } from './signed-in.ts';

const PREFIX = 'data:';
const LONGEST_FIELD = 256; // characters
/** A form may take three bytes (`%00`) for one. */
const FORM_LIMIT = 3 * RECORD_LIMIT; // bytes

export function createDataHandlers(hold: Hold) {
  return { readAll, read, write, remove };

  function readAll(ctx: Context) {
    ctx.body = Object.fromEntries(
      Object.entries(signedIn(ctx))
        .filter(([name]) => name.startsWith(PREFIX))
        .map(([name, value]) => [name.slice(PREFIX.length), value]),
    );
  }

  function read(ctx: Context) {
    const { session, field } = find(ctx);
    ctx.body = session[field];
  }

  async function write(ctx: Context) {
    const session = signedIn(ctx);
    const field = fieldOf(ctx);
    const data = readText(ctx, await readFields(ctx, FORM_LIMIT, hold), 'data');
    ctx.assert(data !== undefined, 400, 'data field missing');

    session[field] = data;
    ctx.status = 201;
    ctx.body = 'success';
  }

  function remove(ctx: Context) {
    const { session, field } = find(ctx);
    delete session[field];
    ctx.body = 'success';
  }
}

/** Throws 404 for a field that the session does not have. */
function find(ctx: Context): { session: SignedInSession; field: DataField } {
  const session = signedIn(ctx);
  const field = fieldOf(ctx);
  ctx.assert(Object.hasOwn(session, field), 404, 'key not present');
  return { session, field };
}

function fieldOf(ctx: Context): DataField {
  const name = decodePathSegment(ctx.path.slice('/session/data/'.length));
  ctx.assert(name !== null, 400, 'malformed % escape in the field: it should be UTF-8');
  ctx.assert(name.length <= LONGEST_FIELD, 400, `a field has at most ${LONGEST_FIELD} characters`);
  return `${PREFIX}${name}`;
}
