/** Reads server-sent events, as a browser's EventSource does. */
import { stopAtEnd } from './cleanup.ts';

export interface ServerSentEvent {
  event: string;
  data: any;
}

/** Opens a stream; `next` resolves to the next event of a name, or to null at the end. */
export async function openEvents(url: string, cookie = '', headers = {}) {
  const abort = new AbortController();
  stopAtEnd(async () => abort.abort());
  const response = await fetch(url, {
    headers: { Cookie: cookie, ...headers },
    signal: abort.signal,
  });
  const events = response.ok ? parse(response) : null;

  return { status: response.status, headers: response.headers, next, close: () => abort.abort() };

  async function next(name: string): Promise<any> {
    for (;;) {
      const { value, done } = await events!.next();
      if (done) return null;
      if (value.event === name) return value.data;
    }
  }
}

/** Of the response, not of its body: fetch cancels a body when nobody has its response any more. */
async function* parse({ body }: Response): AsyncGenerator<ServerSentEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body!) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block)!;
      yield { event: event!, data: JSON.parse(data!) };
    }
  }
}
