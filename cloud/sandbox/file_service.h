#pragma once

#include <string>

#include "cloud/sandbox/object_bytes.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

inline constexpr char kStorageAccount[] = "trainyardsandbox"; ///< there from the first start

/// Azure Files of all storage accounts, each below /file/ACCOUNT: shares, directories, files and ranges. Names keep their case and are told
/// apart by it, unlike on the real service.
/// Source: File service REST API, version 2024-08-04.
class FileService {
public:
    FileService(World& world, ObjectBytes& bytes) : m_world(world), m_bytes(bytes) {}

    static bool isMine(const Request& request);
    Response handle(const Request& request);
    /// Erases all that lies in an account.
    void drop(const std::string& account);
    /// Of kStorageAccount, in base64; made at the first start.
    static std::string ensureKey(DocumentStore& store, Identifiers& identifiers);

private:
    struct Call {
        const Request& request;
        std::string account;
        std::string share;
        std::string path;   ///< in it, without slashes at both ends
        std::string key;    ///< of its document
    };
    Response answerShare(const Call& call);
    Response answerDirectory(const Call& call);
    Response answerFile(const Call& call);
    Response listShares(const Call& call) const;
    Response listDirectory(const Call& call) const;
    Response putFile(const Call& call);
    Response putRange(const Call& call, Json file);
    Response putProperties(const Call& call, Json file);
    Response rename(const Call& call);
    Response copy(const Call& call);
    Response getFile(const Call& call, const Json& file) const;
    Response listRanges(const Json& file) const;
    /// The document that a link in a header names; null when it is none of ours.
    const Json* linked(const Call& call, const std::string& link, std::string& key) const;
    /// With another etag and time; kept.
    Response changed(const Call& call, Json document, int status);
    bool hasParent(const Call& call) const;

    World& m_world;
    ObjectBytes& m_bytes;
};

} // namespace ty::sandbox
