#pragma once

#include <map>
#include <memory>

#include <QFile>
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
        m_session.reset();
        QProcess::execute(
            QStringLiteral("pkill"),
            {QStringLiteral("-TERM"), QStringLiteral("-f"),
             QStringLiteral("trainyard-sandbox --data-dir ") + m_home.path() + QStringLiteral("/sandbox")});
    }

    bool open()
    {
        if (!QFile::exists(QStringLiteral(TRAINYARD_BIN_DIR "/trainyard-sandbox")) || !paths().ensure()) {
            qWarning("trainyard-sandbox was not built, or there is no folder");
            return false;
        }
        Account account;
        account.name = kSandboxAccount;
        account.provider = "azure";
        account.signIn = "sandbox";
        auto session = CloudSession::open(paths(), account, m_secrets, {});
        if (!session) {
            qWarning("%s", session.error().message.c_str());
            return false;
        }
        m_session = std::move(session).value();
        return true;
    }

    catalog::Paths paths() const { return catalog::Paths::below(m_home.path().toStdString()); }
    CloudSession& session() { return *m_session; }

    std::unique_ptr<QProcess> start(const QString& action, const QString& name, int request, const QString& when) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::MergedChannels);
        process->start(QStringLiteral(CRASH_CHILD), {m_home.path(), action, name, QString::number(request), when});
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

    /// What the programs' resource group holds, by kind. Empty while there is no such group.
    std::map<std::string, int> inventory()
    {
        std::map<std::string, int> found;
        const auto listed = m_session->connection().client().list<ListedResource>(
            cloud::azure::listResources(m_session->account().scope, "crash"), {});
        if (listed) {
            for (const auto& resource : *listed) {
                ++found[resource.type];
            }
        }
        return found;
    }

    /// Sends the sandbox a script of faults; an empty object takes it away.
    bool setFaults(const std::string& script)
    {
        cloud::HttpRequest request;
        request.method = "POST";
        request.url = m_session->account().managementUrl + "/sandbox/faults";
        request.headers.add("x-sandbox-admin", "1");
        request.headers.add("Content-Type", "application/json");
        request.body = script;
        const auto answer = m_session->connection().plain().send(request, {});
        if (!answer || answer->status != 200) {
            qWarning("%s", answer ? answer->body.c_str() : answer.error().message.c_str());
            return false;
        }
        return true;
    }

private:
    QTemporaryDir m_home;
    cloud::SessionSecrets m_secrets;
    std::unique_ptr<CloudSession> m_session;
};

} // namespace ty::app
