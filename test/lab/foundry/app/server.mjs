/** An app for the router's tests: it answers with what it was asked, and misbehaves on request. */
import { createServer } from 'node:http';

const { CF_INSTANCE_INDEX: index, CF_INSTANCE_GUID: guid } = process.env;

let isReady = true;

const server = createServer({ keepAliveTimeout: 95_000 }, (request, response) => {
  const { pathname } = new URL(request.url, 'http://app');
  (ANSWERS[pathname] ?? describe)(request, response);
});

const ANSWERS = {
  '/status/ready'(_, response) {
    response.writeHead(isReady ? 200 : 503).end();
  },

  '/session'(_, response) {
    response.setHeader('Set-Cookie', [
      'other=1; path=/',
      'JSESSIONID=abc; path=/; httponly; samesite=lax; secure',
    ]);
    response.end(guid);
  },

  '/break-off'(request) {
    request.socket.destroy();
  },

  '/break-off-later'(request, response) {
    response.write('some of it');
    setTimeout(() => request.socket.destroy(), 50);
  },

  '/events'(_, response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    let number = 0;
    const timer = setInterval(() => response.write(`data: ${number++}\n\n`), 200);
    response.on('close', () => {
      clearInterval(timer);
      console.log('the viewer has left');
    });
  },

  '/slow'(_, response) {
    console.log('is asked slowly');
    setTimeout(() => response.end(guid), 500);
  },

  '/deaf'(_, response) {
    response.setHeader('Connection', 'close').end();
    server.close();
    setInterval(() => {}, 1000); // the process stays
    setImmediate(() => server.closeAllConnections());
  },
};

server.listen(process.env.PORT, process.env.LISTEN_ADDRESS);

process.on('SIGTERM', () => {
  isReady = false;
  setTimeout(() => server.close(() => process.exit()), 200);
  setInterval(() => server.closeIdleConnections(), 20);
});

async function describe(request, response) {
  const body = [];
  for await (const chunk of request) body.push(chunk);
  const { method, url, headers } = request;
  const { length } = Buffer.concat(body);
  const environment = { ...process.env };
  response.setHeader('X-Instance', index);
  response.end(JSON.stringify({ index, guid, method, url, headers, length, environment }));
}
