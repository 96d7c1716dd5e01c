/** The outcome of a load test: in one sentence, and as an exit code. */
import { count } from '../report/numbers.ts';
import type { Measures, Summary } from './summary.ts';

export interface Verdict {
  isGood: boolean;
  sentence: string;
}

/** Good when nothing was lost and nothing wrong. The sentence also counts requests that failed. */
export function judge(summary: Summary): Verdict {
  const { scenario, requests, logins, loginsLost, valuesWrong } = summary;
  const failed = countFailed(summary);
  const failures = failed > 0 ? ` ${count(failed, 'request')} failed.` : '';
  if (requests === 0) {
    return { isGood: false, sentence: 'Nothing is proved: nothing was requested.' };
  }
  if (failed === requests) {
    return {
      isGood: false,
      sentence: `Nothing is proved: all ${count(requests, 'request')} failed.`,
    };
  }
  if (logins === 0 && scenario !== 'keys') {
    return { isGood: false, sentence: `Nothing is proved: nobody could sign in.${failures}` };
  }
  const of = `in ${count(requests, 'request')}`;
  if (loginsLost + valuesWrong === 0) {
    return { isGood: true, sentence: `No login lost, no value wrong, ${of}.${failures}` };
  }
  const lost = loginsLost > 0 ? `${count(loginsLost, 'login')} LOST` : 'No login lost';
  const wrong = valuesWrong > 0 ? `${count(valuesWrong, 'value')} WRONG` : 'no value wrong';
  return { isGood: false, sentence: `${lost}, ${wrong}, ${of}.${failures}` };
}

/** Where a load test could not measure what it is for, and for all other errors. */
export const NOT_MEASURED = 2;

/** Returns 1 when a login was lost or a value was wrong. */
export function exitCodeOf(summary: Summary): number {
  if (summary.loginsLost + summary.valuesWrong > 0) return 1;
  return judge(summary).isGood ? 0 : NOT_MEASURED;
}

/** Counts requests that failed, of all kinds. */
export function countFailed({ errors }: Measures): number {
  return Object.values(errors).reduce((sum, times) => sum + times, 0);
}
