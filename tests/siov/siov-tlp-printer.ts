// How TLPs stand in a failure: one line each, and the Routing ID that each is about.
import { decodeTlp, isMalformed, printTlp } from '#pcie/codec';
import { printRid } from '#pcie/routing-id';
import type { TlpPrinter } from '#run/config';

/** Prints TLPs of SIOV devices in failures and windows. */
export const siovTlpPrinter: TlpPrinter = {
  print(bytes) {
    const tlp = decodeTlp(bytes);
    return isMalformed(tlp) ? `malformed: ${tlp.malformed}` : printTlp(tlp);
  },

  routingId(bytes) {
    const tlp = decodeTlp(bytes);
    return isMalformed(tlp) ? undefined : printRid(tlp.requesterId);
  },
};
