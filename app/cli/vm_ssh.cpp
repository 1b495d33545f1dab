#include "app/cli/vm_ssh.h"

#include <cerrno>

#include <unistd.h>

#include "app/provisioning/machine_access.h"
#include "app/provisioning/ssh_config.h"

namespace ty::cli {

Result<int> vmSsh(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    TY_TRY(const auto access, app::reachMachine(session.provider(), paths, machine, {}));
    std::vector<std::string> words = access.sshCommand;
    words.insert(words.end(), request.command.begin(), request.command.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    return errnoError(errno, "cannot start", words.front());
}

Result<int> vmSshConfig(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    TY_TRY(const auto access, app::reachMachine(session.provider(), paths, machine, {}));
    const std::string entry = app::sshConfigEntry(access);
    if (!request.isConfigWritten) {
        printText(entry);
        return 0;
    }
    if (app::sshFolder().empty()) {
        return Error{ErrorKind::NotFound, "HOME is not set, so there is no ~/.ssh", {}};
    }
    const app::SshConfig config(app::sshFolder());
    TY_CHECK(config.write(machine.name, entry));
    printText("Written to " + config.ownFile() + ". Now: ssh " + machine.name + "\n");
    return 0;
}

} // namespace ty::cli
