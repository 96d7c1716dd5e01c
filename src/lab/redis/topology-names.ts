/** The names of the shapes of Redis, for those who only choose one. */

export const TOPOLOGIES = ['standalone', 'tls', 'replicated', 'sentinel', 'cluster'] as const;
