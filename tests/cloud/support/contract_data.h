#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cloud/http/url.h"
#include "engine/base/json.h"

namespace ty::test {

/// A file below tests/data/contracts. Ends the test program when it cannot be read.
Json contractJson(const std::string& path);
/// The files in a folder there, sorted; full paths below tests/data/contracts.
std::vector<std::string> contractFiles(const std::string& folder);

/// One official example or one recorded exchange, brought to the same form.
struct Exchange {
    std::string name;        ///< for messages and rows
    std::string operationId; ///< "VirtualMachines_CreateOrUpdate"
    std::string method;
    std::string path; ///< with all names filled in, not encoded
    cloud::Query query;
    std::map<std::string, std::string> names; ///< what the path's {placeholders} stand for
    Json body;                                ///< of the request; null without
    std::vector<std::pair<int, Json>> answers; ///< status and body, null without
    bool isOfficial = true;                   ///< an example; else recorded

    /// A name of the path or a parameter of the query; empty when missing.
    std::string text(const std::string& name) const;
};

/// An operation of the contracts' index.
struct ContractOperation {
    std::string id;
    std::string method;
    std::string path;
    std::string apiVersion;
    std::string definition;
    std::vector<std::string> examples;
};

/// All that are not of the data planes and of services that another part of the program speaks.
std::vector<ContractOperation> azureOperations();

/// Every official example of those operations.
std::vector<Exchange> azureExamples();
/// Every recorded exchange of Resource Manager that belongs to one of those operations.
std::vector<Exchange> azureRecordings();

/// How two JSON values differ. Paths are as "properties.disks[].name"; the order of members does not count, and an empty
/// object, list or text, or null, is as good as nothing.
struct Difference {
    std::set<std::string> missing; ///< in the contract's only
    std::vector<std::string> wrong; ///< extra in ours, or another value
};
Difference differenceOf(const Json& contracts, const Json& ours);

/// Members that our values do not hold, with the reason, by group of operations; checked to be neither too few nor too many.
class UnmodelledMembers {
public:
    /// {"VirtualMachines": {"properties.osProfile.windowsConfiguration": "reason"}, "*": {..}}
    explicit UnmodelledMembers(const Json& json);

    bool covers(const std::string& group, const std::string& path);
    /// Entries that covered nothing so far.
    std::vector<std::string> unused() const;

private:
    struct Entry {
        std::string group;
        std::string path;
        bool isUsed = false;
    };
    std::vector<Entry> m_entries;
};

} // namespace ty::test
