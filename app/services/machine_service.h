#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>
#include <QTimer>

#include "app/catalog/paths.h"
#include "app/models/machine_row.h"
#include "app/provisioning/auto_stop.h"
#include "app/provisioning/machine_operations.h"
#include "app/provisioning/open_operations.h"
#include "app/services/cloud_workers.h"
#include "app/services/machine_list.h"

namespace ty::app {

class ActivityService;

/// The machines of cloud accounts, and all that is done to them. Lives on the GUI thread; whatever talks to a cloud runs
/// on threads of its own and its answer is posted here. What is still under way when the program ends stays in the
/// journal, and the next start goes on with it.
class MachineService : public QObject {
    Q_OBJECT
public:
    MachineService(const catalog::Paths& paths, cloud::SecretStore& secrets, ActivityService& activity, QObject* parent = nullptr);
    ~MachineService() override;

    /// The account in which things are made, "sandbox" at first, and others whose machines are listed besides. The lists are
    /// read anew when somebody looks.
    void setAccounts(const QString& name, const QStringList& others);
    const QString& account() const { return m_account; }
    /// While somebody looks the list is read every few seconds, else not at all.
    void setWatched(bool isWatched);
    /// Goes on with what earlier programs left open, each in its own row in Activity; what this program works on already is
    /// passed over. `isStart`: told the person, who did not ask for it.
    void goOnWith(const std::vector<OpenOperation>& open, bool isStart);
    void refresh();
    /// Signs in anew from now on: an account's sign-in is another one.
    void forgetSessions();
    /// When a machine will stop for idleness, seconds since 1970; nothing: not in the next minutes.
    void setStopTime(const std::string& machineId, const std::optional<std::int64_t>& at);
    void setGpuUse(const std::string& machineId, const GpuUse& use);
    /// What the catalog keeps of the machines has changed.
    void readAgain();

    const std::vector<MachineRow>& rows() const { return m_rows; }
    /// Whether every list has been read or failed, and one was read.
    bool isLoaded() const;
    /// That of the account first.
    const std::vector<std::unique_ptr<MachineList>>& lists() const { return m_lists; }

    void create(const cloud::MachineRequest& request);
    /// `verb` as in MachineOperations::act().
    void act(const MachineRow& machine, const QString& verb);
    /// The same for a machine that is in no list here.
    void actIn(const QString& account, const cloud::MachineInfo& machine, const QString& verb);
    void resize(const MachineRow& machine, const QString& size);
    void retag(const MachineRow& machine, const cloud::TextMap& tags);
    /// `after`: what becomes of the machine once the image is there.
    enum class Source { Keep, Delete };
    void capture(const MachineRow& machine, const CaptureOrder& order, Source after = Source::Keep);
    /// And what stands of it in the person's SSH configuration.
    void remove(const MachineRow& machine);
    /// One operation for each mark among them.
    void clean(const std::vector<cloud::Leftover>& leftovers);

    /// Another journalled operation of the account, with a row in Activity. `words`: its name there, and what goes on
    /// meanwhile. What `isMade` can be taken back while it is under way. `account`: empty: the one of the machines.
    using Operate = std::function<Result<OperationReport>(MachineOperations& machines, std::stop_token stop)>;
    void perform(const std::pair<QString, QString>& words, const QString& target, bool isMade, Operate run, const QString& account = {});

    /// Asks the account's cloud on a worker. `then` on the GUI thread, unless `receiver` has gone by then.
    template<typename T>
    void ask(
        QObject* receiver, std::function<Result<T>(CloudSession&, std::stop_token)> question,
        std::function<void(Result<T>)> then)
    {
        askIn<T>(m_account, receiver, std::move(question), std::move(then));
    }
    /// The same of any account.
    template<typename T>
    void askIn(
        const QString& account, QObject* receiver, std::function<Result<T>(CloudSession&, std::stop_token)> question,
        std::function<void(Result<T>)> then)
    {
        const QPointer<QObject> guard(receiver);
        const auto answer = [guard, then = std::move(then)](Result<T> value) {
            if (guard) {
                then(std::move(value));
            }
        };
        m_workers.start(
            account.toStdString(),
            [this, question = std::move(question), answer](CloudSession& session, std::stop_token stop) {
                auto value = question(session, stop);
                m_workers.post([answer, value = std::move(value)] { answer(value); });
            },
            [answer](const Error& error) { answer(error); });
    }

signals:
    void changed();
    /// An operation came to its end. Undone without an error: cancelled. `activity`: its row there.
    void ended(const ty::app::OperationReport& report, int activity);
    /// A machine that stops by itself was made, so that this can be proven.
    void created(const QString& account, const QString& machine);
    /// An operation could not begin, or waits in the journal for a better time. `what`: a sentence.
    void refused(const QString& what, const ty::Error& error, int activity);
    /// Operations of an earlier program go on; `first` names one of them.
    void wentOn(int count, const QString& first);

private:
    /// Something to be done to a machine; kept until it succeeded, for another try.
    struct Job {
        QString account;
        QString name;
        QString key;          ///< of the machine's row
        QString title;        ///< in Activity: "Stop machine"
        QString words;        ///< of the machine meanwhile: "Stopping"
        Operate run;          ///< empty: it is in the journal already
        std::int64_t operation = 0; ///< there
        bool isNoted = false; ///< it was begun there
        bool isAgain = false; ///< an earlier try may have left it open there
        bool isTold = false;  ///< the person knows that it waits
        std::optional<cloud::MachineRequest> coming; ///< of a creation
    };
    /// A job on its way.
    struct Work {
        QString account;
        QString key;
        QString words;
        QString stage; ///< "Stopping 1/2"
        std::optional<cloud::MachineRequest> coming;
        std::shared_ptr<std::atomic<bool>> isCancelled = std::make_shared<std::atomic<bool>>(false);
    };

    /// `words`: title in Activity, and what the machine is said to be doing.
    void operate(
        const std::pair<QString, QString>& words, const QString& account, const cloud::MachineInfo& machine, Operate run,
        std::optional<cloud::MachineRequest> coming = {}, bool mayBeTakenBack = false);
    void onNote(int activity, const cloud::JournalNote& note);
    void perform(int activity);
    void doAgain(int activity); ///< in a new row
    void offerRetry(int activity, const QString& details, std::function<void()> again);
    static Result<std::optional<OperationReport>> carryOut(const Job& job, CloudSession& session, std::stop_token stop);
    void onPerformed(int activity, const Result<std::optional<OperationReport>>& report);
    void onWaits(int activity, const Error& error);
    void compose();

    catalog::Paths m_paths;
    ActivityService& m_activity;
    QString m_account;
    std::vector<std::unique_ptr<MachineList>> m_lists;
    std::vector<MachineRow> m_rows;
    std::map<std::string, std::int64_t> m_stopTimes; ///< by the machine's id
    std::map<std::string, GpuUse> m_gpuUses;         ///< the same
    std::map<int, Work> m_work;                        ///< by activity id
    std::map<int, Job> m_jobs;                         ///< by activity id; those that failed stay
    QTimer m_timer;
    CloudWorkers m_workers; ///< goes first: its threads post here
};

} // namespace ty::app
