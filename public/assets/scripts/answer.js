/** What an answer to `GET /session/me` says about the session. */

/**
 * Returns `good`, `lost` (an instance that does not know the session), `away` (Redis), `failed`, or
 * `silent` (no instance has answered).
 */
export function judge({ status, instance }) {
  if (!instance) return 'silent';
  if (status === 200) return 'good';
  if (status === 401) return 'lost';
  return status === 503 ? 'away' : 'failed';
}
