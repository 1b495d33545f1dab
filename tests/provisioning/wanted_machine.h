#pragma once

#include <string>
#include <vector>

#include <QStringList>

#include "cloud/provision/leftover.h"
#include "cloud/provision/machine_request.h"

namespace ty::test {

/// A small machine with one disk of 64 GiB that the sandbox gives at once and that only this computer may reach.
/// @param scope  subscription or project
inline cloud::MachineRequest wantedMachine(const std::string& provider, const std::string& scope, const std::string& name)
{
    const bool isGoogle = provider == "google";
    cloud::MachineRequest request;
    request.provider = provider;
    request.scope = scope;
    request.group = isGoogle ? "" : "crash";
    request.name = name;
    request.region = isGoogle ? "us-central1" : "eastus";
    request.zone = isGoogle ? "us-central1-f" : "";
    request.size = isGoogle ? "n1-standard-2" : "Standard_D2s_v5";
    request.image = isGoogle ? "debian-cloud/debian-12" : "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest";
    request.osDisk = {64, isGoogle ? "pd-balanced" : "StandardSSD_LRS", true};
    request.user = "trainer";
    request.sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEQdCWiw7g++b+wZskvmxUuI54EckYmLw0hmeb9BPTKx test";
    request.allowedFrom = {"127.0.0.1/32"};
    return request;
}

inline QStringList namesOf(const std::vector<cloud::Leftover>& leftovers)
{
    QStringList names;
    for (const cloud::Leftover& leftover : leftovers) {
        names << QString::fromStdString(leftover.name);
    }
    return names;
}

} // namespace ty::test
