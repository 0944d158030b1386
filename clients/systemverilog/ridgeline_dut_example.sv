// A design behind the DUT protocol: the loop of a testbench top around RTL, with a small design that sends back what it
// gets, one DW per clock. +dut=ADDRESS says where to listen (default: standard input and output).
//
// Built in this folder by Verilator 5:
//   $ verilator --binary --top-module ridgeline_dut_example ridgeline_dut_pkg.sv ridgeline_dut_example.sv \
//     $PWD/../c/ridgeline-dut-dpi.c
`timescale 1ps / 1ps

// One register between its two streams. Byte 0 of a TLP is in bits 31:24 of its first DW.
module ridgeline_dut_echo (
    input  logic        clk,
    input  logic        rst,
    input  logic        rx_valid,
    input  logic        rx_last,
    input  logic [31:0] rx_data,
    output logic        tx_valid,
    output logic        tx_last,
    output logic [31:0] tx_data
);
  always_ff @(posedge clk) begin
    tx_valid <= rx_valid && !rst;
    tx_last  <= rx_last;
    tx_data  <= rx_data;
  end
endmodule

module ridgeline_dut_example;
  import ridgeline_dut_pkg::*;

  localparam rl_time_t PERIOD_PS = 4000;

  logic        clk = 0;
  logic        rst = 0;
  logic        rx_valid = 0;
  logic        rx_last = 0;
  logic [31:0] rx_data = 0;
  logic        tx_valid;
  logic        tx_last;
  logic [31:0] tx_data;

  ridgeline_dut_echo echo (.*);

  rl_dut       dut;
  rl_time_t    edge_ps = 0;  // the last rising edge that was simulated
  logic [32:0] words[$];     // waiting for the design: last, data

  // Whole DWs, as TLPs have them; what hangs over is dropped.
  function automatic void take(rl_bytes_t bytes);
    int count;
    count = bytes.size() / 4;
    for (int i = 0; i < count; i++) begin
      words.push_back({i == count - 1, bytes[4*i], bytes[4*i+1], bytes[4*i+2], bytes[4*i+3]});
    end
  endfunction

  // The next edge that matters: when nothing waits and nothing has come, none does. (What enters this design leaves it at
  // the same edge. One that holds more has to say so here, or to return edge_ps + PERIOD_PS always.)
  function automatic rl_time_t next_edge();
    rl_time_t arrival;
    arrival = dut.next_arrival();
    if (words.size() > 0) return edge_ps + PERIOD_PS;
    return arrival == RL_NEVER ? RL_NEVER : (arrival + PERIOD_PS - 1) / PERIOD_PS * PERIOD_PS;
  endfunction

  // One clock, with the simulator's time brought to the edge first.
  task automatic clock_at(rl_time_t time_ps);
    #(time_ps - $time);
    clk = 1;
    #(PERIOD_PS / 2);
    clk = 0;
  endtask

  task automatic run_edge(rl_time_t time_ps);
    rl_bytes_t bytes;
    logic [32:0] word;
    edge_ps = time_ps;
    while (dut.next_tlp(time_ps, bytes)) take(bytes);
    rx_valid = words.size() > 0;
    if (rx_valid) begin
      word = words.pop_front();
      {rx_last, rx_data} = word;
    end
    clock_at(time_ps);
    if (!tx_valid) return;
    for (int i = 3; i >= 0; i--) dut.put_byte(tx_data[8*i+:8]);
    if (tx_last) dut.send(time_ps);
  endtask

  task automatic run_step();
    rl_time_t next;
    next = next_edge();
    // step_end() is asked for each time: in a long STEP it moves to the edge at which something is sent.
    while (next <= dut.step_end()) begin
      run_edge(next);
      next = next_edge();
    end
    dut.finish_step(next);
  endtask

  // Two clocks of reset that take no time of the protocol's: edges go on at their places afterwards.
  task automatic reset_design();
    words.delete();
    rx_valid = 0;
    rst = 1;
    repeat (2) begin
      clk = 1;
      #1;
      clk = 0;
      #1;
    end
    rst = 0;
    edge_ps = dut.now() / PERIOD_PS * PERIOD_PS;
  endtask

  initial begin
    string address;
    int status;
    bit is_open;
    if (!$value$plusargs("dut=%s", address)) address = "stdio";
    dut = new;
    is_open = dut.open(address);
    if (!is_open) $fatal(1, "cannot serve %s", address);
    serve();
    status = dut.close();
    if (status != 0) $fatal(1, "the session ended with status %0d", status);
    $finish;
  end

  task automatic serve();
    rl_request_e request;
    forever begin
      request = dut.wait_request();
      case (request)
        RL_HELLO: dut.accept("ridgeline_dut_example", "1.0", 0);
        RL_STEP: run_step();
        RL_RESET: begin
          reset_design();
          dut.finish_reset();
        end
        RL_TRACE: dut.finish_trace(0);
        default: return;
      endcase
    end
  endtask
endmodule
