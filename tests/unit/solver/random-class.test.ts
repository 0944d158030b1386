// Random classes: blocks, state, inline constraints, soft ones, failures and their explanations (semantics §1, §2).
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { RandomStream } from '#random/random-stream';
import { sum } from '#solver/builder';
import { unique } from '#solver/constraint';
import { flag, int, mix, oneOf, span, uint } from '#solver/domain';
import { rand } from '#solver/random-class';

const OPS = ['add', 'sub', 'mul', 'div'] as const;
type Op = (typeof OPS)[number];
class AluItem {
  op: Op = 'add';
  a = 0;
  b = 0;
  divisorMin = 1;
  wanted: Op = 'add';
  isNarrow = false;
  allowed: number[] = [];
}
const aluItem = rand(
  AluItem,
  { op: oneOf(...OPS), a: uint(8), b: uint(8) },
  {
    mixed: (v) => v.op.dist({ add: 4, sub: 4, mul: 2, div: 1 }),
    legalDivisor: (v) => v.op.is('div').implies(v.b.ge(v.divisorMin)),
    smallProduct: (v) => v.op.is('mul').implies(v.a.mod(16).plus(v.b).le(64)).soft(),
  },
);
const make = (key = 'item') => aluItem.create(new RandomStream(key));

/** Its own fields as plain data. */
const fields = (item: AluItem): object => Object.fromEntries(Object.entries(item));

/** The message and code of what a call throws. */
function thrown(call: () => void): { readonly code: string; readonly message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a random class', () => {
  it('makes instances of its class, with the fields of the class', () => {
    const item = make();
    expect(item).toBeInstanceOf(AluItem);
    expect(item.constructor.name).toBe('AluItem');
    expect(fields(item)).toEqual(fields(new AluItem()));
  });

  it('solves all its blocks', () => {
    const item = make();
    for (let n = 0; n < 500; n++) {
      item.randomize();
      if (item.op === 'div') expect(item.b).toBeGreaterThanOrEqual(1);
      if (item.op === 'mul') expect((item.a % 16) + item.b).toBeLessThanOrEqual(64);
    }
  });

  it('overrides and adds blocks in an extension, and keeps the original as it is', () => {
    const corner = aluItem.extend({
      mixed: (v) => v.op.inside('sub', 'div'),
      edge: (v) => v.a.inside(0, 255),
    });
    const item = corner.create(new RandomStream('corner'));
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      item.randomize();
      seen.add(`${item.op} ${item.a}`);
    }
    expect([...seen].sort()).toEqual(['div 0', 'div 255', 'sub 0', 'sub 255']);
    expect(aluItem.count()).toBeGreaterThan(corner.count() ?? 0n);
  });

  it('reads state when it solves', () => {
    const item = make();
    item.divisorMin = 250;
    for (let n = 0; n < 20; n++) {
      item.randomize((v) => v.op.is('div'));
      expect(item.b).toBeGreaterThanOrEqual(250);
    }
    item.divisorMin = 255;
    item.randomize((v) => v.op.is('div'));
    expect(item.b).toBe(255);
    item.wanted = 'mul';
    item.allowed = [7, 9];
    item.isNarrow = true;
    for (let n = 0; n < 20; n++) {
      item.randomize((v) => [v.op.is(v.wanted), v.isNarrow.implies(v.a.inside(v.allowed))]);
      expect([item.op, [7, 9].includes(item.a)]).toEqual(['mul', true]);
    }
  });

  it('draws from its stream alone: the same values after other solves, failed ones and a warm cache', () => {
    const values = (): string[] => {
      const item = make('stable');
      return Array.from({ length: 20 }, () => {
        item.randomize((v) => v.a.gt(3));
        return `${item.op} ${item.a} ${item.b}`;
      });
    };
    const first = values();
    const other = make('other');
    for (let n = 0; n < 50; n++) other.randomize((v) => v.b.lt(n + 1));
    expect(() => other.randomize((v) => v.a.gt(255))).toThrow(UsageError);
    expect(values()).toEqual(first);
  });

  it('calls the hooks, the second only after a solution', () => {
    class Hooked {
      x = 0;
      log: string[] = [];
      preRandomize(): void {
        this.log.push('pre');
      }
      postRandomize(): void {
        this.log.push(`post ${this.x}`);
      }
    }
    const item = rand(Hooked, { x: span(5, 5) }).create(new RandomStream('hooks'));
    item.randomize();
    expect(() => item.randomize((v) => v.x.is(6))).toThrow();
    expect(item.log).toEqual(['pre', 'post 5', 'pre']);
  });

  it('relates several variables: unique, sum, signed, iff', () => {
    class Many {
      a = 0;
      b = 0;
      c = 0;
      isSmall = false;
    }
    const many = rand(
      Many,
      { a: int(4), b: int(4), c: int(4), isSmall: flag() },
      {
        different: (v) => unique(v.a, v.b, v.c),
        total: (v) => sum(v.a, v.b, v.c).is(-3),
        small: (v) => v.isSmall.iff(v.a.lt(0)),
      },
    );
    const item = many.create(new RandomStream('many'));
    for (let n = 0; n < 100; n++) {
      item.randomize();
      expect(new Set([item.a, item.b, item.c]).size).toBe(3);
      expect(item.a + item.b + item.c).toBe(-3);
      expect(item.isSmall).toBe(item.a < 0);
    }
  });

  it('solves equations between wide fields', () => {
    class Wide {
      base = 0;
      length = 0;
      end = 0;
    }
    const wide = rand(
      Wide,
      { base: uint(52), length: span(1, 4096), end: uint(52) },
      {
        end: (v) => v.end.is(v.base.plus(v.length)),
        page: (v) => v.base.shiftRight(12).is(v.end.minus(1).shiftRight(12)),
      },
    );
    const item = wide.create(new RandomStream('wide'));
    for (let n = 0; n < 200; n++) {
      item.randomize();
      expect(item.end).toBe(item.base + item.length);
      expect(Math.floor(item.base / 4096)).toBe(Math.floor((item.end - 1) / 4096));
    }
  });
});

