// SPDX-License-Identifier: MIT
#include "comparison_text.hpp"

#include "text.hpp"

#include <array>

namespace bench {
namespace {

constexpr double mebibyte = 1 << 20;
constexpr std::size_t name_width = 32;
constexpr std::size_t figure_width = 18;
constexpr std::size_t detail_width = 11;

using cells = std::vector<std::string>;

cells const& details() {
  static cells const names{"per s",    "CPU us/op", "p50 us",  "p99 us",
                           "p99.9 us", "worst us",  "RSS MiB", "rounds"};
  return names;
}

// Blank where none was measured.
std::string latency(double microseconds) {
  return microseconds > 0 ? decimal(microseconds, 0) : "";
}

cells details_of(experiment_result const& result, std::size_t server) {
  auto const found = medians_of(result, server);
  if (!found) {
    return cells(details().size());
  }
  return {decimal(found->per_second, 0),
          significant(found->cpu_us_per_operation, 4),
          latency(found->p50_us),
          latency(found->p99_us),
          latency(found->p999_us),
          latency(found->worst_us),
          decimal(found->resident_bytes / mebibyte, 1),
          std::to_string(result.rounds[server].size())};
}

std::string figure_of(experiment_result const& result, row const& figure, std::size_t server) {
  auto const found = medians_of(result, server);
  return found ? significant(figure.value(*found), 4) : "";
}

std::string ratio_of(experiment_result const& result, row const& figure, std::size_t server) {
  auto const ratio = ratio_to(result, figure, server);
  return ratio ? significant(*ratio, 3) : "";
}

std::string markdown_line(cells const& line) {
  std::string text = "|";
  for (auto const& cell : line) {
    text += ' ' + cell + " |";
  }
  return text + '\n';
}

std::string markdown_head(cells const& line, std::size_t texts) {
  auto text = markdown_line(line) + '|';
  for (std::size_t cell = 0; cell < line.size(); ++cell) {
    text += cell < texts ? "---|" : "---:|";
  }
  return text + '\n';
}

std::string ratios_in_markdown(comparison const& settings,
                               std::vector<experiment_result> const& results) {
  cells head{"work", "unit"};
  for (auto const& server : settings.servers) {
    head.push_back(server.name);
  }
  for (std::size_t index = 1; index < settings.servers.size(); ++index) {
    head.push_back("/ " + settings.servers[index].name);
  }
  auto text = markdown_head(head, 2);
  for (auto const& result : results) {
    for (auto const& each : result.rows) {
      cells line{each.name, each.unit};
      for (std::size_t index = 0; index < settings.servers.size(); ++index) {
        line.push_back(figure_of(result, each, index));
      }
      for (std::size_t index = 1; index < settings.servers.size(); ++index) {
        line.push_back(ratio_of(result, each, index));
      }
      text += markdown_line(line);
    }
  }
  return text;
}

std::string details_in_markdown(comparison const& settings,
                                std::vector<experiment_result> const& results) {
  cells head{"work", "server"};
  head.insert(head.end(), details().begin(), details().end());
  auto text = markdown_head(head, 2);
  for (auto const& result : results) {
    for (std::size_t index = 0; index < settings.servers.size(); ++index) {
      if (result.rounds[index].empty()) {
        continue;
      }
      cells line{result.rows.front().name, settings.servers[index].name};
      auto const found = details_of(result, index);
      line.insert(line.end(), found.begin(), found.end());
      text += markdown_line(line);
    }
  }
  return text;
}

std::string padded(cells const& line) {
  std::string text;
  for (auto const& cell : line) {
    text += pad_left(cell, detail_width);
  }
  return text + '\n';
}

}  // namespace

std::string table_head() {
  return pad_right("median", name_width) + pad_left("figure       ", figure_width) +
         pad_left("1st/this", detail_width) + padded(details());
}

std::string to_table(std::vector<server_spec> const& servers, experiment_result const& result) {
  constexpr std::size_t unit_width = 7;
  std::string text;
  for (auto const& each : result.rows) {
    text += each.name + '\n';
    for (std::size_t index = 0; index < servers.size(); ++index) {
      text += pad_right("  " + servers[index].name, name_width);
      if (!result.rounds[index].empty()) {
        auto const figure = figure_of(result, each, index) + ' ' + pad_right(each.unit, unit_width);
        text += pad_left(figure, figure_width) +
                pad_left(index == 0 ? "" : ratio_of(result, each, index), detail_width) +
                padded(details_of(result, index));
      } else {
        text += '\n';
      }
    }
  }
  return text;
}

std::string to_markdown(comparison const& settings, std::vector<experiment_result> const& results) {
  auto text =
      ratios_in_markdown(settings, results) + '\n' + details_in_markdown(settings, results) + '\n';
  text += "Medians of up to " + std::to_string(settings.rounds) + " rounds, interleaved; " +
          machine() + ".\n\n";
  for (auto const& server : settings.servers) {
    text += "- " + server.name + ": `" + server.binary;
    for (auto const& flag : server.flags) {
      text += ' ' + flag;
    }
    text += "`\n";
  }
  return text;
}

}  // namespace bench
