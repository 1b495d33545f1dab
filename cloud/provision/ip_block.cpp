#include "cloud/provision/ip_block.h"

#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace ty::cloud {

std::optional<IpBlock> IpBlock::parse(const std::string& text)
{
    IpBlock block;
    const auto slash = text.find('/');
    block.address = text.substr(0, slash);
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET, block.address.c_str(), bytes.data()) != 1) {
        block.isV6 = true;
        if (::inet_pton(AF_INET6, block.address.c_str(), bytes.data()) != 1) {
            return {};
        }
    }
    const int longest = block.isV6 ? 128 : 32;
    block.prefix = longest;
    if (slash != std::string::npos) {
        const char* first = text.data() + slash + 1;
        const char* last = text.data() + text.size();
        const auto [end, code] = std::from_chars(first, last, block.prefix);
        if (code != std::errc() || end != last || first == last || block.prefix < 0 || block.prefix > longest) {
            return {};
        }
    }
    return block;
}

} // namespace ty::cloud
