#pragma once

#include <functional>
#include <string>

#include "cloud/sandbox/clock.h"
#include "cloud/sandbox/document_store.h"
#include "cloud/sandbox/faults.h"
#include "cloud/sandbox/identifiers.h"
#include "cloud/sandbox/identity.h"
#include "cloud/sandbox/loopback.h"
#include "cloud/sandbox/machine_host.h"
#include "cloud/sandbox/operations.h"

namespace ty::sandbox {

/// What all services of the sandbox share. One lock, held by Sandbox, guards it all.
struct World {
    World(DocumentStore documents, const Clock& time, Pace speed, Identifiers names, Identity who, MachineHost& machines)
        : store(std::move(documents))
        , clock(time)
        , pace(speed)
        , identifiers(std::move(names))
        , identity(std::move(who))
        , operations(store, clock)
        , host(machines)
    {
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    std::string now() const { return isoTime(clock.now()); }

    DocumentStore store;
    const Clock& clock;
    Pace pace;
    Identifiers identifiers;
    Identity identity;
    Operations operations;
    FaultScript faults;
    LoopbackAddresses loopback;
    MachineHost& host;
    /// Runs a script on a machine; its words become the output of the operation.
    std::function<void(const std::string& machine, const std::string& script, const std::string& operation)> runScript;
    /// Erases all that lies in a storage account.
    std::function<void(const std::string& account)> dropFiles;
    /// Where Files are served: "http://127.0.0.1:8081".
    std::string filesOrigin;
};

} // namespace ty::sandbox
