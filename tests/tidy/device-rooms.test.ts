// What is SRD's own stays with SRD: its registers, descriptors and parameters are known to its driver, its scoreboards, its register
// models, its coverage and the device, and to nobody else (design decisions 3 and 14). Whoever connects another device finds no
// trace of SRD on his way.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Modules that describe SRD: by name, and tables of its configuration space. */
const SRD_MODULE = /srd-|\/srd\/|config-space-table|(?:pf|vf)-config-rows/;
/** Who may import them; everything else is for any device. */
const SRD_ROOMS = [
  /^src\/siov\/(?:srd-|config-space-table|pf-config-rows|vf-config-rows)/,
  /^src\/device\//,
  /^env\/srd-/,
  /^env\/registers\//,
  /^scoreboards\/srd\//,
  /^coverage\/srd\//,
  // Tests and commands of the configuration that has SRD as its device; Nimbus beside them may not.
  /^tests\/siov\/(?!nimbus\/)/,
];
/** One list names the rules of all families; coverage has one covergroup for SRD's registers, filled for SRD alone. */
const LISTS = [
  'scoreboards/all-rules.ts',
  'coverage/siov-coverage.ts',
  'env/device-kit.ts',
  'env/siov-env.ts',
];
const LISTED =
  /srd\/(?:srd-rules|register-rules|register-access-coverage|register-sampler)|registers\/srd-registers/;

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((path) => /^(?:src|env|sequences|scoreboards|coverage|tests\/siov)\//.test(path));

/** Imported modules that describe SRD. */
function srdImports(path: string, text = readFileSync(path, 'utf8')): string[] {
  const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, module]) => module);
  const isList = LISTS.includes(path);
  return imports.filter((module) => SRD_MODULE.test(module) && !(isList && LISTED.test(module)));
}

function isSrdRoom(path: string): boolean {
  return SRD_ROOMS.some((room) => room.test(path));
}

describe("what is SRD's own", () => {
  const general = files.filter((path) => !isSrdRoom(path));

  it('is imported by its own rooms alone', () => {
    expect(general.length).toBeGreaterThan(250);
    const breaches = general.flatMap((path) =>
      srdImports(path).map((module) => `${path}: ${module}`),
    );
    // The register test is SRD's, and knows its models by type.
    expect(breaches).toEqual([
      'sequences/config/register-test-operations.ts: #env/registers/srd-registers',
    ]);
  });

  it('is found where it is imported', () => {
    expect(files.filter(isSrdRoom).some((path) => srdImports(path).length > 0)).toBe(true);
    const planted = "import { PfRegister } from '#siov/srd-registers';";
    expect(srdImports('scoreboards/rid-isolation.ts', planted)).toEqual(['#siov/srd-registers']);
    expect(srdImports('scoreboards/all-rules.ts', planted)).toEqual(['#siov/srd-registers']);
  });

  it('is read by no driver of another device: the interface and what it names are enough', () => {
    const allowed =
      /^#(?:base|random|kernel|pcie|dut|run|uvm)\/|^#siov\/|^#scoreboards\/|^#env\/(?:device-driver|device-kit|host-address-map)$|^\.\.?\//;
    const own = files.filter((path) => path.startsWith('tests/siov/nimbus/'));
    expect(own.length).toBeGreaterThan(8);
    for (const path of own) {
      const imports = [...readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)].map(
        ([, one]) => one,
      );
      expect([path, imports.filter((one) => !allowed.test(one))]).toEqual([path, []]);
    }
  });
});
