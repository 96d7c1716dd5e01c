/** Which instance an app takes itself for. */
import { readInstance } from '../../src/cloudfoundry/instance.ts';

const GUID = '07c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f';

describe('an instance', () => {
  it('has the index and the GUID that the platform gives it', () => {
    const env = { CF_INSTANCE_INDEX: '3', CF_INSTANCE_GUID: GUID };
    expect(readInstance(env)).toMatchObject({ index: 3, guid: GUID });
  });

  it('has those of VCAP_APPLICATION where there are no others', () => {
    const application = { name: 'shop', instance_index: 3, instance_id: GUID };
    expect(readInstance({ VCAP_APPLICATION: JSON.stringify(application) })).toEqual({
      appName: 'shop',
      index: 3,
      guid: GUID,
      onPlatform: true,
    });
  });

  it('has those of its own variables before those of VCAP_APPLICATION', () => {
    const application = { instance_index: 3, instance_id: GUID.replace('0', '1') };
    const VCAP_APPLICATION = JSON.stringify(application);
    const env = { VCAP_APPLICATION, CF_INSTANCE_INDEX: '4', CF_INSTANCE_GUID: GUID };
    expect(readInstance(env)).toEqual({
      appName: 'redis-example-app',
      index: 4,
      guid: GUID,
      onPlatform: true,
    });
  });

  it.each([undefined, '', 'a guid', 'a\r\nSet-Cookie: b'])(
    'makes up a GUID when that of the platform is %j, which no header could have',
    (guid) => {
      const first = readInstance({ CF_INSTANCE_GUID: guid });
      const second = readInstance({ CF_INSTANCE_GUID: guid });
      expect(first).toMatchObject({ index: 0, guid: expect.stringMatching(/^[\da-f-]{36}$/) });
      expect(second.guid).not.toBe(first.guid);
    },
  );
});
