// Routing ID arithmetic, with the worked values of siov-facts §2.3.
import { describe, expect, it } from 'vitest';
import { busOf, functionOf, printRid, rid, sdiRid, vfRid } from '#pcie/routing-id';

describe('routing IDs', () => {
  it('are bus and ARI function', () => {
    expect(rid(1, 0x0a)).toBe(0x010a);
    expect(busOf(0xfe12)).toBe(0xfe);
    expect(functionOf(0xfe12)).toBe(0x12);
    for (const value of [0, 0xffff, 0x1234])
      expect(rid(busOf(value), functionOf(value))).toBe(value);
  });

  it.each([
    [0x0100, 1, 1, 255, 0x0200],
    [0x0100, 0x100, 1, 1023, 0x05ff],
    [0x0100, 0x10, 2, 31, 0x014e],
    [0xfe00, 1, 1, 1023, 0x0200],
    [0x0100, 0xffff, 0xffff, 59_999, (0x100 + 0xffff + 59_999 * 0xffff) % 65_536],
  ])('of SDIs: PF %i offset %i stride %i index %i', (...values) => {
    const [pf, offset, stride, index, last] = values;
    expect(sdiRid(pf, offset, stride, index)).toBe(last);
  });

  it('of VFs count from 1', () => {
    expect(vfRid(0x100, 1, 1, 1)).toBe(0x101);
    expect(vfRid(0x100, 4, 2, 3)).toBe(0x108);
    expect(() => vfRid(0x100, 4, 2, 0)).toThrow('from 1');
  });

  it('are printed as lspci does', () => {
    expect(printRid(0x0100)).toBe('01:00.0');
    expect(printRid(0xff0f)).toBe('ff:01.7');
    expect(printRid(0x02fa)).toBe('02:1f.2');
  });
});
