// Collects what was drawn for each run into columns. Source: `configuration-record`.
import { assert } from '#base/assert';
import type { ConfigurationColumn, ConfigurationRecord } from '#record/configuration-record';
import type { OverruledParameter } from '#record/regression-record';
import type { ParamRecord, ParamValue, RunRecord } from '#record/run-record';

export class ConfigurationSum {
  private readonly swarm = new ColumnSum();
  private readonly parameters = new ColumnSum();

  /** The runs of a regression one after the other, each once. */
  add({ swarm, device }: Pick<RunRecord, 'swarm' | 'device'>): void {
    this.swarm.add(swarm);
    this.parameters.add(device.parameters);
  }

  record(): ConfigurationRecord {
    return { swarm: this.swarm.columns(), parameters: this.parameters.columns() };
  }
}

/** Names in the order in which runs bring them; a run without a value has null. */
class ColumnSum {
  private readonly values = new Map<string, (ParamValue | null)[]>();
  private runCount = 0;

  add(row: ParamRecord): void {
    for (const [name, value] of Object.entries(row)) {
      let column = this.values.get(name);
      if (column === undefined) {
        column = new Array<null>(this.runCount).fill(null);
        this.values.set(name, column);
      }
      assert(column.length === this.runCount, 'a run has one value of a name');
      column.push(value);
    }
    this.runCount++;
    for (const column of this.values.values()) {
      if (column.length < this.runCount) column.push(null);
    }
  }

  columns(): ConfigurationColumn[] {
    return [...this.values].map(([name, values]) => ({ name, values: shortened(values) }));
  }
}

/** What all runs have is written once. */
function shortened(values: readonly (ParamValue | null)[]): readonly (ParamValue | null)[] {
  return values.every((value) => value === values[0]) ? values.slice(0, 1) : values;
}

/** What was asked for and runs have not had: a device goes on with its own values (DUT protocol, HELLO_OK). */
export function overruledParameters(
  asked: ParamRecord,
  { parameters }: ConfigurationRecord,
  runCount: number,
): OverruledParameter[] {
  const overruled: OverruledParameter[] = [];
  for (const { name, values } of parameters) {
    if (!Object.hasOwn(asked, name)) continue;
    // Null: a run that ended before its device had said anything.
    const others = values.filter((value) => value !== null && value !== asked[name]);
    if (others.length === 0) continue;
    const runs = values.length === 1 ? runCount : others.length;
    overruled.push({ name, asked: asked[name], had: [...new Set(others)] as ParamValue[], runs });
  }
  return overruled;
}
