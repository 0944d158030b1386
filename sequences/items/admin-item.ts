// One action of the hypervisor: an admin command on an SDI, or an action on VFs and functions (SRD §5, §8).
import type { SdiAssignment } from '#siov/host-event';
import { flag, uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import { SequenceItem } from '#uvm/sequence-item';

export const ADMIN_ACTIONS = [
  'create',
  'enable',
  'quiesce',
  'reset',
  'reconfigure',
  'destroy',
  'query',
  'enableVfs',
  'disableVfs',
  'resetVf',
  'pauseBusMaster',
  'quiesceInPause',
  'pauseVf',
  'resetPf',
  'hotReset',
  'coldReset',
  'renumber',
  'closePower',
  'closeMemory',
  'closeVfMemory',
] as const;
export type AdminAction = (typeof ADMIN_ACTIONS)[number];

export class AdminItem extends SequenceItem {
  action: AdminAction = 'query';
  /** SDI index, VF number, number of VFs, or bus number after a reset (0: the same). */
  subject = 0;
  /** For create and reconfigure. */
  assignment: SdiAssignment | undefined = undefined;
  /** New owner, for create; -1: none. */
  tenant = -1;
  /** The command is expected to be refused: nothing is taken from anybody. */
  isAttempt = false;
  /** How long Bus Master Enable stays 0, or power or memory space off, picoseconds. */
  pausePs = 0;
  /** Variations of the accesses: 2-DW writes, and bits that the device must ignore. */
  wide = false;
  noise = 0;

  /** Set by the driver: status of the command, 0 = OK; -1: it never ended. VF actions: 0 accepted, 1 refused. */
  status = -1;
}

export const adminItem = rand(AdminItem, { wide: flag(), noise: uint(32) });
