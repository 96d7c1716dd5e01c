/** The environment of an instance: what `cf set-env` sets, below what the platform sets. */
import { instanceEnvironment } from '../../../src/lab/foundry/environment.ts';

const INSTANCE = { index: 1, port: 8081, home: '/home', temporaryDirectory: '/tmp/1' };

describe('the environment of an instance', () => {
  it('has the variables of the app, but those of the platform as that sets them', () => {
    const env = instanceEnvironment(INSTANCE, {}, { KEYS: 'closed', PORT: '1', VCAP_SERVICES: '' });

    expect(env).toMatchObject({ KEYS: 'closed', PORT: '8081', CF_INSTANCE_INDEX: '1' });
    expect(JSON.parse(env.VCAP_SERVICES)).toHaveProperty('redis-sb');
  });

  it('has a GUID of its own, or the one that it is given', () => {
    const guidOf = (guid?: string) => {
      const env = instanceEnvironment({ ...INSTANCE, guid }, {});
      expect(JSON.parse(env.VCAP_APPLICATION).instance_id).toBe(env.CF_INSTANCE_GUID);
      return env.CF_INSTANCE_GUID;
    };

    expect(guidOf('given')).toBe('given');
    expect(guidOf()).not.toBe(guidOf());
  });

  it.each([
    [undefined, '127.0.0.1:8081'],
    ['127.0.0.1:8080', '127.0.0.1:8080'],
  ])('names the router at %s, or else the instance itself', (address, uri) => {
    const env = instanceEnvironment({ ...INSTANCE, address }, {});

    expect(JSON.parse(env.VCAP_APPLICATION)).toMatchObject({
      uris: [uri],
      application_uris: [uri],
      port: 8081,
    });
  });
});
