#pragma once

#include <string>
#include <vector>

#include "cloud/sandbox/arm_plain.h"
#include "cloud/sandbox/azure_sizes.h"

namespace ty::sandbox {

/// Virtual machines. A document holds, beside the body, "power" (running, stopped, deallocated, ...), "machine" (the host's
/// name for it), "operation" (the id of the one in progress), "generalized" and "failed".
class Machines : public PlainResources {
public:
    explicit Machines(World& world);
    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response act(const ArmCall& call) override;
    void vanish(const std::string& id) override;

private:
    Response create(const ArmCall& call, const std::string& region);
    Response update(const ArmCall& call, const Json& wanted);
    Refusal checkSize(const ArmCall& call, const std::string& region, const AzureSize*& size) const;
    Refusal checkProfile(const ArmCall& call, Json& properties) const;
    Refusal checkImage(const ArmCall& call, Json& properties, int& diskGiB) const;
    Refusal attachInterfaces(const ArmCall& call, const Json& properties, const std::string& region);
    Refusal attachDataDisks(const ArmCall& call, const Json* before, Json& properties, const AzureSize& size, const std::string& region);
    void makeOsDisk(const ArmCall& call, Json& properties, const std::string& region, int diskGiB, const std::string& machine);
    Refusal checkIdle(const Json& document) const;
    /// Begins the machine's operation and answers with the headers to poll it.
    Response begin(const ArmCall& call, Json document, Json operation, double seconds, Response response, FinalAnswer final);

    Response power(const ArmCall& call, const Json& document);
    Response runCommand(const ArmCall& call, const Json& document);
    Response retrieveBootLog(const ArmCall& call, const Json& document);

    // What happens at the end of an operation.
    void finishCreate(Json& operation);
    void finishUpdate(Json& operation);
    void finishPower(Json& operation);
    void finishRemove(Json& operation);

    /// Brings the machine to life. On failure its words go to the serial log and the machine runs without SSH.
    void boot(Json& document);
    void assignAddress(Json& document);
    void releaseDynamicAddress(const Json& document);
    std::string shortage(const Json& body) const;
};

/// The failure's name when the place has no room for the size; empty: it has. `zone` empty: anywhere in the region.
std::string shortageOf(const World& world, const std::string& sizeName, const std::string& region, const std::string& zone);
/// properties.instanceView of a machine, from what the document says.
Json instanceView(const World& world, const Json& document);
/// The error that a shortage's name stands for, as it comes in an operation.
Json allocationError(const std::string& code, const Json& body);

} // namespace ty::sandbox
