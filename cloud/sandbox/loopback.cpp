#include "cloud/sandbox/loopback.h"

#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

constexpr int kBlocks = 250;
constexpr int kPerBlock = 250;
constexpr int kHolder = 254;     ///< the address of a block that no machine gets
constexpr int kHolderPort = 22077;
constexpr char kPlace[] = "conf/loopback";
constexpr char kAddresses[] = "address/";

std::string addressOf(int block, int number)
{
    return fmt::format("127.77.{}.{}", block, number);
}

std::optional<int> blockOf(const std::string& address)
{
    int block = 0;
    int number = 0;
    return std::sscanf(address.c_str(), "127.77.%d.%d", &block, &number) == 2 ? std::optional(block) : std::nullopt;
}

/// A bound socket, or -1 with errno.
int bound(int kind, const std::string& address, int port, bool isShared)
{
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &place.sin_addr);
    const int made = socket(AF_INET, kind | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return -1;
    }
    const int shared = isShared ? 1 : 0;
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared);
    if (bind(made, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0) {
        return made;
    }
    const int problem = errno;
    close(made);
    errno = problem;
    return -1;
}

} // namespace

PortState portState(const std::string& address, int port)
{
    // As sshd asks for it: what a closed connection left does not count, another listener does.
    const int probe = bound(SOCK_STREAM, address, port, true);
    if (probe < 0) {
        return errno == EADDRINUSE ? PortState::Taken : PortState::Forbidden;
    }
    close(probe);
    return PortState::Free;
}

LoopbackAddresses::~LoopbackAddresses()
{
    for (const auto& [block, holder] : m_blocks) {
        close(holder);
    }
}

bool LoopbackAddresses::hold(int block)
{
    if (m_blocks.contains(block)) {
        return true;
    }
    const int holder = bound(SOCK_DGRAM, addressOf(block, kHolder), kHolderPort, false);
    if (holder >= 0) {
        m_blocks[block] = holder;
    }
    return holder >= 0;
}

bool LoopbackAddresses::isHeld(const std::string& address)
{
    const auto block = blockOf(address);
    return block && hold(*block);
}

std::string LoopbackAddresses::take(DocumentStore& store, const std::string& hint, int port)
{
    const Json* kept = store.find(kPlace);
    const int first = kept != nullptr ? kept->value("block", 0)
                                      : static_cast<int>(std::hash<std::string>()(hint) % std::size_t{kBlocks});
    for (int step = 0; step < kBlocks; ++step) {
        const int block = (first + step) % kBlocks;
        if (!hold(block)) {
            continue; // another sandbox's
        }
        // Where a server of the computer listens on all addresses, each would look taken.
        const bool isTakenEverywhere = portState(addressOf(block, kHolder), port) == PortState::Taken;
        for (int number = 1; number <= kPerBlock; ++number) {
            const std::string address = addressOf(block, number);
            const bool isTaken = !isTakenEverywhere && portState(address, port) == PortState::Taken;
            if (!store.contains(kAddresses + address) && !isTaken) {
                store.put(kAddresses + address, Json::object());
                store.put(kPlace, {{"block", block}});
                return address;
            }
        }
    }
    return {}; // 62,500 machines
}

} // namespace ty::sandbox
