/** Which instance an app takes itself for. */
import { formatInstance, readInstance } from '../../src/cloudfoundry/instance.ts';

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

describe('without Cloud Foundry, an instance', () => {
  const KUBERNETES_SERVICE_HOST = '10.96.0.1';
  const inPod = (HOSTNAME: string) => readInstance({ HOSTNAME, KUBERNETES_SERVICE_HOST });

  it.each([
    ['app-0', 0],
    ['redis-example-app-12', 12],
    ['web-0007', 7],
  ])(
    'on the host %s has index %i, as the pods of a StatefulSet are numbered',
    (HOSTNAME, index) => {
      expect(readInstance({ HOSTNAME })).toMatchObject({ index, onPlatform: false });
      expect(inPod(HOSTNAME)).toMatchObject({
        index,
        guid: expect.stringMatching(/^[\da-f-]{36}$/),
      });
    },
  );

  it.each([undefined, '', 'laptop', '3f2a9c81d0e4', 'shop-x2k4j'])(
    'on the host %j has index 0',
    (HOSTNAME) => {
      expect(readInstance({ HOSTNAME }).index).toBe(0);
    },
  );

  it.each(['shop', 'database', 'shop-web', 'shop-x2k4jz'])(
    'in the pod %s, which is neither of a StatefulSet nor of a Deployment, has index 0',
    (HOSTNAME) => {
      expect(inPod(HOSTNAME)).toMatchObject({
        index: 0,
        guid: expect.stringMatching(/^[\da-f-]{36}$/),
      });
    },
  );

  it('in a pod of a Deployment has an index of five digits, the same as long as the pod lives', () => {
    const names = ['x2k4j', 'b7wqz', '24568'].map((end) => `redis-example-app-7d9f8b6c5-${end}`);
    const indexes = names.map((name) => inPod(name).index);

    expect(names.map((name) => inPod(name).index)).toEqual(indexes);
    expect(new Set(indexes).size).toBe(3);
    for (const index of indexes) expect(String(index)).toMatch(/^\d{5}$/);
  });

  it('in a pod of a Deployment has a GUID of its own, which begins with the end of its name', () => {
    const [first, second] = [inPod('shop-7d9f8b6c5-x2k4j'), inPod('shop-7d9f8b6c5-x2k4j')];
    expect(formatInstance(first)).toMatch(/^\d{5}\/x2k4j-[\da-f]{2}$/);
    expect(second.guid).not.toBe(first.guid);
  });

  it('in a pod of a Deployment takes no end of five digits for the ordinal of a StatefulSet', () => {
    const instance = inPod('shop-7d9f8b6c5-24568');
    expect(instance.index).not.toBe(24568);
    expect(formatInstance(instance)).toMatch(/^\d{5}\/24568-[\da-f]{2}$/);
  });

  it('has the index and the GUID of its own variables all the same', () => {
    const env = { HOSTNAME: 'app-2', CF_INSTANCE_INDEX: '3', CF_INSTANCE_GUID: GUID };
    expect(readInstance(env)).toMatchObject({ index: 3, guid: GUID });
  });
});
