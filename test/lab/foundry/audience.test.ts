/** Where an audience finds the app when it is open to all networks of the machine. */
import os, { type NetworkInterfaceInfo } from 'node:os';
import { findAudienceUrl } from '../../../src/lab/foundry/audience.ts';

const IPV4 = { family: 'IPv4', address: '192.0.2.7', internal: false };
const IPV6 = { family: 'IPv6', address: '2001:db8::7', internal: false, scopeid: 0 };

function haveNetworks(...networks: object[]): void {
  const addresses = networks as NetworkInterfaceInfo[];
  jest.spyOn(os, 'networkInterfaces').mockReturnValue({ eth0: addresses });
}

afterEach(() => jest.restoreAllMocks());

describe('an audience', () => {
  it('finds the app by IPv4, which a phone has in any network', () => {
    haveNetworks(IPV6, IPV4);
    expect(findAudienceUrl('0.0.0.0', 8080)).toBe('http://192.0.2.7:8080');
  });

  it('finds it by IPv6 where the machine has nothing else', () => {
    haveNetworks({ ...IPV6, address: 'fe80::7', scopeid: 2 }, IPV6);
    expect(findAudienceUrl('::', 8080)).toBe('http://[2001:db8::7]:8080');
  });

  it('is not sent to the address that each machine has for itself', () => {
    haveNetworks({ ...IPV4, address: '127.0.0.1', internal: true }, IPV4);
    expect(findAudienceUrl('0.0.0.0', 8080)).toBe('http://192.0.2.7:8080');
  });

  it('is refused where the machine is in no network', () => {
    haveNetworks({ ...IPV4, address: '127.0.0.1', internal: true });
    expect(() => findAudienceUrl('0.0.0.0', 8080)).toThrow(
      '--host: this machine is in no network that others could use.',
    );
  });

  it.each([
    ['127.0.0.1', null],
    ['192.0.2.8', 'http://192.0.2.8:8080'],
    ['2001:db8::8', 'http://[2001:db8::8]:8080'],
  ])('with --host %s finds the app at %s', (host, url) => {
    haveNetworks(IPV4);
    expect(findAudienceUrl(host, 8080)).toBe(url);
  });
});
