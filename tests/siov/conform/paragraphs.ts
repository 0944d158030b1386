// The paragraphs of the two pages that bind a device, by name: where each stands, and what it says in one sentence. Every
// finding of the conformance kit names one. Source: DUT protocol; SRD §1 to §9.

/** Where a demand is written, and what it is. */
export interface Paragraph {
  /** `dut-protocol.md, STEP`; `srd.md §5, CREATE_SDI`. */
  readonly where: string;
  readonly says: string;
}

const dut = (where: string, says: string): Paragraph => ({
  where: `dut-protocol.md, ${where}`,
  says,
});
const srd = (where: string, says: string): Paragraph => ({ where: `srd.md §${where}`, says });

/** The DUT protocol. */
export const DUT = {
  FRAME: dut(
    'Transport',
    'A frame is u32 length of what follows, u8 type, payload; little-endian; up to 16 MiB.',
  ),
  TOO_LONG: dut('Transport', 'A length above 16 MiB is a protocol error.'),
  LOG: dut('Transport, LOG', 'LOG: a level of 0..3 and UTF-8; it may come before any reply.'),
  FATAL: dut('Transport, FATAL', 'FATAL: UTF-8; the device gives up, and closes the stream.'),
  BYE: dut('Transport, BYE', 'BYE: the device answers 0x84 (empty) and ends with exit status 0.'),
  TRACE: dut('Transport, TRACE', 'TRACE is answered 0x85 with one byte: 1 if supported, else 0.'),
  RESET_OK: dut('Transport, RESET', 'RESET is answered by RESET_OK, which is empty.'),
  STEP_OK: dut(
    'Transport, STEP_OK',
    'STEP is answered by STEP_OK: u64 now, u64 next, u32 n, and n times u64 time, u32 length, TLP bytes.',
  ),
  STEP_REQUEST: dut(
    'Transport, STEP',
    'STEP holds u64 until, u32 n, and n times u64 time, u32 length, TLP bytes; what a device cannot accept it answers with FATAL.',
  ),
  RESET_KIND: dut('Transport, RESET', 'RESET holds u8 kind: 0 cold, 1 hot.'),
  HELLO_OK: dut(
    'Transport, HELLO_OK',
    'HELLO is answered by HELLO_OK: u16 major, u16 minor, JSON {name, version, params, features}.',
  ),
  VERSION: dut(
    'HELLO',
    'A device that does not know the major version answers FATAL; of two minor versions the lower rules.',
  ),
  HELLO_ONCE: dut('HELLO', 'HELLO comes first and once.'),
  EFFECTIVE: dut(
    'HELLO',
    'HELLO_OK params holds the effective value of every name of srd.md §1; legal values that a device cannot take it replaces by its own.',
  ),
  CONFIGURED: dut(
    'HELLO',
    'HELLO_OK params holds the effective values; for a device with parameters of its own the configuration says which are right.',
  ),
  BAD_PARAMETER: dut('HELLO', 'FATAL is for unknown names and values out of range.'),
  STALL: dut(
    'STEP, stall',
    'HELLO may carry stall 0..900; devices without such an interface ignore it.',
  ),
  TIME: dut(
    'HELLO, time',
    'Time is u64 picoseconds up to 2^53 - 1, starts at 0 at HELLO and never goes back.',
  ),
  SENT: dut(
    'STEP',
    'The device answers with every TLP that it has sent in (now, until], in order, with the time at which it left.',
  ),
  NOW: dut('STEP', 'now in the answer equals until.'),
  NEXT: dut(
    'STEP, next',
    'next is later than now: a lower bound of the time of the next internal event, or 2^64 - 1 if nothing will happen before a TLP arrives.',
  ),
  IDLE: dut(
    'STEP, next',
    'In a STEP without TLPs that is longer than the look-ahead the device stops at its first TLP: now is its time, all TLPs of that very time included.',
  ),
  RESET: dut(
    'STEP, RESET',
    'RESET takes no time; every TLP that is under way in either direction is lost.',
  ),
  REFUSE: dut(
    'STEP, frames it cannot accept',
    'FATAL answers an unknown type, a second HELLO, until not after now, TLPs in a step longer than L, a TLP time not in (now, until] or going back.',
  ),
  STREAM_END: dut(
    'STEP, frames it cannot accept',
    'If the stream ends without BYE the device just ends.',
  ),
  CUTS: dut(
    'first paragraph',
    'What the device does depends on the TLPs, their times, HELLO and RESET alone, never on how time is cut into STEPs.',
  ),
  TLP_BYTES: dut(
    'TLP bytes',
    'Non-Flit TLPs: PASID prefix, header with Fmt and Type first, payload; TD is 0.',
  ),
} as const satisfies Record<string, Paragraph>;

