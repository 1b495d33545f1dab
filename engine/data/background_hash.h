#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ty::engine {

/// A ContentHash that is computed beside the reading: hashing takes longer than everything else that is done to bytes which
/// are kept as they are. Of one thread.
class BackgroundHash {
public:
    BackgroundHash();
    BackgroundHash(const BackgroundHash&) = delete;
    BackgroundHash& operator=(const BackgroundHash&) = delete;
    ~BackgroundHash();

    /// Takes the bytes, and gives an older buffer to be filled again; of any size.
    std::string add(std::string bytes);
    /// The bytes stay where they are until wait() or finish().
    void addLasting(std::string_view bytes);
    /// Until all that was added has been hashed.
    void wait();
    /// Waits. Nothing may be added afterwards.
    std::string finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace ty::engine
