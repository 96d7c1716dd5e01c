/** Calls cfenv, which needs some care. */
import './home.ts'; // comes before cfenv
import cfenv from 'cfenv';

/**
 * Returns cfenv's view of an environment. cfenv reads only `process.env`, prints all of VCAP_SERVICES
 * when that is not JSON, and throws for a PORT that it does not like. So `process.env` holds just these
 * variables during the call; the caller has checked that they are JSON.
 */
export function readAppEnv(checked: { VCAP_APPLICATION?: string; VCAP_SERVICES?: string }) {
  const environment = process.env;
  process.env = { ...checked, PORT: '0' };
  try {
    return cfenv.getAppEnv();
  } finally {
    process.env = environment;
  }
}
