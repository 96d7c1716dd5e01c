/** Reads `X-Cf-Process-Instance: PROCGUID[:INDEX]`, by which a request asks for one instance. */

export const HEADER = 'x-cf-process-instance';

export interface ProcessInstance {
  guid: string;
  /** Null for any instance of the process. */
  index: number | null;
}

const FORMAT = /^(?<guid>[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})(?::(?<index>\d+))?$/;

/** Null when it is not of that form. */
export function readProcessInstance(value: string): ProcessInstance | null {
  const { guid, index } = FORMAT.exec(value)?.groups ?? {};
  return guid ? { guid, index: index === undefined ? null : Number(index) } : null;
}