describe('soft constraints', () => {
  class One {
    x = 0;
  }
  const low = rand(
    One,
    { x: uint(4) },
    {
      first: (v) => v.x.le(3).soft(),
      second: (v) => [v.x.ge(8).soft(), v.x.inside([9, 10]).soft()],
    },
  );
  const value = (random: typeof low, inline?: Parameters<typeof low.randomize>[2]): number => {
    const item = random.create(new RandomStream('soft'));
    item.randomize(inline);
    return item.x;
  };

  it('give way to later ones of the class', () => {
    expect([9, 10]).toContain(value(low));
    expect(low.droppedSoft()).toEqual(['first']);
  });

  it('give way to derived classes, and those to inline ones', () => {
    const derived = low.extend({ third: (v) => v.x.is(12).soft() });
    expect(value(derived)).toBe(12);
    expect(value(derived, (v) => v.x.is(1).soft())).toBe(1);
    expect(derived.droppedSoft(undefined, (v) => v.x.is(1).soft())).toEqual([
      'third',
      'second[1]',
      'second[0]',
    ]);
  });

  it('give way to hard ones whatever the order', () => {
    expect(value(low, (v) => v.x.is(5))).toBe(5);
  });
});

describe('a failed solve', () => {
  it('leaves every field as it was and names a smallest conflict', () => {
    const item = make();
    item.randomize();
    const before = fields(item);
    item.divisorMin = 300;
    const error = thrown(() => item.randomize((v) => [v.op.is('div'), v.a.gt(3)]));
    expect(fields(item)).toEqual({ ...before, divisorMin: 300 });
    expect(error.code).toBe('solve-failed');
    expect(error.message).toBe(
      [
        "no values of AluItem satisfy 'legalDivisor', 'inline[0]' together:",
        '  legalDivisor: (op is div -> b >= divisorMin)  (solver/random-class.test.ts(26))',
        '  inline[0]: op is div  (solver/random-class.test.ts(222))',
        '  op: one of add | sub | mul | div',
        '  b: one of 0..255',
        '  state divisorMin = 300',
        "  soft constraints given up before: 'smallProduct'",
        "  Any one of these would do: without 'legalDivisor'; without 'inline[0]'; another divisorMin, such as 255; b above 255.",
        '  Each of them is needed for the conflict. The fields keep their values.',
      ].join('\n'),
    );
  });

  it('says when it is the distribution that leaves no room', () => {
    const error = thrown(() => make().randomize((v) => [v.op.isNot('add'), v.op.dist({ add: 1 })]));
    expect(error.message).toContain("satisfy 'inline[0]', 'inline[1]' together");
    expect(error.message).toContain('inline[1]: op dist {add := 1}');
  });

  it('names the limit when it gave up', () => {
    class Hash {
      x = 0;
      y = 0;
    }
    const hash = rand(
      Hash,
      { x: uint(26), y: uint(26) },
      {
        hit: (v) =>
          v.x
            .times(v.y)
            .bitXor(v.x)
            .mod(2 ** 50 - 27)
            .is(123_456_789_012),
      },
    );
    const error = thrown(() => hash.create(new RandomStream('hash')).randomize());
    expect(error.code).toBe('solve-limit');
    expect(error.message).toMatch(/'hit': \d+ draws \(triesMax\) from 16384 boxes \(boxesMax\)/);
  });
});

