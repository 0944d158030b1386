// Agent: driver, sequencer and monitor for one interface; active or passive by configuration.
// Source: design decision 11.
import { Component } from './component.ts';
import { configKey } from './config-db.ts';
import type { ChildClass } from './children.ts';
import { Driver } from './driver.ts';
import { PushDriver, PushSequencer } from './push-driver.ts';
import { Sequencer } from './sequencer.ts';

/** Whether an agent drives (default) or only observes. */
export const isActiveAgent = configKey<boolean>('is-active');

/** An active agent connects its driver to its sequencer; a passive one builds neither. */
export abstract class Agent extends Component {
  /** Whether it drives, by the configuration `isActiveAgent`; default true. */
  get isActive(): boolean {
    return this.config.tryGet(isActiveAgent) ?? true;
  }

  protected override wantsChild(_name: string, childClass: ChildClass): boolean {
    return this.isActive || !ACTIVE_PARTS.some((part) => isOrExtends(childClass, part));
  }

  protected override childrenBuilt(): void {
    const parts = this.childComponents;
    const driver = parts.find((child) => child instanceof Driver);
    const pushDriver = parts.find((child) => child instanceof PushDriver);
    const sequencer = parts.find((child) => child instanceof Sequencer);
    if (sequencer instanceof PushSequencer) {
      if (pushDriver !== undefined) sequencer.connectDriver(pushDriver);
    } else if (sequencer !== undefined) driver?.connectSequencer(sequencer);
  }
}

/** What a passive agent leaves out. */
const ACTIVE_PARTS = [Driver, PushDriver, Sequencer] as const;

function isOrExtends(
  childClass: ChildClass,
  base: abstract new (...args: never[]) => object,
): boolean {
  return childClass === base || childClass.prototype instanceof base;
}
