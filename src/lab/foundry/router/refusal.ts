/** The answers of the router itself, in the words of the platform's router. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ProcessInstance } from './process-instance.ts';

export interface Refusal {
  status: number;
  /** For the header X-Cf-RouterError. */
  error: string;
  message: string;
  cacheControl?: string;
}

const NEVER = 'no-cache, no-store';
const BRIEFLY = 'public,max-age=2';

export const instanceBrokeOff: Refusal = {
  status: 502,
  error: 'endpoint_failure',
  message: 'Registered endpoint failed to handle the request.',
};

export const invalidProcessInstance: Refusal = {
  status: 400,
  error: 'invalid_cf_process_instance_header',
  message: 'Invalid X-CF-Process-Instance Header',
  cacheControl: NEVER,
};

export function unknownRoute(host: string): Refusal {
  return {
    status: 404,
    error: 'unknown_route',
    message: `Requested route ('${host}') does not exist.`,
    cacheControl: NEVER,
  };
}

export function noInstance(host: string): Refusal {
  return {
    status: 503,
    error: 'no_endpoints',
    message: `Requested route ('${host}') has no available endpoints.`,
    cacheControl: BRIEFLY,
  };
}

export function unknownProcessInstance(host: string, { guid, index }: ProcessInstance): Refusal {
  const instance = index === null ? 'instance' : `instance ('${index}')`;
  return {
    status: 400,
    error: 'unknown_route',
    message: `Requested ${instance} with process guid ('${guid}') does not exist for route ('${host}')`,
    cacheControl: NEVER,
  };
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, error, message, cacheControl } = refusal;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Cf-RouterError': error,
    'X-Content-Type-Options': 'nosniff',
    ...(cacheControl && { 'Cache-Control': cacheControl }),
  });
  response.end(`${status} ${STATUS_CODES[status]}: ${message}\n`);
}
