#pragma once

#include <map>
#include <optional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <QDateTime>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include "app/catalog/charges.h"
#include "app/catalog/paths.h"
#include "app/provisioning/budgets.h"
#include "app/provisioning/cost_watch.h"
#include "app/provisioning/hard_limit.h"
#include "app/services/cloud_workers.h"

namespace ty::app {

class CatalogService;
class MachineService;
class Notices;
class SettingsService;

/// What all machines of all accounts cost now, by states that their clouds confirmed.
struct Burn {
    std::string currency = "USD";
    double perHour = 0;        ///< of what has a known price
    double today = 0;          ///< the same, since midnight here
    double month = 0;          ///< since the first of the month
    int unknown = 0;           ///< machines with a part whose price is not known
    int machines = 0;          ///< whose processors are billed
    int offMachines = 0;       ///< whose disks and addresses alone are
    bool isTodayPartial = false;
    bool isSandboxAlone = false; ///< no money of anybody
    QStringList stoppedBilled; ///< machines that are off and cost as much as running
    QStringList unread;        ///< accounts that did not answer: their machines count as they were last seen
    std::optional<double> monthBudget;

    bool isNothing() const { return machines == 0 && offMachines == 0; }
};

/// Looks every half minute what machines cost, in every account in which Trainyard has made some, and sees to budgets. An
/// account without machines is not asked, a sandbox that does not run is not started, nobody is asked to sign in.
class BurnService : public QObject {
    Q_OBJECT
public:
    /// All outlive this.
    BurnService(
        const catalog::Paths& paths, cloud::SecretStore& secrets, CatalogService& catalog, MachineService& machines, SettingsService& settings,
        Notices& notices, QObject* parent = nullptr);
    ~BurnService() override;

    const Burn& burn() const { return m_burn; }
    /// As they were last seen, by account and name with a line feed in between.
    const std::map<std::string, cloud::MachineInfo>& machines() const { return m_seen; }
    /// Looks now; many calls at once make one look.
    void lookSoon();

    /// Signs in anew from now on: an account's sign-in is another one.
    void forgetSessions();

    /// The program gives the processors of machines back that are off and still billed.
    bool releasesStopped() const;
    void setReleasesStopped(bool isOn);

signals:
    void changed();

private:
    struct Figures {
        std::vector<catalog::Charge> current;
        std::vector<catalog::Spent> today;
        std::vector<catalog::Spent> month;
        std::vector<catalog::Spent> ever;
        Budgets budgets;
        std::set<std::string> sandboxes; ///< names of accounts that cost nothing
        bool isSandboxUp = false;
    };
    struct Watch {
        CostWatch prices;
        bool isLooking = false;
        bool isUnread = false;
    };

    void look();
    void lookAt(const std::string& account);
    void onLooked(const std::string& account, const Result<CostLook>& look);
    void count();
    void onCounted(const Figures& figures);
    void warn(const std::vector<BudgetWarning>& warnings);
    void releaseStopped(const std::string& account, const CostLook& look);
    void enforce(const std::vector<BudgetWarning>& warnings);
    void stopOverdue(const std::string& account, const std::vector<Overdue>& overdue);

    catalog::Paths m_paths;
    CatalogService& m_catalog;
    MachineService& m_machines;
    SettingsService& m_settings;
    Notices& m_notices;
    Burn m_burn;
    std::map<std::string, std::shared_ptr<Watch>> m_watches; ///< by account
    std::map<std::string, cloud::MachineInfo> m_seen;        ///< by account and name
    std::set<std::string> m_released;                        ///< marks that were told to stop since they were last on
    QTimer m_timer;
    QTimer m_soon;
    CloudWorkers m_workers; ///< goes first: its threads post here
};

} // namespace ty::app
