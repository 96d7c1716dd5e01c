/** What is wrong with a binding, in words that tell how to mend it and never hold a secret. */
export class BindingProblem extends Error {}
