// The device's end of the DUT protocol for SystemVerilog: DPI-C imports of ../c/ridgeline-dut-dpi.c and a class around
// them. For commercial simulators and for Verilator; no header of the simulator is needed. Compile this package, link the
// C file, and write a loop such as the one in ridgeline_dut_example.sv.
//
// Time is simulated time in picoseconds, from 0 at HELLO; the loop moves the simulator's own time along with it. Sentences
// about each function are in ../c/ridgeline-dut.h, under the same name without `dpi_`. A simulator prints to standard
// output before a line of SystemVerilog runs: give such ones an address of unix:PATH or tcp:PORT. (After open() prints go
// to standard error.)
package ridgeline_dut_pkg;

  timeunit 1ps; timeprecision 1ps;

  typedef longint unsigned rl_time_t;
  typedef byte unsigned rl_bytes_t[];

  // No time: nothing will happen before a TLP arrives.
  localparam rl_time_t RL_NEVER = '1;

  typedef enum int {
    RL_END   = 0,
    RL_HELLO = 1,
    RL_STEP  = 2,
    RL_RESET = 3,
    RL_TRACE = 4
  } rl_request_e;

  typedef enum int {
    RL_DEBUG   = 0,
    RL_INFO    = 1,
    RL_WARNING = 2,
    RL_ERROR   = 3
  } rl_level_e;

  import "DPI-C" function chandle rl_dpi_open(input string address);
  import "DPI-C" function int rl_dpi_close(input chandle handle);
  import "DPI-C" function int rl_dpi_wait(input chandle handle);
  import "DPI-C" function longint unsigned rl_dpi_now(input chandle handle);
  import "DPI-C" function longint unsigned rl_dpi_lookahead(input chandle handle);
  import "DPI-C" function string rl_dpi_seed(input chandle handle);
  import "DPI-C" function int rl_dpi_stall(input chandle handle);
  import "DPI-C" function int rl_dpi_take_srd_params(input chandle handle);
  import "DPI-C" function real rl_dpi_number(input chandle handle, input string name, input real otherwise);
  import "DPI-C" function int rl_dpi_flag(input chandle handle, input string name, input int otherwise);
  import "DPI-C" function string rl_dpi_text(input chandle handle, input string name, input string otherwise);
  import "DPI-C" function void rl_dpi_set_number(input chandle handle, input string name, input real value);
  import "DPI-C" function void rl_dpi_set_flag(input chandle handle, input string name, input int value);
  import "DPI-C" function void rl_dpi_set_text(input chandle handle, input string name, input string value);
  import "DPI-C" function void rl_dpi_accept(input chandle handle, input string name, input string version,
                                             input int can_trace);
  import "DPI-C" function longint unsigned rl_dpi_step_end(input chandle handle);
  import "DPI-C" function longint unsigned rl_dpi_next_arrival(input chandle handle);
  import "DPI-C" function int rl_dpi_next_tlp(input chandle handle, input longint unsigned time_ps);
  import "DPI-C" function longint unsigned rl_dpi_tlp_time(input chandle handle);
  import "DPI-C" function byte unsigned rl_dpi_tlp_byte(input chandle handle, input int index);
  import "DPI-C" function void rl_dpi_put_byte(input chandle handle, input byte unsigned value);
  import "DPI-C" function void rl_dpi_send(input chandle handle, input longint unsigned time_ps);
  import "DPI-C" function void rl_dpi_finish_step(input chandle handle, input longint unsigned next_ps);
  import "DPI-C" function int rl_dpi_reset_kind(input chandle handle);
  import "DPI-C" function void rl_dpi_finish_reset(input chandle handle);
  import "DPI-C" function int rl_dpi_trace_on(input chandle handle);
  import "DPI-C" function string rl_dpi_trace_path(input chandle handle);
  import "DPI-C" function void rl_dpi_finish_trace(input chandle handle, input int supported);
  import "DPI-C" function void rl_dpi_log(input chandle handle, input int level, input string text);
  import "DPI-C" function void rl_dpi_fatal(input chandle handle, input string text);

  // One session with a testbench.
  class rl_dut;
    local chandle handle;

    // Waits until the testbench connects. 1, or 0 and why on standard error.
    function bit open(string address);
      handle = rl_dpi_open(address);
      return handle != null;
    endfunction

    // Answers BYE if that was what ended the session; the exit status that the process should have.
    function int close();
      int status;
      status = rl_dpi_close(handle);
      handle = null;
      return status;
    endfunction

    // The next request. Each but RL_END is to be answered before the next call.
    function rl_request_e wait_request();
      return rl_request_e'(rl_dpi_wait(handle));
    endfunction

    function rl_time_t now();
      return rl_dpi_now(handle);
    endfunction

    function rl_time_t lookahead();
      return rl_dpi_lookahead(handle);
    endfunction

    function string seed();
      return rl_dpi_seed(handle);
    endfunction

    // Per mille of link slots in which a valid/ready interface is to be stalled, drawn from the seed.
    function int stall();
      return rl_dpi_stall(handle);
    endfunction

    // Checks HELLO against the parameters of SRD and adds its defaults; 0 after FATAL.
    function bit take_srd_params();
      return rl_dpi_take_srd_params(handle) != 0;
    endfunction

    function real number(string name, real otherwise);
      return rl_dpi_number(handle, name, otherwise);
    endfunction

    function bit flag(string name, bit otherwise);
      return rl_dpi_flag(handle, name, int'(otherwise)) != 0;
    endfunction

    function string text(string name, string otherwise);
      return rl_dpi_text(handle, name, otherwise);
    endfunction

    function void set_number(string name, real value);
      rl_dpi_set_number(handle, name, value);
    endfunction

    function void set_flag(string name, bit value);
      rl_dpi_set_flag(handle, name, int'(value));
    endfunction

    function void set_text(string name, string value);
      rl_dpi_set_text(handle, name, value);
    endfunction

    function void accept(string name, string version, bit can_trace);
      rl_dpi_accept(handle, name, version, int'(can_trace));
    endfunction

    // Simulate up to and including this time; ask again after each time at which you may have sent.
    function rl_time_t step_end();
      return rl_dpi_step_end(handle);
    endfunction

    function rl_time_t next_arrival();
      return rl_dpi_next_arrival(handle);
    endfunction

    // Simulated time is `time_ps`: takes the next TLP that has arrived by then; 0 if there is none (any more).
    function bit next_tlp(rl_time_t time_ps, output rl_bytes_t bytes);
      int length;
      length = rl_dpi_next_tlp(handle, time_ps);
      if (length < 0) return 0;
      bytes = new[length];
      for (int i = 0; i < length; i++) bytes[i] = rl_dpi_tlp_byte(handle, i);
      return 1;
    endfunction

    // Appends a byte to the TLP that send() sends: for designs that hand them over beat by beat.
    function void put_byte(byte unsigned value);
      rl_dpi_put_byte(handle, value);
    endfunction

    // Sends what was put; it leaves the device at `time_ps`.
    function void send(rl_time_t time_ps);
      rl_dpi_send(handle, time_ps);
    endfunction

    // Sends a whole TLP.
    function void send_tlp(rl_time_t time_ps, rl_bytes_t bytes);
      foreach (bytes[i]) rl_dpi_put_byte(handle, bytes[i]);
      rl_dpi_send(handle, time_ps);
    endfunction

    // Nothing of the device's own happens before `next_ps` (later than step_end(), or RL_NEVER).
    function void finish_step(rl_time_t next_ps);
      rl_dpi_finish_step(handle, next_ps);
    endfunction

    // 0 cold, 1 hot.
    function int reset_kind();
      return rl_dpi_reset_kind(handle);
    endfunction

    function void finish_reset();
      rl_dpi_finish_reset(handle);
    endfunction

    function bit trace_on();
      return rl_dpi_trace_on(handle) != 0;
    endfunction

    function string trace_path();
      return rl_dpi_trace_path(handle);
    endfunction

    function void finish_trace(bit supported);
      rl_dpi_finish_trace(handle, int'(supported));
    endfunction

    function void log(rl_level_e level, string message);
      rl_dpi_log(handle, int'(level), message);
    endfunction

    // Gives up: after it every function does nothing, and wait_request() returns RL_END.
    function void fatal(string message);
      rl_dpi_fatal(handle, message);
    endfunction
  endclass

endpackage
