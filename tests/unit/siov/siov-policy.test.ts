// Policies: SRD's is the default, changes are laid over it, and what makes no sense is refused with a hint.
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { pfConfigFields } from '#siov/config-space-table';
import { definePolicy, SRD_POLICY } from '#siov/siov-policy';
import { defaultParams } from '#siov/srd-params';
import { checkWorkFormat } from '#siov/work-format';
import { srdWorkFormat } from '#siov/srd-work-descriptor';

function refusal(make: () => unknown): UsageError {
  try {
    make();
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error('a UsageError was expected');
}

describe('definePolicy', () => {
  it('without changes is SRD', () => {
    expect(definePolicy({})).toEqual(SRD_POLICY);
  });

  it('lays changes over another policy, field by field', () => {
    const base = definePolicy({ pages: { bytes: 8192 }, errors: { messages: 'owner' } });
    const policy = definePolicy({ pages: { completer: 'owner' } }, base);
    expect(policy.pages).toEqual({ ...SRD_POLICY.pages, bytes: 8192, completer: 'owner' });
    expect(policy.errors.messages).toBe('owner');
    expect(policy.timing).toEqual(SRD_POLICY.timing);
  });

  const bad: readonly (readonly [what: string, changes: object, message: string])[] = [
    ['an unknown group', { page: {} }, "no group 'page'"],
    ['an unknown field', { pages: { size: 4096 } }, "'pages.size': there is no such field"],
    [
      'an unknown word',
      { interrupts: { requester: 'vf' } },
      "'interrupts.requester': expected sdi or pf",
    ],
    [
      'a page that is too small',
      { pages: { bytes: 2048 } },
      "'pages.bytes': expected a whole number 4096",
    ],
    [
      'a page of no power of two',
      { pages: { bytes: 12_288 } },
      'expected a power of two, got 12288',
    ],
    ['no way to a RID', { rids: { modes: [] } }, "'rids.modes'"],
    ['a way to a RID twice', { rids: { modes: ['strided', 'strided'] } }, "'rids.modes'"],
    [
      'one bit for two things',
      { capability: { softwareRidsBit: 0 } },
      'bit 0 is mixedIovBit already',
    ],
    ['a bit beyond the DW', { capability: { mixedIovBit: 32 } }, 'expected a whole number -1..31'],
    ['a negative time', { timing: { momentNs: -1 } }, "'timing.momentNs'"],
    [
      'a negative share of a bound',
      { timing: { progress: { ...SRD_POLICY.timing.progress, perByteNs: -1 } } },
      "'timing.progress.perByteNs'",
    ],
    [
      'tags that are used again while their completions may come',
      { sdiReset: { abortedTags: 'reusable' } },
      'a late completion would serve a new request',
    ],
    [
      'a drain without time for it',
      { sdiReset: { outstanding: 'drained', boundTimeouts: 0 } },
      "'sdiReset.boundTimeouts': expected at least 1",
    ],
  ];

  it.each(bad)('refuses %s', (_what, changes, message) => {
    const error = refusal(() => definePolicy(changes));
    expect(error.code).toBe('bad-policy');
    expect(error.message).toContain(message);
    expect(error.hint ?? '').not.toBe('');
  });

  it.each([
    [{ pages: { bytes: 5 } }, 'it is bytes: a power of two from 4 KiB to 2 MiB'],
    [{ capability: { version: 16 } }, 'it is the version in the header of the capability, 4 bits'],
    [{ capability: { mixedIovBit: 32 } }, 'it is a bit of SIOV Capabilities, 0..31; -1:'],
    [{ capability: { softwareRidsBit: -2 } }, 'it is a bit of SIOV Capabilities, 0..31; -1:'],
    [{ requests: { outstandingMax: 0 } }, 'it is a number of requests of the whole device'],
    [{ sdiReset: { boundTimeouts: -1 } }, 'it is a number of completion timeouts of the device'],
    [{ sdiReset: { boundNs: Number.NaN } }, 'it is nanoseconds of simulated time'],
    [{ functions: { flrBoundNs: 0 } }, 'it is nanoseconds of simulated time'],
    [{ timing: { momentNs: 0 } }, 'it is nanoseconds of simulated time'],
    [{ timing: { answerNs: 0 } }, 'it is nanoseconds of simulated time'],
    [
      { timing: { progress: { ...SRD_POLICY.timing.progress, timeouts: -1 } } },
      'it is a number of completion timeouts of the device',
    ],
    [
      { timing: { progress: { ...SRD_POLICY.timing.progress, perByteNs: 0.5 } } },
      'it is nanoseconds of simulated time for each byte',
    ],
  ])('says of %j what is counted', (changes, unit) => {
    expect(refusal(() => definePolicy(changes)).hint).toContain(unit);
  });

  it.each([
    [undefined, 'a policy is an object of groups, not undefined'],
    [null, 'a policy is an object of groups, not null'],
    [[], 'a policy is an object of groups, not []'],
    [{ pages: 4096 }, "policy group 'pages': expected an object of fields, got 4096"],
    [{ pages: 'pf' }, 'policy group \'pages\': expected an object of fields, got "pf"'],
    [{ interupts: {} }, "a policy has no group 'interupts' (did you mean 'interrupts'?)"],
    [{ rids: { modes: 'strided' } }, "expected a list of 'strided', 'software' or both"],
    [{ interrupts: { requester: ['pf'] } }, "'interrupts.requester': expected sdi or pf"],
    [{ timing: { progress: 'x' } }, '\'timing.progress\': expected an object, got "x"'],
    [
      { timing: { progress: { ...SRD_POLICY.timing.progress, perWord: 1 } } },
      "'timing.progress.perWord': there is no such field",
    ],
    [
      { timing: { progress: { fixedNs: 1 } } },
      "'timing.progress.timeouts': expected a whole number 0..1000000000, got undefined",
    ],
  ])(
    'refuses %j with a sentence, as a configuration in JavaScript may give it',
    (changes, message) => {
      const error = refusal(() => definePolicy(changes as never));
      expect(error.code).toBe('bad-policy');
      expect(error.message).toContain(message);
      expect(error.hint ?? '').not.toBe('');
    },
  );

  it('takes a group that is left out as undefined', () => {
    expect(definePolicy({ pages: undefined } as never)).toEqual(SRD_POLICY);
  });

  it('takes each alternative', () => {
    const policy = definePolicy({
      rids: { modes: ['software'], onRenumbering: 'move' },
      sdiReset: { outstanding: 'drained', abortedTags: 'reusable' },
      requests: { ats: 'translated' },
      functions: { configToSdi: 'all-ones', d3hot: 'sdis-go-on' },
    });
    expect(policy.sdiReset.abortedTags).toBe('reusable');
  });
});

describe('the policy of SRD', () => {
  it('names the bits of SIOV Capabilities that its configuration space has', () => {
    const fields = pfConfigFields(defaultParams('standard'));
    const bitOf = (name: RegExp): number | undefined =>
      fields.find((one) => name.test(one.name))?.low;
    expect(bitOf(/Mixed_IOV/)).toBe(SRD_POLICY.capability.mixedIovBit);
    expect(bitOf(/[Ss]oftware-[Aa]ssigned RIDs/)).toBe(SRD_POLICY.capability.softwareRidsBit);
  });
});

describe('checkWorkFormat', () => {
  it.each([
    ['descriptorBytes', 48],
    ['descriptorBytes', 128],
    ['recordBytes', 2],
    ['ringEntriesMin', 3],
    ['ringEntriesMax', 1],
    ['lengthMax', 0],
  ])('refuses %s %i', (name, value) => {
    const error = refusal(() => checkWorkFormat({ ...srdWorkFormat(64), [name]: value }));
    expect(error.code).toBe('bad-work-format');
    expect(error.message).toContain(`${name}: expected`);
  });
});
