/** Prints a reply as redis-cli does. */
import { isUtf8 } from 'node:buffer';

const LONGEST_TEXT = 64 * 1024; // characters

/**
 * Takes what ioredis returns for a command whose texts are buffers. A status, as OK, is one of them:
 * the command decides whether it is meant.
 */
export function printReply(reply: unknown, isStatus = false): string {
  const text = isStatus && Buffer.isBuffer(reply) ? reply.toString() : print(reply, '');
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}\n…`;
}

function print(reply: unknown, indent: string): string {
  if (reply === null || reply === undefined) return '(nil)';
  if (reply instanceof Error) return `(error) ${reply.message}`;
  if (typeof reply === 'number' || typeof reply === 'bigint') return `(integer) ${reply}`;
  if (Buffer.isBuffer(reply)) return quote(reply);
  if (Array.isArray(reply)) return printList(reply, indent);
  return String(reply);
}

function printList(list: unknown[], indent: string): string {
  if (list.length === 0) return '(empty array)';
  const width = String(list.length).length;
  const inner = `${indent}${' '.repeat(width + 2)}`;
  return list
    .map(
      (item, i) =>
        `${i === 0 ? '' : indent}${String(i + 1).padStart(width)}) ${print(item, inner)}`,
    )
    .join('\n');
}

/** Bytes that are not UTF-8 appear as `\xff`; redis-cli does that for all but ASCII. */
function quote(bytes: Buffer): string {
  const text = isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
  const hide = isUtf8(bytes) ? /["\\\p{Cc}]/gu : /["\\\p{Cc}\x80-\xff]/gu;
  return `"${text.replace(hide, escape)}"`;
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
  return ESCAPES[character] ?? `\\x${hex}`;
}
