#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::gcp {

/// A protocol and its ports; no ports: all of them.
struct FirewallTraffic {
    std::string protocol; ///< "tcp", "udp", "icmp", "all"
    std::vector<std::string> ports;

    void fields(auto& f)
    {
        f("IPProtocol", protocol);
        f("ports", ports);
    }
};

/// A rule of a network. It has no labels: whose it is stands in its description.
struct Firewall {
    std::string name;
    std::string description;
    std::string network;   ///< "global/networks/default"
    std::string direction; ///< INGRESS or EGRESS
    std::optional<std::int64_t> priority; ///< the smaller wins; 65534: the rules that come with the default network
    std::optional<bool> isDisabled;
    std::vector<FirewallTraffic> allowed; ///< either this
    std::vector<FirewallTraffic> denied;  ///< or this
    std::vector<std::string> sourceRanges;
    std::vector<std::string> destinationRanges;
    std::vector<std::string> sourceTags;
    std::vector<std::string> targetTags; ///< machines with one of these network tags; none: all machines
    std::vector<std::string> sourceServiceAccounts;
    std::vector<std::string> targetServiceAccounts;
    std::string creationTimestamp;
    std::string selfLink;

    void fields(auto& f)
    {
        f("name", name);
        f("description", description);
        f("network", network);
        f("direction", direction);
        f("priority", priority);
        f("disabled", isDisabled);
        f("allowed", allowed);
        f("denied", denied);
        f("sourceRanges", sourceRanges);
        f("destinationRanges", destinationRanges);
        f("sourceTags", sourceTags);
        f("targetTags", targetTags);
        f("sourceServiceAccounts", sourceServiceAccounts);
        f("targetServiceAccounts", targetServiceAccounts);
        f("creationTimestamp", creationTimestamp);
        f("selfLink", selfLink);
    }
};

} // namespace ty::cloud::gcp
