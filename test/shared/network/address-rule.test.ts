import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createAddressRule, isRange } from '../../../shared/network/address-rule.js';

const nobodys = createAddressRule([]);

/** The first and last address of each special range, and its public neighbors. */
const SPECIAL: readonly (readonly [range: string, first: string, last: string, ...neighbors: string[]])[] = [
  ['this network', '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['private, class A', '10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['loopback', '127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['link-local', '169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['private, class B', '172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['documentation 1', '192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['private, class C', '192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['benchmarks', '198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['documentation 2', '198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['documentation 3', '203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['multicast, reserved and broadcast', '224.0.0.0', '255.255.255.255', '223.255.255.255'],
  ["Azure's platform service", '168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['IPv6 below the public addresses', '::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
  ['IPv6 protocol assignments', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2000:ffff::', '2001:200::'],
  ['IPv6 documentation 1', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db7:ffff::', '2001:db9::'],
  ['6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:ffff::', '2003::'],
  ['IPv6 documentation 2', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffe:ffff::', '3fff:1000::'],
  ['IPv6 above the public addresses', '4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:ffff::'],
];

describe('allowed webhook addresses', () => {
  for (const [range, first, last, ...neighbors] of SPECIAL) {
    it(`exclude ${range}, but not its neighbors`, () => {
      for (const address of [first, last]) assert.equal(nobodys.permits(address), false, address);
      for (const address of neighbors) assert.equal(nobodys.permits(address), true, address);
    });
  }

  it('exclude IPv4 addresses written as IPv6, even public ones', () => {
    for (const address of ['::ffff:127.0.0.1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '::1.1.1.1']) {
      assert.equal(nobodys.permits(address), false, address);
    }
  });

  it('exclude anything that is not a plain address, such as a name, a range or an address with a zone', () => {
    for (const text of ['', 'example.com', '1.1.1', '1.1.1.1/32', '2606:4700::1111%eth0', '[2606:4700::1111]']) {
      assert.equal(nobodys.permits(text), false, text);
    }
  });

  it('include what the operator allows, and only that', () => {
    const rule = createAddressRule(['10.1.0.0/16', 'fd00::/8', '127.0.0.1', '::1']);
    const allowed = ['10.1.0.0', '10.1.255.255', 'fd00::', 'fdff::1', '127.0.0.1', '::1'];
    for (const address of allowed) {
      assert.deepEqual([rule.permits(address), rule.isAllowed(address)], [true, true], address);
    }
    for (const address of ['10.0.255.255', '10.2.0.0', 'fcff::1', '127.0.0.2', '::2', 'fd00::1%eth0', 'fd00::/8', '']) {
      assert.deepEqual([rule.permits(address), rule.isAllowed(address)], [false, false], address);
    }
    for (const address of ['1.1.1.1', '2606:4700::1111']) {
      assert.deepEqual([rule.permits(address), rule.isAllowed(address)], [true, false], address);
    }
    assert.deepEqual([rule.hasRanges, nobodys.hasRanges], [true, false]);
  });

  it('include exactly the addresses of a range, wherever it starts and however long it is', () => {
    const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const text = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
    fc.assert(
      fc.property(bits, bits, fc.integer({ min: 0, max: 32 }), (address, other, prefix) => {
        const { isAllowed } = createAddressRule([`${text(address)}/${prefix}`]);
        const size = 2 ** (32 - prefix);
        assert.equal(isAllowed(text(other)), Math.floor(other / size) === Math.floor(address / size));
        assert.ok(isAllowed(text(address)));
      }),
    );
  });
});

describe('a range of addresses', () => {
  it('is a single address, or an address with a valid prefix', () => {
    for (const text of ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.1/32', '10.0.0.1', '::/0', '::1', '::1/128', '::1/33']) {
      assert.ok(isRange(text), text);
    }
    const none = [
      '',
      '/8',
      '10.0.0.0/',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/8/8',
      '8/10.0.0.0/8',
      '10.0.0.0/-1',
      '10.0.0.0/1.5',
    ];
    for (const text of [
      ...none,
      '10.0.0.0/x8',
      '10.0.0.0/8x',
      '10.0.0/8',
      'example.com/8',
      'fe80::1%eth0/64',
      'fe80::1%eth0',
    ]) {
      assert.equal(isRange(text), false, text);
    }
  });

  it('is rejected if it is invalid', () => {
    assert.throws(
      () => createAddressRule(['10.0.0.0/33']),
      new RangeError('10.0.0.0/33 is not a range of IP addresses.'),
    );
  });
});
