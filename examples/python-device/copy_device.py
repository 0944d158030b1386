"""A small, complete PCIe device on ridgeline_dut: one function, one BAR, one doorbell. A driver writes where to copy from
and to, and rings; the device reads host memory, writes what it has read elsewhere, and sends a message (a memory write,
as MSI does). What each register does is in ../c-device/README.md; the device there does the same, TLP for TLP.

    python3 copy_device.py [stdio | unix:PATH | tcp:PORT]
"""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "clients", "python"))

import ridgeline_dut  # noqa: E402 (after the path to it)
from ridgeline_dut import NEVER  # noqa: E402
from ridgeline_srd_params import take_srd_params  # noqa: E402

ANSWER_PS = 20_000  # from a request to its completion
THINK_PS = 10_000  # from a cause to the next step of a job
BAR_BYTES = 4096
QUEUE_LENGTH = 4
CHUNK_BYTES = 64  # one naturally aligned line: its completion is never split (RCB 64)
LENGTH_MAX = 256

# Header byte 0: Fmt and Type.
MRD, MRDLK, MWR = (0x00, 0x20), (0x01, 0x21), (0x40, 0x60)
IO, CONFIG, ATOMIC = (0x02, 0x42), (0x04, 0x44, 0x05, 0x45), (0x4C, 0x6C, 0x4D, 0x6D, 0x4E, 0x6E)
CFGRD0, CPL, CPLD, CPLLK = 0x04, 0x0A, 0x4A, 0x0B
SC, UR, CA = 0, 1, 4

# Configuration registers and registers behind the BAR, by offset.
CFG_ID, CFG_COMMAND, CFG_CLASS, CFG_BAR0, CFG_SUBSYSTEM = 0x00, 0x04, 0x08, 0x10, 0x2C
COMMAND_MEMORY, COMMAND_MASTER = 2, 4
REG_ID, REG_STATUS, REG_DROPPED, REG_JOB, REG_DOORBELL = 0x00, 0x04, 0x08, 0x10, 0x30
# Words of a job, from REG_JOB on.
SOURCE, SOURCE_HIGH, TARGET, TARGET_HIGH, LENGTH, MESSAGE, MESSAGE_HIGH, MESSAGE_DATA = range(8)
WHOLE_WORDS = (SOURCE_HIGH, TARGET_HIGH, MESSAGE_HIGH, MESSAGE_DATA)

IDLE, READ, WAIT, WRITE, JOB_END = range(5)
NO_ERROR, BAD_LENGTH, READ_FAILED, TIMED_OUT = range(4)


class Request:
    """A TLP, taken apart."""

    def __init__(self, header, data):
        self.header, self.data = header, data
        self.type = header[0]
        self.dwords = ((header[2] & 3) << 8 | header[3]) or 1024
        self.first_be, self.last_be = header[7] & 15, header[7] >> 4
        self.is_poisoned = header[2] & 0x40 != 0
        # Of the first DW, for memory requests.
        self.address = int.from_bytes(header[8:], "big") & ~3

    def is_memory_malformed(self):
        """The rules on byte enables and 4 KiB that a receiver checks."""
        if self.address % 4096 + 4 * self.dwords > 4096:
            return True
        if self.dwords == 1:
            return self.last_be != 0
        return self.first_be == 0 or self.last_be == 0

    def skew(self):
        """Bytes of the first DW before the first that is enabled."""
        return (self.first_be & -self.first_be).bit_length() - 1 if self.first_be else 0

    def byte_count(self):
        """Bytes from the first that is enabled to the last, both included; 1 for a zero-length request."""
        if self.first_be == 0:
            return 1
        last = self.first_be if self.dwords == 1 else self.last_be
        return 4 * self.dwords - self.skew() - (4 - last.bit_length())


def parse(data):
    """Takes a TLP apart; None if its bytes are not one whole TLP."""
    # End-to-end prefixes say nothing that this device listens to.
    while len(data) >= 4 and data[0] & 0xF0 == 0x90:
        data = data[4:]
    if len(data) < 12 or data[0] & 0x80 or data[2] & 0x80:
        return None
    header_bytes = 16 if data[0] & 0x20 else 12
    if len(data) < header_bytes:
        return None
    request = Request(data[:header_bytes], data[header_bytes:])
    expected = 4 * request.dwords if request.type & 0x40 else 0
    return request if len(request.data) == expected else None


def merge(old, value, enables):
    """The bytes of `value` that are enabled replace those of `old`."""
    mask = sum(0xFF << 8 * i for i in range(4) if enables >> i & 1)
    return old & ~mask | value & mask


