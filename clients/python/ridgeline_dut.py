"""The device's end of the DUT protocol, version 1.0: one file, Python 3.8 or later, nothing to install.

You write what your device does with a TLP; framing, checks, stepping and the connection are here. Time is simulated
time in picoseconds, from 0 at HELLO, at most TIME_MAX. TLP bytes are in wire order: optional prefixes, header from Fmt
and Type on, payload. No ECRC, no sequence number, no LCRC.

Two ways to use it.

1. A Device, for models that think in events. It is told of every TLP and of every time that it asked for, and of nothing
   else, so how the testbench cuts time into STEPs cannot show in what it does:

       class Echo(ridgeline_dut.Device):
           name, version = "echo", "1.0"

           def hello(self, params):
               return take_srd_params(params)              # of ridgeline_srd_params: HELLO_OK has to name them all

           def tlp(self, time, data):
               self.dut.send_tlp(time + 20_000, data)      # leaves 20 ns from now

           def reset(self, kind):
               pass

       sys.exit(ridgeline_dut.serve(Echo(), sys.argv[1] if len(sys.argv) > 1 else "stdio"))

2. A Dut, for models with a main loop of their own (a clocked model; RTL in a simulator under cocotb). With rising edges
   at P, 2P, 3P, ...: what arrives between two edges is seen at the next one, and what arrives at the very time of an
   edge is seen at that edge:

       dut = ridgeline_dut.Dut("stdio")                     # first of all: it takes stdout into safety
       edge = P
       while True:
           request = dut.wait()
           if request == HELLO: dut.accept("my-rtl", "1.0")
           elif request == STEP:
               while edge <= dut.step_end:                  # asked again each time: sending may move it
                   for arrived in dut.arrivals(edge): push_into_design(arrived)
                   for sent in clock_the_design(): dut.send_tlp(edge, sent)
                   edge += P
               dut.finish_step(edge)                        # nothing happens before the next edge
           elif request == RESET: reset_the_design(dut.reset_kind); dut.finish_reset()
           elif request == TRACE: dut.finish_trace(False)
           else: sys.exit(dut.close())

What is done for you: stdio, unix:PATH and tcp:PORT (127.0.0.1; tcp:0 takes a free one); with stdio a stray print harms
nothing; every check of the protocol page is answered with FATAL; an idle STEP that is longer than the look-ahead ends at
the first TLP that you send; RESET drops what is under way; without BYE the device just ends. A Device refuses by raising
Fatal; any other exception of it becomes FATAL, too, with its traceback on standard error. After FATAL (Dut.fatal; also
when the Dut itself calls it, for a mistake of yours) every method does nothing, step_end stands still and wait() returns
END, so that no loop needs error handling of its own.
"""

import bisect
import collections
import json
import os
import socket
import stat
import struct
import sys
import traceback

MAJOR, MINOR = 1, 0
TIME_MAX = 2**53 - 1
NEVER = 2**64 - 1
FRAME_MAX = 16 * 1024 * 1024
STALL_MAX = 900
DEFAULT_LOOKAHEAD_PS = 250_000

DEBUG, INFO, WARNING, ERROR = range(4)
COLD, HOT = range(2)

# What Dut.wait() returns.
END, HELLO, STEP, RESET, TRACE = "END", "HELLO", "STEP", "RESET", "TRACE"

_REQUESTS = {0x01: HELLO, 0x02: STEP, 0x03: RESET, 0x04: "BYE", 0x05: TRACE}
_HELLO_OK, _STEP_OK, _RESET_OK, _BYE_OK, _TRACE_OK, _LOG, _FATAL = 0x81, 0x82, 0x83, 0x84, 0x85, 0x90, 0x9F
_READ_BYTES = 65536
_TEXT_MAX = 4096

Tlp = collections.namedtuple("Tlp", "time data")


class Fatal(Exception):
    """The device gives up: FATAL with this text."""


class _StreamEnd(Exception):
    """The testbench is gone; there is nobody to tell."""


