// Entry of a worker process: turns the compile cache on, then loads the rest. Source: dependencies, "Workers" (loading
// with the cache takes a quarter of the time).
import module from 'node:module';

module.enableCompileCache();
await import('./worker-main.ts');
