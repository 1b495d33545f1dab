#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ty::engine {

/// SHA-256 fed in pieces. Not thread-safe.
class ContentHash {
  public:
    ContentHash();
    ContentHash(ContentHash&&) noexcept;
    ContentHash& operator=(ContentHash&&) noexcept;
    ~ContentHash();

    void add(std::string_view bytes);
    /// Adds a length and then the bytes, so that ("ab", "c") and ("a", "bc") differ.
    void addField(std::string_view bytes);
    /// What addField() adds.
    static std::string field(std::string_view bytes);
    /// 64 hex digits. Nothing may be added afterwards.
    std::string finish();

    static std::string of(std::string_view bytes);

  private:
    struct Context;
    std::unique_ptr<Context> m_context;
};

/// A quick 64-bit hash for finding equal samples in one process; never stored.
std::uint64_t quickHash(std::span<const std::uint8_t> bytes, std::uint64_t seed = 0);

} // namespace ty::engine
