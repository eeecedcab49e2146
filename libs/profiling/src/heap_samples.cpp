// SPDX-License-Identifier: MIT
#include <nsqlookupd/profiling/heap_samples.hpp>

#include "call_stack.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <numbers>
#include <span>
#include <utility>

namespace nsqlookupd::profiling {
namespace {

using frames = std::span<std::uintptr_t const>;

struct usage_entry {
  call_stack stack;
  std::size_t live_count = 0;
  std::size_t live_bytes = 0;
  std::size_t all_count = 0;
  std::size_t all_bytes = 0;
  usage_entry* next = nullptr;
};

struct live_sample {
  void* address;
  std::size_t size;
  usage_entry* owner;
  live_sample* next;
};

// A program has some hundred places that allocate much; this many never come.
constexpr std::size_t max_stacks = 8192;

// All is malloc()ed, so that this may stand below operator new, and constant at first, since
// malloc() is called before any constructor.
struct sample_table {
  std::mutex guard;
  std::array<usage_entry*, 1024> stacks{};
  // By page, so that only that of it becomes real which belongs to the heap as it is.
  std::array<std::atomic<live_sample*>, 65536> samples{};
  std::size_t stack_count = 0;
};
constinit sample_table table;
constinit std::atomic<bool> sampled{false};

std::size_t hash_of(frames stack) noexcept {
  std::size_t hash = 0;
  for (auto const address : stack) {
    hash = (hash ^ address) * 0x9e3779b97f4a7c15U;
  }
  return hash >> 32U;
}

std::atomic<live_sample*>& chain_of(void* address) noexcept {
  return table.samples[reinterpret_cast<std::uintptr_t>(address) / 4096 % table.samples.size()];
}

template <class Entry, class... Values>
Entry* make(Values&&... values) noexcept {
  auto* const memory = std::malloc(sizeof(Entry));
  return memory == nullptr ? nullptr : new (memory) Entry{std::forward<Values>(values)...};
}

// Null when there is no memory. Locked.
usage_entry* owner_of(call_stack const& stack) noexcept {
  auto*& first = table.stacks[hash_of(stack.frames()) % table.stacks.size()];
  for (auto* entry = first; entry != nullptr; entry = entry->next) {
    if (std::ranges::equal(entry->stack.frames(), stack.frames())) {
      return entry;
    }
  }
  if (table.stack_count == max_stacks) {
    return nullptr;
  }
  auto* const entry = make<usage_entry>(stack);
  if (entry != nullptr) {
    entry->next = first;
    first = entry;
    ++table.stack_count;
  }
  return entry;
}

std::size_t count_stacks() noexcept {
  std::lock_guard const lock{table.guard};
  return table.stack_count;
}

std::uint64_t random_bits() noexcept {
  // Splitmix64, which is small; each thread begins elsewhere.
  constinit thread_local std::uint64_t state = 0;
  if (state == 0) {
    state = reinterpret_cast<std::uintptr_t>(&state);
  }
  auto mixed = state += 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

// Exponentially distributed around 1: -ln(u) of a u in (0, 1), which is 0.5 to 1 by a power of two.
// Right to a hundredth; std::log() would be another 240 KiB of the process, for its tables.
double random_wait() noexcept {
  auto const bits = random_bits() | 1U;
  auto const halvings = std::countl_zero(bits);
  auto const rest = static_cast<double>((bits << static_cast<unsigned>(halvings)) << 1U) * 0x1p-64;
  auto const log_of_rest = rest * (1.3465 - 0.3465 * rest);
  return (halvings + 1 - log_of_rest) * std::numbers::ln2;
}

}  // namespace

std::size_t bytes_to_next_sample() noexcept {
  sampled.store(true, std::memory_order_relaxed);
  return static_cast<std::size_t>(random_wait() * static_cast<double>(heap_sample_period)) + 1;
}

void add_heap_sample(void* address, std::size_t size) noexcept {
  // Without this function and the one that stands in for malloc().
  auto const stack = call_stack::of_caller(2);
  std::lock_guard const lock{table.guard};
  auto* const owner = owner_of(stack);
  auto* const sample = owner == nullptr
                           ? nullptr
                           : make<live_sample>(address, size, owner, chain_of(address).load());
  if (sample == nullptr) {
    return;
  }
  chain_of(address) = sample;
  ++owner->live_count;
  ++owner->all_count;
  owner->live_bytes += size;
  owner->all_bytes += size;
}

void forget_heap_sample(void* address) noexcept {
  // Memory that was a sample once begins a page for ever, and is handed out again and again.
  // Whoever gives a sample back has had it from whoever remembered it, so its chain is seen to be
  // there.
  auto& chain = chain_of(address);
  if (chain.load(std::memory_order_relaxed) == nullptr) {
    return;
  }
  live_sample* found = nullptr;
  {
    std::lock_guard const lock{table.guard};
    live_sample* before = nullptr;
    found = chain;
    while (found != nullptr && found->address != address) {
      before = std::exchange(found, found->next);
    }
    if (found == nullptr) {
      return;
    }
    if (before == nullptr) {
      chain = found->next;
    } else {
      before->next = found->next;
    }
    --found->owner->live_count;
    found->owner->live_bytes -= found->size;
  }
  std::free(found);
}

bool is_heap_sampled() noexcept {
  return sampled.load(std::memory_order_relaxed);
}

// Nothing is allocated under the lock: that might be due for a sample itself.
std::vector<heap_usage> heap_usage_by_stack() {
  std::vector<usage_entry> copies;
  copies.reserve(count_stacks() + 64);
  {
    std::lock_guard const lock{table.guard};
    for (auto const* entry : table.stacks) {
      for (; entry != nullptr && copies.size() < copies.capacity(); entry = entry->next) {
        copies.push_back(*entry);
      }
    }
  }
  std::vector<heap_usage> all;
  all.reserve(copies.size());
  for (auto const& entry : copies) {
    auto const stack = entry.stack.frames();
    all.push_back({{stack.begin(), stack.end()},
                   entry.live_count,
                   entry.live_bytes,
                   entry.all_count,
                   entry.all_bytes});
  }
  return all;
}

}  // namespace nsqlookupd::profiling
