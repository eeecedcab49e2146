// SPDX-License-Identifier: MIT
#include "command_line.hpp"
#include "rows.hpp"

namespace bench {

std::string help() {
  std::string text = R"(usage: nsqlookupd-bench COMMAND [OPTIONS]

Puts load on an nsqlookupd, ours or another, and prints what it cost.

  churn          connect, IDENTIFY, REGISTER, close; --connections at a time
  register       one producer registers --topics x --channels, pipelined
  idle           --producers register --topics x --channels and do nothing: memory of each
  storm          --producers close at once: time until /nodes is empty, lookups meanwhile
  restart-storm  --producers connect at once and register one by one
  lookup         GET --path, kept alive; --connections, --pipelined, --changing
  mixed          lookups while clients churn
  long-answers   REGISTER while /nodes, /topics and /debug are asked without pause
  ping           PINGs of one producer beside a load of others (--beside): the worst counts
  watch          --watchers of --topics while --producers register and unregister these at --rate:
                 time from a change to each watcher and to the last, PINGs beside, memory of each
  compare        start each --server and measure all of it, interleaved: medians, ratios

of a server that runs:
  --tcp HOST:PORT, --http HOST:PORT   where (127.0.0.1:4160, 127.0.0.1:4161)
  --pid N                 its process, on this machine; without it CPU time and memory are left open
  --operations N, --seconds N   stop after as many or so long, whichever is first (100000, 5)
  --connections N  --pipelined N  --producers N  --topics N  --channels N
  --distinct-names        each producer has topics of its own
  --changing              something is registered or unregistered before each request
  --standing-topics N, --standing-channels N   what others have registered before
  --path PATH             of the lookup (/lookup?topic=t0)
  --beside LOAD           symbol, metrics: --operations GETs of /debug/pprof/symbol or /metrics, pipelined
                          unregister: --operations UNREGISTERs of a topic in which one has no part,
                          beside --topics channels of another and as many of its own
                          register: --producers pipeline --topics REGISTERs each
                          unread: --producers ask --pipelined times for --topics topics, read nothing
                          delete: /topic/delete of --topics channels
                          (symbol; options after it change how much of it)

of watch:
  --watchers N            clients that watch, each one topic (10000)
  --rate N                changes a second, of one topic after another; none changes again before all
                          its watchers are told (100)
  --mode stream|wait      GET /watch, or GET /lookup with index= and wait= (stream)
  --one-topic             all watch the same: as --topics 1
  --storm                 in place of changes --producers with --topics x --channels close at once
                          (1,000 of 100, 1,000 watchers; options after it change how much)
  --seconds N             with changes alone, and as long again with PINGs beside (5)

--server '[NAME=]PATH [FLAG...]', in place of --tcp, --http and --pid, starts a server, as compare does;
it may be repeated.

of compare:
  --server '[NAME=]PATH [FLAG...]'   repeat it; the first is held against the others
  --rounds N              (9)
  --only TEXT             rows whose name contains TEXT; may be repeated
  --seconds N             of each measurement in which operations are counted (1)
  --row-seconds N         no further round of a row for a server that has spent so long on it,
                          what comes before the measurement included (60)
  --tiny                  a hundredth of the load: whether it all runs
  --markdown              tables for a document

of all:
  --json FILE             all figures as JSON, too; - is standard output, and no table
  --patience N            seconds in which a server must answer something (60)

Nine rounds of three servers, one of them v1.3.0, take ten to fifteen minutes on a quiet machine.
CPU time is user and system time of the server's process, in nanoseconds from its CPU clock. Memory
is the resident set. Latencies are seen from here, and include what the tool itself takes. A server
whose file is called nsqlookupd-floor is the floor: it answers with bodies as large as the first
server's, and is left out where what is known matters.

rows of compare:
)";
  for (auto const& each : all_experiments({})) {
    for (auto const& line : each.rows) {
      text += "  " + line.name + " [" + line.unit + "]\n";
    }
  }
  return text;
}

}  // namespace bench
