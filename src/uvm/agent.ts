// Agent: driver, sequencer and monitor for one interface; active or passive by configuration.
// Source: design decision 11.
import { Component } from './component.ts';
import { configKey } from './config-db.ts';
import type { ChildClass } from './children.ts';
import { Driver } from './driver.ts';
import { Sequencer } from './sequencer.ts';

/** Whether an agent drives (default) or only observes. */
export const isActiveAgent = configKey<boolean>('is-active');

/** An active agent connects its driver to its sequencer; a passive one builds neither. */
export abstract class Agent extends Component {
  get isActive(): boolean {
    return this.config.tryGet(isActiveAgent) ?? true;
  }

  protected override wantsChild(_name: string, childClass: ChildClass): boolean {
    const { prototype } = childClass;
    const isActivePart = prototype instanceof Driver || isOrExtends(childClass, Sequencer);
    return this.isActive || !isActivePart;
  }

  protected override childrenBuilt(): void {
    const driver = this.childComponents.find((child) => child instanceof Driver);
    const sequencer = this.childComponents.find((child) => child instanceof Sequencer);
    if (driver !== undefined && sequencer !== undefined) driver.connectSequencer(sequencer);
  }
}

function isOrExtends(childClass: ChildClass, base: object): boolean {
  return childClass === base || childClass.prototype instanceof Sequencer;
}
