// Factory overrides. Source: semantics §4 (Factory).
import { beforeEach, describe, expect, it } from 'vitest';
import { Factory } from '#uvm/factory';
import { ReportServer } from '#uvm/report-server';

class Base {
  readonly kind: string = 'product';
}
class First extends Base {}
class Second extends First {}
class Third extends Second {}

let reports: ReportServer;
let factory: Factory;

beforeEach(() => {
  reports = new ReportServer({ nowPs: 0 });
  factory = new Factory(reports);
});

describe('resolve', () => {
  it('without overrides gives what is asked for', () => {
    expect(factory.hasOverrides).toBe(false);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
  });

  it('a type override counts everywhere; the later one replaces the earlier', () => {
    factory.overrideType(Base, First);
    factory.overrideType(Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(Second);
  });

  it('replace: false keeps an earlier type override', () => {
    factory.overrideType(Base, First);
    factory.overrideType(Base, Second, { replace: false });
    expect(factory.resolve(Base, 'test.a')).toBe(First);
  });

  it('an instance override comes before a type override', () => {
    factory.overrideType(Base, First);
    factory.overrideInstance('test.*', Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(Second);
    expect(factory.resolve(Base, 'test.a.b')).toBe(First);
  });

  it('the first registered matching instance override wins', () => {
    factory.overrideInstance('test.x', Base, Third);
    factory.overrideInstance('test.**', Base, First);
    factory.overrideInstance('test.a', Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(First);
  });

  it('repeats on the result', () => {
    factory.overrideType(Base, First);
    factory.overrideInstance('test.a', First, Second);
    factory.overrideType(Second, Third);
    expect(factory.resolve(Base, 'test.a')).toBe(Third);
    expect(factory.resolve(Base, 'test.b')).toBe(First);
  });

  it('reports a loop and gives what is asked for', () => {
    factory.overrideType(First, Second);
    factory.overrideType(Second, First);
    factory.overrideType(Base, First);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
    expect(reports.messages[0]).toMatchObject({
      severity: 'error',
      id: 'OVRDLOOP',
      path: 'test.a',
      text: 'factory overrides form a loop: Base -> First -> Second -> First',
    });
  });

  it('an override by itself ends the search', () => {
    factory.overrideType(Base, Base);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
    expect(reports.count('error')).toBe(0);
  });
});
