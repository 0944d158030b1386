// Addresses of devices outside, as --dut takes them.
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { dutAddressText, parseDutAddress, parseServePlace } from '#dut/dut-address';

describe('parseDutAddress', () => {
  it.each([
    ['exec:./sim --fast', { kind: 'exec', command: './sim --fast' }, 'exec:./sim --fast'],
    ['exec:a:b', { kind: 'exec', command: 'a:b' }, 'exec:a:b'],
    ['unix:/tmp/d.sock', { kind: 'unix', path: '/tmp/d.sock' }, 'unix:/tmp/d.sock'],
    ['tcp:localhost:80', { kind: 'tcp', host: 'localhost', port: 80 }, 'tcp:localhost:80'],
    ['tcp:4711', { kind: 'tcp', host: '127.0.0.1', port: 4711 }, 'tcp:127.0.0.1:4711'],
    ['tcp:[::1]:4711', { kind: 'tcp', host: '::1', port: 4711 }, 'tcp:[::1]:4711'],
  ])('reads %s', (text, address, again) => {
    expect(parseDutAddress(text)).toEqual(address);
    expect(dutAddressText(parseDutAddress(text))).toBe(again);
    expect(parseDutAddress(again)).toEqual(address);
  });

  it.each([
    ['sim', 'an address begins with exec:, unix: or tcp:'],
    ['http:x', 'an address begins with exec:, unix: or tcp:'],
    ['exec:', 'a command line follows exec:'],
    ['exec:  ', 'a command line follows exec:'],
    ['unix:', 'the path of a socket follows unix:'],
    ['tcp:', "a port of 1..65535 follows tcp:HOST:, not ''"],
    ['tcp:host:70000', "a port of 1..65535 follows tcp:HOST:, not '70000'"],
    ['tcp:host', "a port of 1..65535 follows tcp:HOST:, not 'host'"],
    ['tcp::80', 'the host is empty'],
    ['tcp:0', "a port of 1..65535 follows tcp:HOST:, not '0'"],
    ['tcp:[::1', 'an IPv6 address stands in brackets, with the port behind them: tcp:[::1]:4711'],
    ['tcp:[::1]', 'an IPv6 address stands in brackets'],
    ['tcp:[::1]4711', 'an IPv6 address stands in brackets'],
    ['tcp:::1]:4711', 'an IPv6 address stands in brackets'],
    ['tcp:[]:4711', 'an IPv6 address stands in brackets'],
    ['tcp:::1:4711', 'an IPv6 address stands in brackets'],
    ['tcp:[::1]:', "a port of 1..65535 follows tcp:HOST:, not ''"],
  ])('refuses %s', (text, why) => {
    expect(() => parseDutAddress(text)).toThrow(UsageError);
    expect(() => parseDutAddress(text)).toThrow(`--dut '${text}': ${why}`);
    expect(() => parseDutAddress(text)).toThrow("A device is exec:'COMMAND', unix:PATH or tcp:");
  });
});

describe('parseServePlace', () => {
  it.each([
    ['unix:d.sock', { kind: 'unix', path: 'd.sock' }],
    ['tcp:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
    ['tcp:localhost:80', { kind: 'tcp', host: 'localhost', port: 80 }],
  ])('reads %s', (text, place) => expect(parseServePlace(text)).toEqual(place));

  it.each([
    ['foo', 'a place is stdio, or begins with unix: or tcp:'],
    ['exec:x', 'a place is stdio, or begins with unix: or tcp:'],
    ['unix:', 'the path of a socket follows unix:'],
    ['tcp:70000', "a port of 0..65535 follows tcp:HOST:, not '70000'"],
    ['tcp:[::1', 'an IPv6 address stands in brackets'],
  ])('refuses %s, and offers no exec:', (text, why) => {
    expect(() => parseServePlace(text)).toThrow(`serve-device '${text}': ${why}`);
    expect(() => parseServePlace(text)).toThrow('A device is served on stdio, unix:PATH or tcp:');
    expect(() => parseServePlace(text)).not.toThrow("exec:'");
  });
});
