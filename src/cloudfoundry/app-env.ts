/** The one caller of cfenv. */
import cfenv from 'cfenv';

/**
 * cfenv's view of an environment. It reads nothing but `process.env`, prints all of VCAP_SERVICES
 * when that is not JSON, and fails on a PORT it does not like; so for the length of the call it is
 * shown just these variables, which the caller has checked to be JSON.
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
