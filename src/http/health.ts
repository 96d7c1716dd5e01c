/** Whether this instance wants traffic, as readiness tells the platform. */
export interface Health {
  state: 'starting' | 'ready' | 'draining';
}