class CopyDevice(ridgeline_dut.Device):
    name, version = "ridgeline-copy-device", "1.0"

    # ---- Life

    def hello(self, params):
        effective = take_srd_params(params)
        effective.update(dict.fromkeys(("mixedIov", "softwareRids", "atomics", "crc32", "pasid"), False))
        effective.update(totalVfs=0, engineCount=1, maxPayload=128)
        self.id = effective["deviceId"] << 16 | effective["vendorId"]
        self.timeout_ps = effective["completionTimeoutNs"] * 1000
        self.reset(ridgeline_dut.COLD)
        return effective

    def reset(self, kind):
        """Power-up values; what HELLO said stays."""
        self.now = 0  # time of what is happening, picoseconds
        self.bus = 0  # captured from Configuration Writes
        self.command = self.bar = 0
        self.registers = [0] * 8  # what a doorbell copies
        self.queue = collections.deque()  # queue[0] runs
        self.state = IDLE
        self.error = NO_ERROR  # of the job that runs; of the last one when none does
        self.wake = NEVER  # time of the next step of the job
        self.position = 0  # bytes of the job that are written
        self.chunk = b""
        self.tag = 0  # of the read that is outstanding, or was last
        self.done = self.dropped = 0

    def advance(self, until):
        self.now = until
        if self.wake <= until:
            self.step_job()
        return self.wake

    def tlp(self, time, data):
        self.now = time
        request = parse(data)
        if request is None:
            return  # malformed: dropped
        if request.type in CONFIG:
            self.take_config(request)
        elif request.type in (CPL, CPLD):
            self.take_completion(request)
        elif request.type in MRD + MRDLK:
            self.take_memory_read(request)
        elif request.type in MWR:
            self.take_memory_write(request)
        elif request.type in IO + ATOMIC:
            self.complete(request, UR)
        # All else is Messages, which this device does not listen to, and types that it does not know.

    # ---- TLPs

    def complete(self, request, status, data=None):
        """Sends the completion, with one DW of data if there is some."""
        header = request.header
        is_read = request.type in MRD + MRDLK
        count = request.byte_count() if is_read else 4
        kind = CPLD if data is not None else CPLLK if request.type in MRDLK else CPL
        # TC, T9, T8, IDO and the attributes are those of the request.
        first = bytes([kind, header[1] & 0xFC, header[2] & 0x30, 0 if data is None else 1])
        second = bytes([self.bus, 0, status << 5 | count >> 8 & 15, count & 0xFF])
        lower = request.address & 0x7C | request.skew() if is_read else 0
        third = header[4:7] + bytes([lower])
        value = b"" if data is None else data.to_bytes(4, "little")
        self.dut.send_tlp(self.now + ANSWER_PS, first + second + third + value)

    def send_request(self, kind, address, length, data=b""):
        """A memory request of the device itself."""
        is_long = address >> 32 != 0
        enables = 0x0F if length == 4 else 0xFF
        first = bytes([kind[is_long], 0, 0, length // 4, self.bus, 0, self.tag, enables])
        self.dut.send_tlp(self.now, first + address.to_bytes(8 if is_long else 4, "big") + data)

    # ---- Jobs

    def job_address(self, word):
        return self.queue[0][word + 1] << 32 | self.queue[0][word]

    def chunk_length(self):
        """Bytes of the next read: up to the end of the line, or of the job."""
        in_line = CHUNK_BYTES - (self.queue[0][SOURCE] + self.position) % CHUNK_BYTES
        return min(in_line, self.queue[0][LENGTH] - self.position)

    def think(self, state):
        """The job goes on with `state`, a moment from now."""
        self.state = state
        self.wake = self.now + THINK_PS

    def fail_job(self, error):
        self.error = error
        self.think(JOB_END)

    def start_job(self):
        self.position = 0
        self.error = NO_ERROR
        self.think(READ)
        if not 0 < self.queue[0][LENGTH] <= LENGTH_MAX:
            self.fail_job(BAD_LENGTH)

    def send_read(self):
        self.tag = (self.tag + 1) % 32
        self.send_request(MRD, self.wrap(self.job_address(SOURCE) + self.position), self.chunk_length())
        self.state = WAIT
        self.wake = self.now + self.timeout_ps

    @staticmethod
    def wrap(address):
        return address % 2**64

    def write_chunk(self):
        """Writes what has been read, in two parts if a 4 KiB boundary lies between."""
        address = self.wrap(self.job_address(TARGET) + self.position)
        first = min(len(self.chunk), 4096 - address % 4096)
        self.send_request(MWR, address, first, self.chunk[:first])
        if first < len(self.chunk):
            self.send_request(MWR, self.wrap(address + first), len(self.chunk) - first, self.chunk[first:])
        self.position += len(self.chunk)

    def end_job(self):
        data = self.queue[0][MESSAGE_DATA].to_bytes(4, "little")
        self.send_request(MWR, self.job_address(MESSAGE), 4, data)
        self.done += 1
        self.queue.popleft()
        self.state = IDLE
        self.wake = NEVER
        if self.queue:
            self.start_job()

    def step_job(self):
        """The next step of the job that runs."""
        if self.state == WAIT:
            self.fail_job(TIMED_OUT)
            return
        if not self.command & COMMAND_MASTER:
            self.wake = NEVER  # until Bus Master Enable is set
            return
        if self.state == WRITE:
            self.write_chunk()
            self.state = READ if self.position < self.queue[0][LENGTH] else JOB_END
        if self.state == READ:
            self.send_read()
        else:
            self.end_job()

    def ring(self):
        if len(self.queue) == QUEUE_LENGTH:
            self.dropped += 1
            return
        self.queue.append(tuple(self.registers))
        if len(self.queue) == 1:
            self.start_job()

    def take_completion(self, completion):
        """A completion: that of the read that is outstanding, or nobody's."""
        header = completion.header
        if self.state != WAIT or header[10] != self.tag or header[1] & 0x88 or header[8:10] != bytes([self.bus, 0]):
            return
        if header[6] >> 5 != SC:
            self.fail_job(READ_FAILED)
            return
        length = self.chunk_length()
        count = (header[6] & 15) << 8 | header[7]
        if completion.type != CPLD or count != length or len(completion.data) != length:
            return  # goes on waiting
        if completion.is_poisoned:
            self.fail_job(READ_FAILED)
            return
        self.chunk = completion.data
        self.think(WRITE)

    # ---- Registers

    def read_config(self, offset):
        values = {CFG_COMMAND: self.command, CFG_CLASS: 0x12000001, CFG_BAR0: self.bar}
        return self.id if offset in (CFG_ID, CFG_SUBSYSTEM) else values.get(offset, 0)

    def write_config(self, offset, value, enables):
        if offset == CFG_BAR0:
            self.bar = merge(self.bar, value, enables) & ~(BAR_BYTES - 1)
        if offset != CFG_COMMAND:
            return
        self.command = merge(self.command, value, enables) & (COMMAND_MEMORY | COMMAND_MASTER)
        # A job that waits for Bus Master Enable has no time of its own.
        if self.command & COMMAND_MASTER and self.state != IDLE and self.wake == NEVER:
            self.think(self.state)

    def read_register(self, offset):
        if offset == REG_ID:
            return 0x31434C52  # "RLC1"
        if offset == REG_STATUS:
            return len(self.queue) | self.error << 8 | (self.done & 0xFFFF) << 16
        if offset == REG_DROPPED:
            return self.dropped & 0xFFFFFFFF
        return self.registers[(offset - REG_JOB) // 4] if REG_JOB <= offset < REG_DOORBELL else 0

    def write_register(self, offset, value, enables):
        if offset == REG_DOORBELL and enables:
            self.ring()
        if REG_JOB <= offset < REG_DOORBELL:
            word = (offset - REG_JOB) // 4
            # Addresses and length are whole DWs.
            kept = 0xFFFFFFFF if word in WHOLE_WORDS else 0xFFFFFFFC
            self.registers[word] = merge(self.registers[word], value, enables) & kept

    # ---- What arrives

    def take_config(self, request):
        header = request.header
        if request.dwords != 1 or request.last_be != 0:
            return  # malformed
        is_write = request.type & 0x40 != 0
        is_ours = request.type & 0x1F == CFGRD0 and header[9] == 0
        offset = (header[10] & 15) << 8 | header[11] & 0xFC
        if not is_ours or (is_write and request.is_poisoned):
            self.complete(request, UR)
        elif is_write:
            self.bus = header[8]
            self.write_config(offset, int.from_bytes(request.data, "little"), request.first_be)
            self.complete(request, SC)
        else:
            self.complete(request, SC, self.read_config(offset))

    def is_in_bar(self, request):
        return self.command & COMMAND_MEMORY and request.address & ~(BAR_BYTES - 1) == self.bar

    def take_memory_read(self, request):
        if request.is_memory_malformed():
            return
        if request.type in MRDLK or not self.is_in_bar(request):
            self.complete(request, UR)
        elif request.dwords != 1:
            self.complete(request, CA)
        else:
            self.complete(request, SC, self.read_register(request.address % BAR_BYTES))

    def take_memory_write(self, request):
        if request.is_memory_malformed() or request.is_poisoned or request.dwords != 1:
            return
        if self.is_in_bar(request):
            value = int.from_bytes(request.data, "little")
            self.write_register(request.address % BAR_BYTES, value, request.first_be)


if __name__ == "__main__":
    sys.exit(ridgeline_dut.serve(CopyDevice(), sys.argv[1] if len(sys.argv) > 1 else "stdio"))