describe('declarations that make no sense', () => {
  class One {
    x = 0;
    op: Op = 'add';
  }
  const one = rand(One, { x: uint(8), op: oneOf(...OPS) });
  const item = one.create(new RandomStream('wrong'));

  it.each<[string, () => void, RegExp]>([
    [
      'an unknown choice',
      () => item.randomize((v) => v.op.is('addd' as Op)),
      /'addd' is no value of op: add \| sub \| mul \| div \(did you mean 'add'\?\)/,
    ],
    ['a fraction', () => item.randomize((v) => v.x.is(0.5)), /over integers, got 0\.5/],
    ['a range upside down', () => item.randomize((v) => v.x.inside([5, 3])), /got \[5, 3\]/],
    [
      'a negative weight',
      () => item.randomize((v) => v.x.dist({ 1: -1 })),
      /integer from 0, got -1/,
    ],
    ['weights of 0', () => item.randomize((v) => v.x.dist({ 1: 0 })), /a weight above 0/],
    [
      'a dist in a negation',
      () => item.randomize((v) => v.x.dist({ 1: 1 }).not()),
      /dist stands in a negation/,
    ],
    ['bits beyond', () => item.randomize((v) => v.x.bits(64, 1).is(0)), /bits\(64, 1\)/],
    [
      'a mix as domain',
      () => rand(One, { x: mix([1, span(0, 1)], [1, span(2, 3)]) }),
      /One\.x has a mix\(\)/,
    ],
    ['66 bits', () => uint(66), /uint\(\) takes 1\.\.53 bits, got 66/],
    ['an empty span', () => span(3, 2), /got \[3, 2\]/],
    ['the same choice twice', () => oneOf('a', 'a'), /lists a value twice/],
  ])('%s', (_, call, message) => {
    expect(thrown(call).message).toMatch(message);
  });
});

describe('domains', () => {
  it('code and decode their values', () => {
    const choice = oneOf('x', true, 3);
    expect([choice.toNumber(true), choice.fromNumber(2), choice.isUint32]).toEqual([1, 3, true]);
    const numbers = oneOf(4, 8, 64);
    expect([numbers.kind, numbers.toNumber(8), numbers.describe()]).toEqual([
      'integer',
      8,
      '4, 8, 64',
    ]);
    expect([uint(32).isUint32, uint(33).isUint32, int(8).isUint32]).toEqual([true, false, false]);
    expect(() => numbers.toNumber(5 as 4)).toThrow(/5 is not in 4, 8, 64/);
    expect(flag().fromNumber(1)).toBe(true);
  });

  it('mix by weight', () => {
    const stream = new RandomStream('mix');
    const domain = mix([3, span(0, 9)], [1, span(100, 109)]);
    const draws = Array.from({ length: 4000 }, () => domain.draw(stream));
    const small = draws.filter((value) => value < 10).length;
    expect(Math.abs(small - 3000)).toBeLessThan(120);
    expect([domain.contains(105), domain.contains(50)]).toEqual([true, false]);
  });
});
