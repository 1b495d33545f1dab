#pragma once

#include <optional>
#include <string>

namespace ty::cloud {

/// An address block in CIDR form; a single address is a block of itself alone.
struct IpBlock {
    std::string address;
    int prefix = 0; ///< 0: everybody
    bool isV6 = false;

    /// Nothing for what is no IPv4 or IPv6 address, with or without a prefix of a possible length.
    static std::optional<IpBlock> parse(const std::string& text);
    std::string text() const { return address + "/" + std::to_string(prefix); }
};

} // namespace ty::cloud