class _Stream:
    """Bytes in and out of two file descriptors, which are the same one for a socket."""

    def __init__(self, in_fd, out_fd, sock=None, unix_path=None):
        self.in_fd, self.out_fd, self.sock, self.unix_path = in_fd, out_fd, sock, unix_path
        self.buffer = bytearray()

    def read(self, size):
        """Exactly `size` bytes."""
        buffer = self.buffer
        while len(buffer) < size:
            piece = self._receive()
            if not piece:
                raise _StreamEnd()
            buffer += piece
        taken = bytes(buffer[:size])
        del buffer[:size]
        return taken

    def write(self, data):
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.out_fd, view):]
        except OSError:
            raise _StreamEnd() from None

    def end_output(self):
        """The other side sees the end of the stream."""
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_WR)
            else:
                os.close(self.out_fd)
        except OSError:
            pass  # it is gone already

    def close(self):
        """A socket closed with bytes unread may take the last answer with it: read them, for a second at most."""
        if self.sock is not None:
            self.end_output()
            self.sock.settimeout(1)
            try:
                while self.sock.recv(4096):
                    pass
            except OSError:
                pass
            self.sock.close()
        if self.unix_path is not None:
            os.unlink(self.unix_path)

    def _receive(self):
        try:
            return os.read(self.in_fd, _READ_BYTES)
        except OSError:
            return b""


def _open_stdio():
    """Takes the protocol's descriptors away, and puts harmless ones where they were."""
    in_fd, out_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return _Stream(in_fd, out_fd)


def _accept(listener, where):
    listener.listen(1)
    print("ridgeline-dut: listening on " + where, file=sys.stderr, flush=True)
    connection, _ = listener.accept()
    listener.close()
    return connection


def _open_unix(path):
    if not path:
        raise ValueError("the path is empty")  # Linux would make up a name of its own
    # What an earlier session left; anything but a socket is somebody's file.
    if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    connection = _accept(listener, "unix:" + path)
    return _Stream(connection.fileno(), connection.fileno(), connection, path)


def _open_tcp(text):
    port = text[len("127.0.0.1:"):] if text.startswith("127.0.0.1:") else text
    if not port.isdigit() or int(port) > 65535:
        raise ValueError("expected tcp:PORT or tcp:127.0.0.1:PORT")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    connection = _accept(listener, "tcp:127.0.0.1:%d" % listener.getsockname()[1])
    # Every frame waits for an answer: nothing to gain from collecting small ones.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Stream(connection.fileno(), connection.fileno(), connection)


def _open(address):
    if address == "stdio":
        return _open_stdio()
    if address.startswith("unix:"):
        return _open_unix(address[len("unix:"):])
    if address.startswith("tcp:"):
        return _open_tcp(address[len("tcp:"):])
    raise ValueError("expected stdio, unix:PATH or tcp:PORT")


def _unpack(layout, payload, what):
    if len(payload) < struct.calcsize(layout):
        raise Fatal("%s of %d bytes: expected %d or more" % (what, len(payload), struct.calcsize(layout)))
    return struct.unpack_from(layout, payload)


def _is_whole(value, low, high):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high and value == int(value)


def _not_json(name):
    raise ValueError(name + " is not JSON")


