// Spelling hints for paths and patterns. Source: semantics §4.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestPattern } from '#uvm/path-hint';
import { PathPattern } from '#uvm/path-pattern';

const DRIVER = 'test.env.agent.driver';

describe('the nearest pattern', () => {
  it.each([
    ['test.env.agnet.driver', DRIVER, 'test.env.agent.driver'],
    ['agnet.**', 'agent.driver', 'agent.**'],
    ['**.agnet.**', DRIVER, '**.agent.**'],
    ['test.env.agent.drvier', DRIVER, 'test.env.agent.driver'],
    ['test.Env.agent.*', DRIVER, 'test.env.agent.*'],
    ['test.env.tenent[*].queue', 'test.env.tenant[3].queue', 'test.env.tenant[*].queue'],
    ['test.env.driver', DRIVER, undefined],
    ['test.agent.driver.', 'test.agent.driver', 'test.agent.driver'],
    [
      'test.enviroment.agent.driver',
      'test.environment.agent.driver',
      'test.environment.agent.driver',
    ],
    ['test.agent.driver', DRIVER, 'test.env.agent.driver'],
    ['top.test.env.agent.driver', DRIVER, 'test.env.agent.driver'],
    ['test.env.monitor', DRIVER, undefined],
    ['test.env.tenant[*]', DRIVER, undefined],
    ['x*', 'test', undefined],
    [DRIVER, DRIVER, undefined],
  ])('of %s for %s', (pattern, path, corrected) => {
    const hint = corrected === undefined ? '' : ` (did you mean '${corrected}'?)`;
    expect(suggestPattern(pattern, [path])).toBe(hint);
  });

  it('is the nearest of all paths', () => {
    const paths = ['test.env.agents', 'test.env.agent', 'test.env.argent'];
    expect(suggestPattern('test.env.agnt', paths)).toBe(" (did you mean 'test.env.agent'?)");
    expect(suggestPattern('test.env.agnt', [])).toBe('');
  });

  it('matches the path that it is for', () => {
    const segment = fc.constantFrom('env', 'agent', 'agnet', 'driver', '**', '*', 'a[1]', 'b[*]');
    const path = fc.array(fc.constantFrom('env', 'agent', 'driver', 'a[1]', 'b[2]'), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), path, (pattern, names) => {
        const hint = suggestPattern(pattern.join('.'), [names.join('.')]);
        const corrected = /'(.*)'/.exec(hint)?.[1];
        if (corrected === undefined) return;
        expect(new PathPattern(corrected).matches(names.join('.'))).toBe(true);
        expect(new PathPattern(pattern.join('.')).matches(names.join('.'))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
