/** Where the password of the operator comes from, and which ones are not used. */
import { readOperatorPassword } from '../../src/cloudfoundry/operator-password.ts';
import { readConfig, warningsOf } from '../../src/config.ts';

const TWELVE = 'twelve chars';

const inService = (password: unknown) => {
  const service = { name: 'room', tags: ['other', 'operator'], credentials: { password } };
  return { VCAP_SERVICES: JSON.stringify({ 'user-provided': [{ name: 'x' }, service] }) };
};

describe('the password of the operator', () => {
  it.each([
    ['the variable', { OPERATOR_PASSWORD: TWELVE }],
    ['the service with the tag', inService(TWELVE)],
    [
      'the variable before that of the service',
      { ...inService('of the service'), OPERATOR_PASSWORD: TWELVE },
    ],
    ['the service where the variable is empty', { ...inService(TWELVE), OPERATOR_PASSWORD: '' }],
    [
      'the service where another source cannot be read',
      { ...inService(TWELVE), VCAP_SERVICES_FILE_PATH: '/nowhere' },
    ],
  ])('is that of %s', (_where, env) => {
    expect(readOperatorPassword(env)).toEqual({ password: TWELVE, problem: null });
  });

  it.each([
    ['no service has the tag', { VCAP_SERVICES: '{"user-provided":[{"name":"operator"}]}' }],
    ['the services cannot be read', { VCAP_SERVICES: '{' }],
    ['nothing is set', {}],
  ])('is not there, without a problem, when %s', (_when, env) => {
    expect(readOperatorPassword(env)).toEqual({ password: null, problem: null });
  });

  const OF_SERVICE = 'The field "password" of the service "room", which has the tag operator,';
  const TOO_SHORT = 'has fewer than 12 characters: choose a longer one';

  it.each([
    ['the variable, of 11 characters', { OPERATOR_PASSWORD: 's3cret pass' }, 'OPERATOR_PASSWORD'],
    [
      '11 characters of two units each',
      { OPERATOR_PASSWORD: '🔑'.repeat(11) },
      'OPERATOR_PASSWORD',
    ],
    ['the service, of 11 characters', inService('s3cret pass'), OF_SERVICE],
  ])('is not used, and said to be too short: %s', (_which, env, name) => {
    const problem = `${name} ${TOO_SHORT}`;
    expect(readOperatorPassword(env)).toEqual({ password: null, problem });
    expect(warningsOf(readConfig(env))).toContain(problem);
  });

  it('is not used when it is not a text', () => {
    const problem = `${OF_SERVICE} is not a text`;
    expect(readOperatorPassword(inService(123456789012))).toEqual({ password: null, problem });
  });
});
