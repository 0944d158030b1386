// A fresh device that has been greeted as the command line asks. Source: DUT protocol, HELLO.
import type { Session } from '../session.ts';
import type { StepKit } from '../step.ts';

export async function greeted(kit: StepKit): Promise<Session> {
  const session = await kit.open();
  await session.hello(kit.greeting);
  return session;
}
