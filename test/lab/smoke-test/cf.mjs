/** A stand-in for `cf`: has the platform of the test carry out the words, and prints what it says. */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const asked = request({ socketPath: process.env.CF_SOCKET, method: 'POST' });
asked.end(JSON.stringify(process.argv.slice(2)));
const [answer] = await once(asked, 'response');
const isOk = answer.statusCode === 200;
(isOk ? console.log : console.error)(await text(answer));
process.exitCode = isOk ? 0 : 1;
