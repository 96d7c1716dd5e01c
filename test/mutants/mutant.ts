/** A fault of one line, put into the code to see whether a test notices it. */

export interface Mutant {
  /** The promise that is broken by it, in the words of the README or of a comment. */
  breaks: string;
  file: string;
  /** Text of the file, found in it exactly once. */
  search: string;
  replace: string;
  suite: string;
  /** The full name of a test of the suite, or a part of it: this test fails. */
  test: string;
  /** Why the test does not fail, where it cannot. */
  unnoticed?: string;
}
