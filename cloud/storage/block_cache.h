#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ty::cloud {

/// Parts of files from stores, kept on this computer's disk. A block is found by what identifies its content, so that it is
/// never stale; the ones that were not used for longest go when there is no room. Every file may be deleted at any time, and
/// one that was damaged counts as missing. Several programs may share a folder. Any thread.
class BlockCache {
public:
    /// @param folder     made when the first block is kept
    /// @param mostBytes  0: nothing is kept
    BlockCache(std::string folder, std::uint64_t mostBytes);

    /// $TRAINYARD_CACHE/stores, else the folder "stores" in that for scratch files.
    static std::string defaultFolder();
    /// $TRAINYARD_CACHE_GIB, else half of what the disk of that folder has free, at most 64 GiB.
    static std::uint64_t defaultBytes();

    /// The name of what is identified by `content`: 64 hexadecimal digits.
    static std::string keyOf(std::string_view content);

    std::optional<std::string> find(const std::string& key);
    bool has(const std::string& key) const;
    /// False: there was no room, or the disk failed; the data itself is none the worse for it.
    bool keep(const std::string& key, std::string_view bytes);

    const std::string& folder() const { return m_folder; }

private:
    using Clock = std::chrono::steady_clock;
    std::string fileOf(const std::string& key) const;
    std::uint64_t measure() const;
    void makeRoom();

    const std::string m_folder;
    const std::uint64_t m_mostBytes;
    std::mutex m_mutex; ///< guards all below
    std::optional<std::uint64_t> m_bytes; ///< in the folder, about; nothing: not measured yet
    std::map<std::string, Clock::time_point> m_used; ///< blocks that were found whole, and when they were last marked as used
};

} // namespace ty::cloud
