#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/files.h"
#include "engine/base/json.h"

namespace ty::sandbox {

/// Every fact of the sandbox's world: JSON documents by key, kept in a file that a killed process leaves whole.
///
/// Changes are collected until commit(), which writes them as one line of a log: after kill -9 either all changes of a
/// request are there or none. The log is brought down to the documents when it is opened and whenever it has grown long.
/// Not thread-safe: one owner, one lock.
class DocumentStore {
public:
    /// Documents that live in memory only.
    DocumentStore() = default;
    /// Reads `path`, or begins it. Errors: Io, Permission, InvalidInput when the file holds something else.
    static Result<DocumentStore> open(const std::string& path);

    /// nullptr when there is none. Valid until that document is put or erased.
    const Json* find(const std::string& key) const;
    bool contains(const std::string& key) const { return find(key) != nullptr; }
    void put(const std::string& key, Json document);
    void erase(const std::string& key);
    /// Keys that begin with `prefix`, in order.
    std::vector<std::string> keysBelow(const std::string& prefix) const;
    std::size_t countBelow(const std::string& prefix) const;

    Result<void> commit();
    /// Drops what was changed since the last commit.
    void rollback();

private:
    Result<void> compact();
    void applyLine(const Json& line);

    std::map<std::string, Json> m_documents;
    std::map<std::string, std::optional<Json>> m_before; ///< the changed ones as they were at the last commit
    std::string m_path;
    std::optional<LineLog> m_log;
    std::size_t m_lines = 0;
};

} // namespace ty::sandbox