/** The device's programmer's model. */
export const SRD = {
  PARAMETERS: srd('1', 'Names, ranges and defaults of the parameters.'),
  CAPTURE: srd(
    '2, Routing IDs',
    'The bus number is captured from every Type 0 Configuration Write that is completed with SC; until then bus 0. PF RID = bus << 8.',
  ),
  COMPLETER: srd(
    '2, Completer ID',
    'The Completer ID is the RID of the PF, for a VF’s configuration space and page that of the VF.',
  ),
  SDI_RID: srd(
    '2, Routing IDs',
    'SDI i strided: PF RID + firstSdiOffset + i × sdiStride, modulo 2^16; else the RID that software gave.',
  ),
  VF_RID: srd('2, Routing IDs', 'VF n: PF RID + firstVfOffset + (n-1) × vfStride, modulo 2^16.'),
  OWN_RID: srd(
    '2, Routing IDs',
    'A request that belongs to an SDI’s work carries that SDI’s RID as Requester ID; no other request carries it.',
  ),
  INVISIBLE: srd(
    '2, Configuration Requests',
    'A Configuration Request to a RID that is neither the PF nor an enabled VF is completed with UR, and sets no error bit.',
  ),
  CONFIG_TYPE1: srd(
    '2, Configuration Requests',
    'A Type 1 request reaches only an enabled VF on a bus other than the captured one; every other gets UR.',
  ),
  CONFIG_SPACE: srd(
    '3',
    'The configuration space of the PF; the fields marked checked in config-space.json are binding.',
  ),
  LISTS: srd('3', 'The offsets and the order of both capability lists.'),
  SIOV_CAPABILITY: srd(
    '3, SIOV extended capability',
    'ID 0x0038, version 1, last in the list; its fields tell the parameters.',
  ),
  SIOV_STATUS: srd(
    '3, SIOV extended capability',
    'SIOV Status bit 0 = at least one SDI is ENABLED, QUIESCING or RESETTING.',
  ),
  BARS: srd(
    '3',
    'BAR0 64-bit, 2 MiB; BAR2 64-bit, prefetchable, pageCount × 4 KiB rounded up to a power of two; BAR4 64-bit, 4 KiB.',
  ),
  NO_MESSAGES: srd(
    '3',
    'The device sends no Messages; Messages sent to it are dropped without effect or error bit.',
  ),
  POWER: srd(
    '3, Power Management',
    'In D3hot the PF acts as if Memory Space Enable and Bus Master Enable were 0; D3hot to D0 keeps state.',
  ),
  TAGS: srd(
    '3, tags',
    'Extended Tag Enable resets to 0 (5-bit tags); with 10-bit tags on, tags 0..255 are not used.',
  ),
  RELAXED_ENABLE: srd(
    '3',
    'Enable Relaxed Ordering 0: the attribute is never set. No Snoop is never set.',
  ),
  PF_REGISTERS: srd('4', 'The registers of the PF in BAR0.'),
  RESERVED: {
    where: 'srd.md, first paragraphs',
    says: 'A reserved register or bit reads 0 and ignores writes.',
  },
  STATUS: srd('4, STATUS', 'STATUS: bit 0 ready; 31:16 the number of SDIs ENABLED.'),
  ERRORS: srd(
    '4, ERRORS',
    'ERRORS, RW1C: unassigned page, unexpected completion, completion timeout, malformed TLP, unsupported request, poisoned TLP.',
  ),
  LATE: srd(
    '4, LATE_COMPLETIONS',
    'Counts completion TLPs dropped because a reset had aborted their request.',
  ),
  ARGUMENTS: srd(
    '4, ARG0..ARG5',
    'The admin arguments are RW, and sampled when COMMAND is written.',
  ),
  RESULTS: srd('4, RESULT0..RESULT3', 'Admin results, RO; 0 where a command has none or failed.'),
  COMMAND_STATUS: srd(
    '4, COMMAND_STATUS',
    'bit 0 busy; status and sequence number of the last command that ended.',
  ),
  COMMAND_TIME: srd(
    '4',
    'Every command but QUIESCE_SDI and RESET_SDI ends within 10 µs; RESET_SDI within 2 × completionTimeoutNs + 10 µs.',
  ),
  COMMAND_MESSAGE: srd(
    '4',
    'When a command ends and MSI-X is enabled the PF sends its message (Requester ID = PF), or sets its pending bit while it is masked.',
  ),
  IMS: srd(
    '4, IMS entry k',
    '+0 address low, +4 address high, +8 data, +12 control: bit 0 mask (reset 1), bit 1 pending (RO).',
  ),
  MSIX: srd('3', 'BAR4 holds the PF’s MSI-X table (1 entry at 0x000) and PBA (at 0x800).'),
  ACCESS: srd(
    '4, Access rules',
    '1 or 2 DW, naturally aligned, with any byte enables, are served; a longer or unaligned read gets CA, such a write is dropped.',
  ),
  ZERO_LENGTH: srd(
    '4, Access rules',
    'Zero-length reads return one DW of unspecified data, without side effects.',
  ),
  MOMENTS: srd(
    '4, Moments',
    'TLPs take effect in order of arrival; a write that governs requests rules those that leave 1 µs later; errors show within 1 µs.',
  ),
  PROGRESS_READ: srd('4, Progress', 'A non-posted request of the host is completed within 20 µs.'),
  PROGRESS_WORK: srd(
    '4, Progress',
    'N descriptors with B bytes end within 2 × completionTimeoutNs + 50 µs + N × 20 µs + B × 100 ns.',
  ),
  CREATE: srd(
    '5, CREATE_SDI',
    'From FREE to CREATED, with the RID, pages and entries asked for; all state at its reset value.',
  ),
  DESTROY: srd(
    '5, DESTROY_SDI',
    'From CREATED to FREE; registers and scratch of the pages and the entries are cleared to their reset values.',
  ),
  ENABLE: srd('5, ENABLE_SDI', 'From CREATED to ENABLED.'),
  QUIESCE: srd(
    '5, QUIESCE_SDI',
    'From ENABLED to CREATED when the work has drained, with all register state kept.',
  ),
  RESET_SDI: srd(
    '5, RESET_SDI',
    'From CREATED or ENABLED to CREATED: restore, or reconfigure with ARG0[17].',
  ),
  QUERY: srd(
    '5, QUERY_SDI',
    'RESULT0 state, RESULT1 RID (0 when FREE), RESULT2 requests outstanding, RESULT3 LIFETIME_OPS.',
  ),
  STATUS_CODES: srd(
    '5, Status codes',
    'Checks are made in the order opcode, index, state, mixed IOV, RID, pages, IMS; a command that fails changes nothing.',
  ),
  LIFETIME: srd(
    '5, Un-architected',
    'LIFETIME_OPS counts ended descriptors; it survives SDI reset, DESTROY_SDI and CREATE_SDI.',
  ),
  RESET_ABORT: srd(
    '6, point 2',
    'A descriptor ends as a whole or is aborted; late completions of aborted requests are dropped, counted in LATE_COMPLETIONS, and no error.',
  ),
  RESET_STATE: srd(
    '6, point 3',
    'Work state goes to its reset value; restore keeps RID, pages, entries and their addresses and data; reconfigure takes the new ones.',
  ),
  RESET_KEEPS: srd('6, point 4', 'Un-architected state is kept.'),
  RESET_END: srd(
    '6, point 5',
    'After the end no memory request with the old RID follows until it is ENABLED again and rung.',
  ),
  RESET_OTHERS: srd('6, point 6', 'Nothing of any other SDI, VF or the PF changes.'),
  PAGES: srd(
    '7, Work pages',
    'Every page has 64 bytes of scratch at 0x100; an access to a page of nobody: a read gets UR, a write is dropped, ERRORS bits 0 and 4.',
  ),
  CONTROL_PAGE: srd(
    '7, control page',
    'The registers of the control page, their access and reset values.',
  ),
  QUEUE: srd(
    '7, queue',
    'A queue runs while the SDI is ENABLED, CTRL bit 0 is 1 and it is not halted.',
  ),
  FAIR: srd(
    '7, queue',
    'Queues share the engines fairly: between the time a queue is ready and its fetch at most Q + E descriptors of others are fetched.',
  ),
  RESETTING: srd(
    '6, point 7',
    'While RESETTING, reads of the pages return all ones, and writes to them are dropped.',
  ),
  HALT: srd(
    '7, queue',
    'The queue halts with BAD_RING when RING_SIZE is not allowed or TAIL - HEAD exceeds it, with the status of the fetch when that fails.',
  ),
  DESCRIPTOR: srd(
    '7, descriptor',
    'Descriptor n is the 64 bytes at RING_BASE + 64 × (n mod RING_SIZE), fetched by memory reads, once.',
  ),
  OPCODES: srd(
    '7, opcodes',
    'What each opcode does: NOP, COPY, FILL, CRC32, FETCH_ADD, SWAP, CAS.',
  ),
  REQUESTS: srd(
    '7, requests',
    'Requests obey Max_Payload_Size and Max_Read_Request_Size, never cross 4 KiB, use the 3DW header below 4 GiB, and cover exactly the bytes asked for.',
  ),
  REQUEST_FIELDS: srd(
    '7, requests',
    'Requests have TC 0, AT 0, and TH, LN, IDO, TD, EP 0; Relaxed Ordering only on data writes with DW0 bit 10.',
  ),
  PASID: srd(
    '7, PASID',
    'With bit 31 of PASID and PASID Enable, the requests of the SDI carry the prefix; interrupts and others do not.',
  ),
  ONCE: srd(
    '7, requests',
    'Each source byte is read once and each destination byte written once per descriptor, in ascending order; nothing else is touched.',
  ),
  OUTSTANDING: srd(
    '7, requests',
    'At most 64 non-posted requests are outstanding, and a (Requester ID, tag) pair is never reused while outstanding.',
  ),
  RECORD: srd(
    '7, completion record',
    'The record: status, phase, n, bytes transferred, result; one memory write after all data writes.',
  ),
  INTERRUPT: srd(
    '7, interrupt',
    'After the record, a 1-DW write of the entry’s data to its address, with the SDI’s RID and no PASID.',
  ),
  MASKED: srd(
    '7, interrupt',
    'A masked entry sets pending instead, and sends once when it is unmasked.',
  ),
  WORK_STATUS: srd(
    '7, status',
    'The status codes of a descriptor, and the order in which refusals are checked.',
  ),
  TIMEOUT: srd(
    '7, completion timeout',
    'The completion timeout strikes between 1 × and 2 × completionTimeoutNs after a request left.',
  ),
  BUS_MASTER: srd(
    '7, Bus Master Enable',
    'With Bus Master Enable 0 no new memory request starts; the last leaves within 1 µs of the completion of the write.',
  ),
  MEMORY_SPACE: srd('7, Memory Space Enable', 'Memory Space Enable = 0: BAR accesses get UR.'),
  VF: srd(
    '8',
    'VF n has a configuration space with IDs 0xFFFF, and one page at VF BAR0 + (n-1) × 4 KiB.',
  ),
  VF_ENABLE: srd(
    '8, VF Enable',
    'Setting VF Enable fails when NumVFs is 0 or above TotalVFs, when a RID would collide, or when mixedIov is false and an SDI is not FREE.',
  ),
  VF_FLR: srd(
    '8, VF FLR',
    'VF FLR is a reset with restore for that VF; its configuration space goes to reset values; it ends within 100 µs.',
  ),
  RESET_COLD: srd(
    '9, resets',
    'Cold or hot reset: everything to power-up values, AER and LIFETIME_OPS too; all TLPs under way are lost.',
  ),
  PF_FLR: srd(
    '9, PF FLR',
    'PF FLR: configuration space, BAR0 state and BAR4 to reset values but sticky bits, Max_Payload_Size and the bus; all SDIs FREE; within 100 µs.',
  ),
  MALFORMED: srd('9, Malformed', 'Malformed TLPs are dropped: AER Malformed TLP, ERRORS bit 3.'),
  UNSUPPORTED: srd(
    '9, Unsupported',
    'Unsupported requests: non-posted get UR, posted are dropped; AER Unsupported Request, ERRORS bit 4.',
  ),
  POISON: srd(
    '9, poison',
    'A poisoned write is dropped (a poisoned Configuration Write gets UR): AER Poisoned TLP Received, ERRORS bit 5.',
  ),
  UNEXPECTED: srd(
    '9, completions',
    'A completion that matches no outstanding request is dropped: AER Unexpected Completion, ERRORS bit 1.',
  ),
  TIMEOUT_LOGGED: srd(
    '9, completions',
    'A completion timeout: AER Completion Timeout, ERRORS bit 2.',
  ),
  COMPLETION: srd(
    '9',
    'Every non-posted request gets its completion: Requester ID, tag, TC and attributes of the request, Byte Count and Lower Address as in PCIe.',
  ),
} as const satisfies Record<string, Paragraph>;
