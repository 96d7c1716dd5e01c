/** Errors that the user of a program can repair: printed as they read, without a stack trace. */
export class Problem extends Error {}

/** The program was started with wrong arguments: its usage text is printed as well. */
export class UsageError extends Problem {}
