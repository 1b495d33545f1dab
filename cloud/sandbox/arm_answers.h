#pragma once

#include <string>

#include "cloud/sandbox/message.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// {"error":{"code","message"[,"target"]}}, the envelope of Azure Resource Manager.
Response armError(int status, const std::string& code, const std::string& message, const std::string& target = "");
Json armErrorBody(const std::string& code, const std::string& message, const std::string& target = "");

/// How a service tells where an operation is to be asked about.
enum class AsyncStyle {
    Compute, ///< Azure-AsyncOperation, and Location with monitor=true where there is a final answer
    Disk,    ///< the same under DiskOperations
    Network, ///< Azure-AsyncOperation under operations, Location under operationResults
    Group,   ///< Location alone: 202 until it is done
    Storage, ///< the same under asyncoperations, and the account as its end
};

/// Adds the headers that let the caller poll the operation.
enum class FinalAnswer { None, AtLocation };
void addPollingHeaders(
    Response& response, const Request& request, AsyncStyle style, const std::string& subscription,
    const std::string& location, const std::string& operation, FinalAnswer final, std::chrono::milliseconds wait);

/// Answers a poll: GET .../operations/{id}, .../operationResults/{id}, /subscriptions/{s}/operationresults/{id}.
/// @return false when the path is none of these
bool answerPoll(World& world, const Request& request, Response& response);

/// Puts on the headers that every answer of Resource Manager carries.
void addArmHeaders(World& world, const Request& request, Response& response);

/// The value list envelope, and a page of it when the request asks with $top and $skiptoken.
Response listResponse(const Request& request, const Json& values);
/// Where the boot log of a machine of the host is read. `machine` empty: of one that is listed only, which has none.
Json bootLogUris(const Request& request, const std::string& machine);

/// A resource's public body out of its stored document, and the other way round.
const Json& bodyOf(const Json& document);

} // namespace ty::sandbox
