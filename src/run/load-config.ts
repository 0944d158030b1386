// Imports a configuration file and looks at what it exports. Source: design, rooms (`ridgeline.config.ts`).
import { UsageError } from '#base/assert';
import type { RidgelineConfig } from './config.ts';

/**
 * @param url file URL of the configuration.
 * @throws UsageError `bad-config` when its default export is no configuration; and whatever the file throws.
 */
export async function loadConfig(url: string): Promise<RidgelineConfig> {
  const loaded = (await import(url)) as { readonly default?: unknown };
  const config = loaded.default;
  if (typeof config !== 'object' || config === null || !('tests' in config)) {
    throw new UsageError('bad-config', `${url} has no configuration as its default export`, {
      hint: 'Write `export default defineConfig({ tests: …, devices: … })` in it.',
    });
  }
  return config as RidgelineConfig;
}