def _parse_hello(data):
    """The JSON of HELLO with its defaults, checked."""
    try:
        hello = json.loads(data.decode("utf-8"), parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise Fatal("HELLO: no JSON: %s" % error) from None
    if not isinstance(hello, dict):
        raise Fatal("HELLO: the JSON is no object")
    params = hello.get("params", {})
    if not isinstance(params, dict):
        raise Fatal("HELLO: params is no object")
    for name, value in params.items():
        if not isinstance(value, (bool, int, float, str)):
            raise Fatal("HELLO: params.%s is no number, boolean or string" % name)
    seed = hello.get("seed", "")
    if not isinstance(seed, str):
        raise Fatal("HELLO: seed is no string")
    lookahead, stall = hello.get("lookaheadPs", DEFAULT_LOOKAHEAD_PS), hello.get("stall", 0)
    if not _is_whole(lookahead, 1, TIME_MAX):
        raise Fatal("HELLO: lookaheadPs is no whole number of 1..2^53 - 1")
    if not _is_whole(stall, 0, STALL_MAX):
        raise Fatal("HELLO: stall is no whole number of 0..900")
    return params, seed, int(lookahead), int(stall)


class Dut:
    """One session with a testbench. `params`, `seed`, `lookahead`, `stall` are those of HELLO; see the top."""

    def __init__(self, address):
        """Opens "stdio", "unix:PATH" or "tcp:PORT", and waits until the testbench connects (OSError, ValueError)."""
        self.params = {}
        self.seed = ""
        self.lookahead = DEFAULT_LOOKAHEAD_PS
        self.stall = 0
        self.now = 0  # answered up to here
        self.reset_kind = COLD
        self.trace_on = False
        self.trace_path = ""
        self.status = 0
        self._has_hello = False
        self._pending = None  # the request that is not yet answered
        self._is_over = False
        self._owes_bye = False
        self._time = 0  # where the device says that it is, from `now` on
        self._until = 0
        self._promise = 0  # `next` of the last answer, lowered by arrivals; 0: none
        self._arrived = collections.deque()
        self._leaving = []  # (time, serial number, bytes), in order
        self._serial = 0
        self._stream = _open(address)

    # ---- Requests

    def wait(self):
        """The next request. Each but END is to be answered before the next call."""
        if self._is_over:
            return END
        try:
            if self._pending is not None:
                raise Fatal("the device asked for the next request before it had answered " + self._pending)
            return self._dispatch(*self._read_frame())
        except Fatal as error:
            self.fatal(str(error))
        except _StreamEnd:
            self._is_over = True
        return END

    def fatal(self, text):
        """Gives up: FATAL with the text (also to standard error), and the stream is closed. It returns; wait() is END."""
        if self._is_over:
            return
        print("ridgeline-dut: FATAL: " + text, file=sys.stderr, flush=True)
        self.status = 1
        self._frame(_FATAL, text.encode("utf-8", "replace")[:_TEXT_MAX])
        self._is_over = True
        self._stream.end_output()

    def log(self, level, text):
        """A LOG frame; at most 4 KiB of text."""
        cut = text.encode("utf-8", "replace")[:_TEXT_MAX].decode("utf-8", "ignore")
        self._frame(_LOG, bytes([level]) + cut.encode("utf-8"))

    def close(self):
        """Answers BYE if that was what ended the session, and closes; the exit status of the process."""
        if self._owes_bye:
            self._is_over = False
            self._frame(_BYE_OK)
            self._is_over = True
        self._stream.close()
        return self.status

    def accept(self, name, version, params=None, can_trace=False):
        """Answers HELLO. `params`: the values in effect; None: those that HELLO gave."""
        if not self._answers(HELLO):
            return
        effective = self.params if params is None else params
        answer = {"name": name, "version": version, "params": effective, "features": ["trace"] if can_trace else []}
        text = json.dumps(answer, allow_nan=False, separators=(",", ":"))
        self._frame(_HELLO_OK, struct.pack("<HH", MAJOR, MINOR) + text.encode("utf-8"))

    def finish_reset(self):
        if self._answers(RESET):
            self._frame(_RESET_OK)

    def finish_trace(self, supported):
        """Whether waves are written (or no longer are) as `trace_on` and `trace_path` ask."""
        if self._answers(TRACE):
            self._frame(_TRACE_OK, b"\1" if supported else b"\0")

    # ---- Stepping

    @property
    def step_end(self):
        """Where the present STEP ends: simulate up to and including this time. It is `until`, or earlier in a STEP longer
        than the look-ahead, as soon as a TLP is to leave in it. So ask again after each time at which you may have sent."""
        if self._is_over or self._pending != STEP:
            return self.now
        is_long = self._until - self.now > self.lookahead
        return min(self._until, self._leaving[0][0]) if is_long and self._leaving else self._until

    @property
    def next_arrival(self):
        """Arrival time of the next TLP that this STEP brings or an earlier one left; NEVER if there is none."""
        return self._arrived[0].time if self._arrived else NEVER

    def next_tlp(self, time):
        """Simulated time is `time`: the next Tlp that has arrived by then, or None. What is not taken stays."""
        if self._is_over:
            return None
        if not self._time <= time <= self.step_end:
            self.fatal("the device is at %d ps: expected %d..%d ps" % (time, self._time, self.step_end))
            return None
        self._time = time
        return self._arrived.popleft() if self.next_arrival <= time else None

    def arrivals(self, time):
        """Simulated time is `time`: the bytes of all TLPs that have arrived by then."""
        tlp = self.next_tlp(time)
        while tlp is not None:
            yield tlp.data
            tlp = self.next_tlp(time)

    def send_tlp(self, time, data):
        """Sends a TLP that leaves the device at `time`: later than the end of the last STEP, and not before the time of
        the present event (or of the last next_tlp). It may be later than the present STEP; it is kept until then, in
        order of time, TLPs of one time in the order sent."""
        if self._is_over:
            return
        earliest = max(self._time, self.now + 1)
        if not earliest <= time <= TIME_MAX:
            self.fatal("the device sends a TLP at %d ps: expected %d ps or later" % (time, earliest))
            return
        if time < self._promise:
            text = "the device sends a TLP at %d ps, but had said that nothing happens before %d ps"
            self.fatal(text % (time, self._promise))
            return
        self._serial += 1
        bisect.insort(self._leaving, (time, self._serial, bytes(data)))

    def finish_step(self, next_time):
        """Answers STEP. Nothing of the device's own happens before `next_time` (later than step_end, or NEVER)."""
        end = self.step_end
        if not self._answers(STEP):
            return
        if self._time > end or next_time <= end:
            text = "the device is at %d ps with next = %d ps at the end of a STEP until %d ps"
            self.fatal(text % (self._time, next_time, end))
            return
        count = bisect.bisect_right(self._leaving, (end, self._serial + 1))
        parts = [struct.pack("<QI", time, len(data)) + data for time, _, data in self._leaving[:count]]
        del self._leaving[:count]
        if self._leaving:
            next_time = min(next_time, self._leaving[0][0])
        if next_time > TIME_MAX:
            next_time = NEVER
        self._frame(_STEP_OK, struct.pack("<QQI", end, next_time, count) + b"".join(parts))
        self.now = self._time = self._until = end
        self._promise = next_time

    # ---- Frames

    def _read_frame(self):
        (length,) = struct.unpack("<I", self._stream.read(4))
        if not 1 <= length <= FRAME_MAX:
            raise Fatal("a frame of %d bytes: expected 1..16 MiB" % length)
        frame = self._stream.read(length)
        return frame[0], frame[1:]

    def _frame(self, kind, payload=b""):
        if self._is_over:
            return
        if len(payload) >= FRAME_MAX:
            text = "the answer has %d bytes, a frame at most 16 MiB: the device sends too much in one STEP"
            self.fatal(text % (len(payload) + 1))
            return
        try:
            self._stream.write(struct.pack("<IB", len(payload) + 1, kind) + payload)
        except _StreamEnd:
            self._is_over = True

    def _answers(self, request):
        """Whether `request` is what is to be answered now."""
        if not self._is_over and self._pending != request:
            self.fatal("the device answered %s, which nobody asked for" % request)
        self._pending = None
        return not self._is_over

    def _dispatch(self, kind, payload):
        request = _REQUESTS.get(kind)
        if request is None:
            raise Fatal("a frame of unknown type 0x%02x" % kind)
        if not self._has_hello and request != HELLO:
            raise Fatal("%s before HELLO" % request)
        self._pending = request
        take = {HELLO: self._take_hello, STEP: self._take_step, RESET: self._take_reset, TRACE: self._take_trace}
        if request not in take:
            return self._take_bye(payload)
        take[request](payload)
        return request

    def _take_hello(self, payload):
        if self._has_hello:
            raise Fatal("a second HELLO")
        # The minor version needs no look: of two minor versions the lower rules, and none is lower than 0.
        major, _minor = _unpack("<HH", payload, HELLO)
        if major != MAJOR:
            raise Fatal("version %d of the DUT protocol: this device knows version %d" % (major, MAJOR))
        self._has_hello = True
        self.params, self.seed, self.lookahead, self.stall = _parse_hello(payload[4:])

    def _take_step(self, payload):
        until, count = _unpack("<QI", payload, STEP)
        if not self.now < until <= TIME_MAX:
            text = "STEP until %d ps: expected later than now = %d ps, and at most 2^53 - 1"
            raise Fatal(text % (until, self.now))
        if count > 0 and until - self.now > self.lookahead:
            text = "STEP of %d ps with TLPs: longer than the look-ahead of %d ps"
            raise Fatal(text % (until - self.now, self.lookahead))
        self._until = until
        at = 12
        for _ in range(count):
            at = self._take_arrival(payload, at)
        if at != len(payload):
            raise Fatal("STEP: %d bytes after the last TLP" % (len(payload) - at))

    def _take_arrival(self, payload, at):
        """The TLP at that place of the payload; the place after it."""
        if len(payload) - at < 12:
            raise Fatal("STEP: the payload ends within a TLP")
        time, length = struct.unpack_from("<QI", payload, at)
        # What earlier STEPs have left is not later than `now`.
        earliest = max(self.now + 1, self._arrived[-1].time if self._arrived else 0)
        if not earliest <= time <= self._until:
            raise Fatal("STEP: a TLP at %d ps: expected %d..%d ps" % (time, earliest, self._until))
        end = at + 12 + length
        if end > len(payload):
            raise Fatal("STEP: the payload ends within a TLP of %d bytes" % length)
        self._arrived.append(Tlp(time, payload[at + 12:end]))
        self._promise = min(self._promise, time)
        return end

    def _take_reset(self, payload):
        if payload not in (b"\0", b"\1"):
            raise Fatal("RESET: expected one byte, 0 (cold) or 1 (hot)")
        self.reset_kind = payload[0]
        self._arrived.clear()
        self._leaving.clear()
        self._promise = 0

    def _take_trace(self, payload):
        try:
            path = payload[1:].decode("utf-8")
        except UnicodeDecodeError:
            path = "\0"
        if payload[:1] not in (b"\0", b"\1") or "\0" in path:
            raise Fatal("TRACE: expected one byte, 0 (off) or 1 (on), and a path in UTF-8")
        self.trace_on, self.trace_path = payload[0] == 1, path

    def _take_bye(self, payload):
        if payload:
            raise Fatal("BYE of %d bytes: expected none" % len(payload))
        self._is_over = self._owes_bye = True
        return END


class Device:
    """A device that thinks in events, for serve(). Override `tlp` and `reset`, and of the others what you need."""

    name = "device"
    version = "0"
    can_trace = False  # True: override `trace`
    dut = None  # the Dut of the session, from `hello` on

    def hello(self, params):
        """HELLO gave these parameters; returns the values in effect, of all parameters of the device: HELLO_OK has to name
        them all (ridgeline_srd_params adds those of SRD). Raise Fatal for unknown names and bad values."""
        return params

    def tlp(self, time, data):
        """A TLP arrives at `time`, before your own events of that time."""
        raise NotImplementedError("a device needs tlp()")

    def advance(self, until):
        """Simulated time is `until`: do what you have planned up to then, `until` included, and return the time of the
        next thing that you have planned, later than `until`, or NEVER. Called at each time that you returned; after the
        TLPs of a time; and after HELLO and RESET, where nothing may be sent at the present time any more."""
        return NEVER

    def reset(self, kind):
        """COLD or HOT: everything to power-up values. Time goes on. What was sent for later is dropped already."""
        raise NotImplementedError("a device needs reset()")

    def trace(self, on, path):
        """Writes waves into `path` from now on, or stops. Returns whether it does as asked."""
        return False

    def end(self):
        """The session is over: close your files. BYE is answered after it."""


def _advance(device, time):
    next_time = device.advance(time)
    if not next_time > time:
        raise Fatal("advance(%d) returned %s: expected a later time or NEVER" % (time, next_time))
    return next_time


def _run_step(dut, device, next_time):
    """From one time at which something happens to the next: where the STEP ends has no say in what the device is told."""
    while True:
        time = min(dut.next_arrival, next_time)
        if time > dut.step_end:
            break
        tlp = dut.next_tlp(time)
        while tlp is not None:
            device.tlp(tlp.time, tlp.data)
            tlp = dut.next_tlp(time)
        next_time = _advance(device, time)
    dut.finish_step(next_time)
    return next_time


def _answer(dut, device, request, next_time):
    """Answers one request; the time of the device's next event."""
    if request == STEP:
        return _run_step(dut, device, next_time)
    if request == TRACE:
        dut.finish_trace(device.can_trace and device.trace(dut.trace_on, dut.trace_path))
        return next_time
    if request == HELLO:
        effective = device.hello(dict(dut.params))
        dut.accept(device.name, device.version, effective, device.can_trace)
        return _advance(device, dut.now)
    device.reset(dut.reset_kind)
    next_time = _advance(device, dut.now)
    dut.finish_reset()
    return next_time


def serve(device, address="stdio"):
    """Serves one session at "stdio", "unix:PATH" or "tcp:PORT". Returns the exit status for sys.exit: 0 after BYE or at
    the end of the stream, 1 after FATAL or if the address cannot be served."""
    try:
        dut = Dut(address)
    except (OSError, ValueError) as error:
        print("ridgeline-dut: cannot serve '%s': %s" % (address, error), file=sys.stderr)
        return 1
    device.dut = dut
    next_time = NEVER
    request = dut.wait()
    while request != END:
        try:
            next_time = _answer(dut, device, request, next_time)
        except Fatal as error:
            dut.fatal(str(error))
        except Exception as error:  # the device's own mistake, whatever it is
            traceback.print_exc()
            dut.fatal("%s: %s" % (type(error).__name__, error))
        request = dut.wait()
    device.end()
    return dut.close()
