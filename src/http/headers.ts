/** The headers of every answer: which instance it is from, and what browsers may do with it. */
import { formatInstance, type Instance } from '../cloudfoundry/instance.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

/** Its own styles and scripts, requests to itself, and nothing else. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

/**
 * Those of the package helmet, but for five that the browsers of today do not need: X-XSS-Protection,
 * X-Download-Options, X-Permitted-Cross-Domain-Policies, X-DNS-Prefetch-Control, Origin-Agent-Cluster.
 */
const SECURITY_HEADERS: Headers = [
  ['Content-Security-Policy', CONTENT_SECURITY_POLICY.join(';')],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  // With no-referrer, browsers hide from the app's own forms' posts where they come from
  ['Referrer-Policy', 'same-origin'],
  ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
];

/** Returns the headers that all answers of this instance have. */
export function constantHeaders(instance: Instance): Headers {
  return [['X-App-Instance', formatInstance(instance)], ...SECURITY_HEADERS];
}
