#pragma once

#include <string>

#include "app/provisioning/machine_access.h"
#include "engine/base/result.h"

namespace ty::app {

/// An entry of the SSH client's configuration: "ssh gpu-1", and editors that go through SSH, then reach the machine with the
/// right key and its pinned host keys. It holds no secret: the key is named, not shown.
std::string sshConfigEntry(const MachineAccess& access);

/// $HOME/.ssh; empty without a home.
std::string sshFolder();

/// The person's SSH configuration: a file of our own in `folder`/config.d, and one line in `folder`/config that includes it.
class SshConfig {
public:
    /// `folder`: "/home/me/.ssh".
    explicit SshConfig(std::string folder);

    /// config.d/trainyard.conf
    std::string ownFile() const;
    /// The line that the person's own file gets at its top, where it counts for all hosts.
    std::string includeLine() const;
    /// Whether the person's own file includes ours.
    Result<bool> isIncluded() const;
    /// Whether our file has just this entry, and is included.
    Result<bool> holds(const std::string& entry) const;
    /// Adds the entry, in the place of an older one of that name, and the line when it is not there. What else the person's
    /// file holds stays as it is; a link to it stays a link.
    Result<void> write(const std::string& name, const std::string& entry) const;
    /// Takes our entry of that name away; none is fine.
    Result<void> remove(const std::string& name) const;

private:
    std::string m_folder;
};

} // namespace ty::app
