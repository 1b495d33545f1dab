#pragma once

#include <algorithm>
#include <map>
#include <memory>

#include <csignal>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/secrets/session_secrets.h"

namespace ty::app {

struct ListedResource : cloud::azure::Resource {
    void fields(auto& f) { resourceFields(f); }
};

/// A data folder of its own with a fast sandbox in it, and programs (crash_child) that work there.
class SandboxHome {
public:
    struct Ended {
        int exitCode = 0;
        bool isKilled = false;
        QByteArray output;
    };

    SandboxHome()
    {
        qputenv("TRAINYARD_SANDBOX_PACE", "2000");
        qputenv("PATH", QByteArray(TRAINYARD_BIN_DIR) + ":" + qgetenv("PATH"));
    }

    /// The sandbox goes on when its programs end; this one was ours alone.
    ~SandboxHome()
    {
        m_sessions.clear();
        QProcess::execute(
            QStringLiteral("pkill"),
            {QStringLiteral("-TERM"), QStringLiteral("-f"),
             QStringLiteral("trainyard-sandbox --data-dir ") + m_home.path() + QStringLiteral("/sandbox")});
        endMachines();
    }

    bool open()
    {
        if (!QFile::exists(QStringLiteral(TRAINYARD_BIN_DIR "/trainyard-sandbox")) || !paths().ensure()) {
            qWarning("trainyard-sandbox was not built, or there is no folder");
            return false;
        }
        for (const Account& account : sandboxAccounts()) {
            auto session = CloudSession::open(paths(), account, m_secrets, {});
            if (!session) {
                qWarning("%s", session.error().message.c_str());
                return false;
            }
            m_sessions[account.provider] = std::move(session).value();
        }
        return true;
    }

    catalog::Paths paths() const { return catalog::Paths::below(m_home.path().toStdString()); }
    CloudSession& session() { return *m_sessions.at(m_provider); }
    /// The provider that all that follows is about: "azure" at first, or "google".
    void setProvider(const std::string& provider) { m_provider = provider; }
    const std::string& provider() const { return m_provider; }

    std::unique_ptr<QProcess> start(const QString& action, const QString& name, int request, const QString& when) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::MergedChannels);
        process->start(QStringLiteral(CRASH_CHILD), {m_home.path(), QString::fromStdString(m_provider), action, name, QString::number(request), when});
        return process;
    }

    static Ended wait(QProcess& process)
    {
        constexpr int kPatienceMs = 300'000;
        process.waitForFinished(kPatienceMs);
        return {process.exitCode(), process.exitStatus() == QProcess::CrashExit, process.readAll()};
    }

    Ended run(
        const QString& action, const QString& name, int request = 0, const QString& when = QStringLiteral("before")) const
    {
        const auto process = start(action, name, request, when);
        return wait(*process);
    }

    /// What the programs made, by kind. Empty when nothing is left.
    std::map<std::string, int> inventory()
    {
        return m_provider == "google" ? googleInventory() : azureInventory();
    }

    /// Sends the sandbox a script of faults; an empty object takes it away.
    bool setFaults(const std::string& script) { return administer("faults", script); }

    /// Something that only a test or a person at the sandbox asks for: "scopes", "role", "certificate".
    bool administer(const std::string& what, const std::string& body)
    {
        cloud::HttpRequest request;
        request.method = "POST";
        request.url = m_sessions.at("azure")->account().managementUrl + "/sandbox/" + what;
        request.headers.add("x-sandbox-admin", "1");
        request.headers.add("Content-Type", "application/json");
        request.body = body;
        const auto answer = m_sessions.at("azure")->connection().plain().send(request, {});
        if (!answer || answer->status >= 300) {
            qWarning("%s", answer ? answer->body.c_str() : answer.error().message.c_str());
            return false;
        }
        return true;
    }

private:
    /// Machines outlive their sandbox: those that a failed test left.
    void endMachines() const
    {
        const QDir machines(m_home.path() + QStringLiteral("/sandbox/machines"));
        for (const auto& name : machines.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile file(machines.filePath(name + QStringLiteral("/process")));
            const int pid = file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object().value("pid").toInt() : 0;
            if (pid > 0) {
                ::kill(pid, SIGKILL);
            }
        }
    }

    std::map<std::string, int> azureInventory()
    {
        std::map<std::string, int> found;
        const auto listed = session().connection().client().list<ListedResource>(
            cloud::azure::listResources(session().account().scope, "crash"), {});
        if (listed) { // else there is no such group
            for (const auto& resource : *listed) {
                ++found[resource.type];
            }
        }
        return found;
    }

    std::map<std::string, int> googleInventory()
    {
        using namespace cloud::gcp;
        auto& client = session().google()->client();
        const std::string& project = session().account().scope;
        std::map<std::string, int> found;
        const auto add = [&found](const std::string& kind, std::size_t count) {
            if (count > 0) {
                found[kind] += static_cast<int>(count);
            }
        };
        const auto instances = client.aggregated<InstanceScope>(listAllInstances(project), {}).value();
        for (const auto& [zone, scope] : instances) {
            add("instances", scope.instances.size());
        }
        const auto disks = client.aggregated<DiskScope>(listAllDisks(project), {}).value();
        for (const auto& [zone, scope] : disks) {
            add("disks", scope.disks.size());
        }
        add("images", client.list<Image>(listImages(project), {}).value().size());
        add("machineImages", client.list<MachineImage>(listMachineImages(project), {}).value().size());
        const auto rules = client.list<Firewall>(listFirewalls(project), {}).value();
        add("firewalls", static_cast<std::size_t>(std::count_if(rules.begin(), rules.end(), [](const Firewall& rule) {
                return !rule.name.starts_with("default-");
            })));
        return found;
    }

    QTemporaryDir m_home;
    cloud::SessionSecrets m_secrets;
    std::map<std::string, std::unique_ptr<CloudSession>> m_sessions;
    std::string m_provider = "azure";
};

} // namespace ty::app
