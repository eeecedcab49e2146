// SPDX-License-Identifier: MIT
#include "registry_comparison.hpp"

#include <nsqlookupd/registry/names.hpp>

#include "registry_listings.hpp"

namespace nsqlookupd::test_support {
namespace {

std::string joined(lines const& all) {
  std::string text;
  for (auto const& line : all) {
    text += "\n    " + line;
  }
  return text;
}

void expect_same_topic(registry::registration_db& db, naive_registry const& model,
                       std::string const& topic, registry::time_point now, std::size_t page) {
  if (topic != registry::any_topic) {
    expect_same(topic + " is known", db.has_topic(topic), model.has_topic(topic));
  }
  expect_same("channels of " + topic, list_channels(db, topic, {page}), model.channels(topic));
  auto const producers = model.lookup(topic, now);
  expect_same("lookup of " + topic, list_lookup(db, topic, now), producers);
  if (topic != registry::any_topic) {
    expect_same("lookup in pages of " + topic, list_lookup(db, topic, now, {page}), producers);
  }
}

}  // namespace

void expect_same(std::string_view label, lines const& registry, lines const& model) {
  if (registry != model) {
    throw registry_difference(std::string{label} + ":\n  registry" + joined(registry) +
                              "\n  model" + joined(model));
  }
}

void expect_same(std::string_view label, std::size_t registry, std::size_t model) {
  if (registry != model) {
    throw registry_difference(std::string{label} + ": registry " + std::to_string(registry) +
                              ", model " + std::to_string(model));
  }
}

void expect_same(std::string_view label, bool registry, bool model) {
  if (registry != model) {
    throw registry_difference(std::string{label} + (registry ? ": registry only" : ": model only"));
  }
}

void expect_same_listings(registry::registration_db& db, naive_registry const& model,
                          lines const& names, registry::time_point now, std::size_t page) {
  expect_same("producer count", db.count_all().producers, model.producer_count());
  expect_same("restored producers", db.count_all().restored_producers, model.restored_producers());
  expect_same("topic count", db.count_all().topics, model.topics().size());
  expect_same("total of channels", db.count_all().channels, model.all_channels().size());
  if (!db.has_backlog()) {
    expect_same("total of registrations", db.count_all().registrations, model.entry_count());
  }
  expect_same("total of empty topics", db.count_all().empty_topics, model.empty_topics().size());
  expect_same("empty topics", list_empty_topics(db, {page}), model.empty_topics());
  expect_same("topics", list_topics(db, {page}), model.topics());
  expect_same("all channels", list_all_channels(db, {page}), model.all_channels());
  for (auto const& topic : names) {
    expect_same_topic(db, model, topic, now, page);
  }
  expect_same_topic(db, model, std::string{registry::any_topic}, now, page);
  expect_same("nodes", list_nodes(db, now, {page}), model.nodes(now));
  expect_same("clients", list_clients(db, {page}), model.clients());
  expect_same("registrations", list_registrations(db, {page}), model.registrations());
}

}  // namespace nsqlookupd::test_support
