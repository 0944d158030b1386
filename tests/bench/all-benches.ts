// Every benchmark, in the order of the table. W1 is the sequencer's, W2 the solver's, W3 coverage, W4 the TLP codec, W5 the
// merge of coverage databases;
// what is measured end to end (checked TLPs, runs, memory) stands last.
import type { Bench } from './bench.ts';
import { checkedTlps } from './checked-tlps.ts';
import { dutTlps } from './dut-tlps.ts';
import { digestBench } from './digest.ts';
import { w1Bench } from './w1-sequencer.ts';
import { memoryBench } from './memory.ts';
import { runsPerSecond } from './runs-per-second.ts';
import { solverBench } from './w2-solver.ts';
import { coverageBench } from './w3-coverage.ts';
import { codecBench } from './w4-codec.ts';
import { mergeBench } from './w5-merge.ts';

export const ALL_BENCHES: readonly Bench[] = [
  w1Bench,
  solverBench,
  coverageBench,
  codecBench,
  mergeBench,
  digestBench,
  checkedTlps,
  dutTlps,
  runsPerSecond,
  memoryBench,
];
