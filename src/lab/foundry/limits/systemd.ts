/** Limits by scopes of systemd, which an ordinary user of a Linux desktop may create. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Print } from '../../processes/output.ts';
import { type Process, type Start, startProcess } from '../../processes/process.ts';
import { CPU_PERIOD, type Enforcer, type Limits, wantedLimits } from './limits.ts';

/** How systemd-run finds the manager of this user. The program does not receive them. */
const WAY_TO_MANAGER = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];

/** Prints the limits of its own cgroup: systemd sets only those that it has controllers for. */
const PRINT_LIMITS = `cd "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)" && grep -H . memory.max cpu.max || true`;

const PATIENCE = 5000; // milliseconds

/** Returns null without systemd, and when it can enforce none of the limits for this user. */
export async function findScopes(limits: Limits): Promise<Enforcer | null> {
  const [program, ...args] = inScope(limits, ['sh', '-c', PRINT_LIMITS]);
  const printed = await promisify(execFile)(program, args, { timeout: PATIENCE }).catch(() => null);
  const isSet = (name: string) => RegExp(`^${name}\\.max:\\d`, 'm').test(printed?.stdout ?? '');
  const enforced = wantedLimits(limits).filter(isSet);
  if (enforced.length === 0) return null;
  return {
    name: 'systemd-run',
    enforced,
    start: (start, print) => startInScope(limits, start, print),
  };
}

/** Like startProcess. systemd-run becomes the program: both are one process. */
export function startInScope(limits: Limits, start: Start, print: Print): Promise<Process> {
  const wayToManager = WAY_TO_MANAGER.map((name) => [name, process.env[name]]);
  const env = { ...Object.fromEntries(wayToManager), ...start.env };
  return startProcess({ ...start, command: inScope(limits, start.command), env }, print);
}

function inScope({ memory, cpu }: Limits, command: Start['command']): Start['command'] {
  const properties = [
    `MemoryMax=${memory}M`,
    'MemorySwapMax=0',
    ...(cpu > 0
      ? [`CPUQuota=${(100 * cpu).toFixed(2)}%`, `CPUQuotaPeriodSec=${CPU_PERIOD}us`]
      : []),
  ];
  const hidden = [...WAY_TO_MANAGER, 'INVOCATION_ID'].flatMap((name) => ['-u', name]);
  return [
    'systemd-run',
    '--user',
    '--scope',
    '--quiet',
    '--collect',
    ...properties.flatMap((property) => ['-p', property]),
    '--',
    'env',
    ...hidden,
    ...command,
  ];
}
