/** `npm run smoke-test`: does each plan of a Redis service work, from create-service to delete-service? */
import { createProgram, numberOption, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { checkCf, createCf } from './cf.ts';
import { testPlan } from './errand.ts';
import { type Leftover, reportLeftovers } from './steps.ts';

const DESCRIPTION = `Makes a service instance of each plan, pushes this app under a new name, binds the one to the other, starts the app, and asks: does Redis work, are keys kept, do two instances share a login, which versions of TLS does Redis speak? Then it removes what it has made. All of this with your own cf, in the space at which that is directed. Each plan takes some minutes.

Where an authority of its own signs the platform's certificates, set NODE_EXTRA_CA_CERTS.`;

const program = createProgram('smoke-test')
  .description(DESCRIPTION)
  .argument('<SERVICE>', 'as cf marketplace lists it')
  .argument('<PLAN...>', 'one or more of its plans')
  .addOption(
    numberOption('--timeout <N>', 'seconds that a command of cf may take', 1, 7200).default(900),
  )
  .addHelpText(
    'after',
    `
Ctrl-C ends the test, and removes what it has made.
Exit code: 0 when all plans work; 1 when one does not, or when something is left; 2 when cf cannot be used.`,
  )
  .action(async (service, plans, { timeout }) => {
    const areGood = await testPlans(service, plans, timeout);
    if (!areGood) process.exitCode = 1;
  });

await runProgram(program, 2);

async function testPlans(service: string, plans: string[], limit: number): Promise<boolean> {
  const leftovers: Leftover[] = [];
  const { signal } = stopOnSignals(() => {
    reportLeftovers(leftovers);
    process.exit(1);
  });
  const cf = createCf(limit, signal);
  await checkCf(cf);
  const errand = { service, cf, signal, cleaner: createCf(limit), leftovers };

  const failed: string[] = [];
  for (const plan of plans) {
    const isGood = !signal.aborted && (await testPlan(errand, plan));
    if (!isGood) failed.push(plan);
  }
  reportLeftovers(leftovers);
  console.log(`\n${plans.length - failed.length} of ${plans.length} plans work.`);
  return failed.length === 0;
}
