/** What stops a program and can be mended by its user: printed as it reads, without a stack trace. */
export class Problem extends Error {}
