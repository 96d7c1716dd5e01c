/** Sends all commands of one event-loop turn in one write. */
import type { Redis } from 'ioredis';

/**
 * ioredis writes each command by itself, which costs this process and Redis a system call for each.
 * Corking the socket at the first command of a turn and uncorking it at the turn's end sends them
 * together, at less than half of Redis' CPU time (npm run bench). No command waits for another turn;
 * order and replies stay as they are.
 */
export function batchWrites<Client extends Redis>(redis: Client): Client {
  const sendCommand = redis.sendCommand.bind(redis);
  let isCorked = false;

  redis.sendCommand = (command, stream) => {
    if (!isCorked) corkForThisTurn();
    return sendCommand(command, stream);
  };
  return redis;

  function corkForThisTurn() {
    const socket = redis.stream;
    if (!socket) return;
    isCorked = true;
    socket.cork();
    setImmediate(() => {
      isCorked = false;
      socket.uncork();
    });
  }
}
