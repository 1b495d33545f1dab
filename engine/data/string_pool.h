#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ty::engine {

/// Texts kept once, each under a small number; one block of memory for all of them.
class StringPool {
  public:
    static constexpr std::int32_t kNone = -1;

    /// The number of `text`; a new one if it is not there yet.
    std::int32_t intern(std::string_view text);
    /// A new number, whether the text is there already or not; such texts are not found again.
    std::int32_t append(std::string_view text);
    std::int32_t find(std::string_view text) const;

    std::string_view at(std::int32_t code) const;
    std::size_t size() const { return m_ends.size(); }
    std::size_t bytes() const { return m_text.size(); }

  private:
    std::size_t slotOf(std::string_view text) const;
    void grow();

    std::string m_text;
    std::vector<std::uint64_t> m_ends;
    std::vector<std::int32_t> m_slots; ///< open addressing, a power of two long, at most half full
    std::size_t m_used = 0;
};

} // namespace ty::engine
