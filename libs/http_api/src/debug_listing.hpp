// SPDX-License-Identifier: MIT
#pragma once

#include <nsqlookupd/http_api/answer.hpp>

#include "lists.hpp"
#include "text_in_pieces.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace nsqlookupd::http_api {

/// The answer to `/debug`: an object with one key per registration that has producers. Channels
/// come first, then `client::`, then topics, as Go sorts its keys.
class debug_listing final : public long_answer {
 public:
  bool write_some(registry::registration_db const& db, registry::time_point now,
                  std::size_t budget) override;
  reply finish() override;

 private:
  enum class stage : std::uint8_t { registrations, large_registration, clients, done };

  void write_registrations(slice& turn);
  void write_large_registration(slice& turn);
  void write_clients(slice& turn);

  stage stage_ = stage::registrations;
  registry::registration_position after_;
  std::optional<registry::producer_position> after_client_;
  // Of the registration at after_, when that has very many producers.
  std::optional<registry::producer_position> after_registered_;
  bool has_registered_ = false;
  // Each key begins with a comma.
  text_in_pieces channels_;
  text_in_pieces clients_;
  text_in_pieces topics_;
};

}  // namespace nsqlookupd::http_api
