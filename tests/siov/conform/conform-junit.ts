// The result of the conformance kit as JUnit, in the xunit2 dialect: a suite for each stage, a case for each step. Source:
// design, "JUnit"; semantics §9. No times: they are the machine's.
import { cleanText } from '#record/clean-text';
import { detailLines } from './conform-text.ts';
import type { ConformResult, StepResult } from './runner.ts';
import { STAGES, type StageName } from './step.ts';

export function junitText(result: ConformResult): string {
  const { steps } = result;
  const stages = STAGES.filter((stage) => steps.some((one) => one.stage === stage));
  const totals = attributes({
    tests: String(steps.length),
    failures: String(countOf(steps, 'wrong')),
    errors: String(countOf(steps, 'error')),
  });
  const suites = stages.flatMap((stage) => suiteLines(stage, result));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${totals}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines(stage: StageName, { device, info, steps }: ConformResult): string[] {
  const own = steps.filter((one) => one.stage === stage);
  const head = attributes({
    name: stage,
    tests: String(own.length),
    failures: String(countOf(own, 'wrong')),
    errors: String(countOf(own, 'error')),
    skipped: String(countOf(own, 'skip')),
  });
  const properties = Object.entries({
    device,
    name: info === undefined ? '' : `${info.name} ${info.version}`,
  }).map(([name, value]) => `      <property${attributes({ name, value })}/>`);
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...own.flatMap(caseLines),
    '  </testsuite>',
  ];
}

function caseLines(result: StepResult): string[] {
  const { id, stage, outcome, evidence, error, reason } = result;
  const head = `    <testcase${attributes({ name: id, classname: `conform.${stage}` })}`;
  const text = escaped(`${result.title}\n${detailLines(result).join('\n')}`);
  if (outcome === 'wrong' && evidence !== undefined) {
    const about = attributes({
      message: `expected ${evidence.expected}; came back ${evidence.seen}`,
      type: evidence.paragraph.where,
    });
    return [`${head}>`, `      <failure${about}>${text}</failure>`, '    </testcase>'];
  }
  if (outcome === 'error' && error !== undefined) {
    const about = attributes({ message: error.message, type: error.code });
    return [`${head}>`, `      <error${about}>${text}</error>`, '    </testcase>'];
  }
  if (outcome === 'skip') {
    return [`${head}>`, `      <skipped${attributes({ message: reason })}/>`, '    </testcase>'];
  }
  return [`${head}/>`];
}

function countOf(steps: readonly StepResult[], outcome: StepResult['outcome']): number {
  return steps.filter((one) => one.outcome === outcome).length;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replaceAll('\n', '&#10;')}"`)
    .join('');
}

function escaped(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
