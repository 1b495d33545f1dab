#include "app/services/burn_service.h"

#include <algorithm>
#include <utility>

#include "app/catalog/catalog.h"
#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "app/models/machine_text.h"
#include "app/provisioning/account.h"
#include "app/provisioning/operation_keys.h"
#include "app/services/catalog_service.h"
#include "app/services/machine_service.h"
#include "app/services/notices.h"
#include "app/services/settings_service.h"
#include "cloud/provision/azure_plan.h"
#include "engine/base/folder_lock.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

constexpr int kLookEveryMs = 30'000;
constexpr int kSoonMs = 700;
constexpr const char* kCurrency = "USD";
constexpr const char* kReleaseKey = "cloud/releaseStopped";
constexpr const char* kWarnedKey = "cloud/budgetWarned";
constexpr const char* kEver = "2000-01-01T00:00:00.000Z";
constexpr int kWholeBudget = 100;
constexpr int kOperations = 500;

/// The accounts that have, or had, machines of ours.
Result<std::set<std::string>> readAccounts(catalog::Catalog& catalog)
{
    std::set<std::string> accounts;
    TY_TRY(const auto machines, catalog::Machines::open(catalog.paths()));
    TY_TRY(const auto records, machines->all());
    for (const catalog::MachineRecord& record : records) {
        accounts.insert(record.cloud);
    }
    TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
    TY_TRY(const auto current, charges->current());
    for (const catalog::Charge& charge : current) {
        accounts.insert(charge.account);
    }
    // Clusters have no record of their own.
    TY_TRY(const auto operations, catalog::Operations::open(catalog.paths()));
    TY_TRY(const auto newest, operations->newest(kOperations));
    for (const catalog::OperationRecord& operation : newest) {
        if (operation.kind == kCreateCluster) {
            accounts.insert(textOf(operation.request, kAccountKey));
        }
    }
    return accounts;
}

bool isSandboxUp(const catalog::Paths& paths)
{
    return FolderLock::isHeld(paths.dataFolder() + "/sandbox/lock");
}

/// Of one machine: nodes of a cluster share the mark of its creation.
std::string markOf(const cloud::MachineInfo& machine)
{
    return machine.tags.at(cloud::kOperationTag) + " " + machine.name;
}

std::string keyOf(const std::string& account, const std::string& machine)
{
    return account + "\n" + machine;
}

} // namespace

BurnService::BurnService(
    const catalog::Paths& paths, cloud::SecretStore& secrets, CatalogService& catalog, MachineService& machines, SettingsService& settings,
    Notices& notices, QObject* parent)
    : QObject(parent)
    , m_paths(paths)
    , m_catalog(catalog)
    , m_machines(machines)
    , m_settings(settings)
    , m_notices(notices)
    , m_workers(paths, secrets, *this)
{
    m_timer.setInterval(kLookEveryMs);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMs);
    connect(&m_timer, &QTimer::timeout, this, &BurnService::look);
    connect(&m_soon, &QTimer::timeout, this, &BurnService::look);
    connect(&m_catalog, &CatalogService::opened, this, [this] {
        look();
        m_timer.start();
    });
    connect(&m_machines, &MachineService::ended, this, &BurnService::lookSoon);
}

BurnService::~BurnService() = default;

void BurnService::lookSoon()
{
    m_soon.start();
}

void BurnService::forgetSessions()
{
    m_workers.forgetSessions();
    lookSoon();
}

bool BurnService::releasesStopped() const
{
    return m_settings.value(QLatin1String(kReleaseKey), false).toBool();
}

void BurnService::setReleasesStopped(bool isOn)
{
    m_settings.setValue(QLatin1String(kReleaseKey), isOn);
    m_released.clear();
    lookSoon();
}

void BurnService::look()
{
    m_catalog.call(this, readAccounts, [this](const Result<std::set<std::string>>& accounts) {
        if (!accounts) {
            return; // the window tells of a catalog that does not open
        }
        for (const std::string& account : *accounts) {
            lookAt(account);
        }
        count();
    });
}

void BurnService::lookAt(const std::string& account)
{
    const auto named = sandboxNames();
    if (named.contains(account) && !isSandboxUp(m_paths)) {
        return; // its machines do not run either
    }
    auto& watch = m_watches[account];
    if (!watch) {
        watch = std::make_shared<Watch>();
    }
    if (std::exchange(watch->isLooking, true)) {
        return;
    }
    m_workers.start(
        account,
        [this, account, watch = watch](CloudSession& session, std::stop_token stop) {
            auto look = watch->prices.look(session, kCurrency, stop);
            m_workers.post([this, account, look] { onLooked(account, look); });
            if (look) {
                auto overdue = overdueOf(session, m_paths, *look, stop);
                m_workers.post([this, account, overdue = std::move(overdue)] { stopOverdue(account, overdue); });
            }
        },
        [this, account](const Error& error) { onLooked(account, error); });
}

void BurnService::onLooked(const std::string& account, const Result<CostLook>& look)
{
    Watch& watch = *m_watches.at(account);
    watch.isLooking = false;
    watch.isUnread = !look;
    if (!look) {
        m_workers.forgetSessions();
        count();
        return;
    }
    std::erase_if(m_seen, [&](const auto& each) { return each.first.starts_with(account + "\n"); });
    for (const cloud::MachineInfo& machine : look->machines) {
        m_seen[keyOf(account, machine.name)] = machine;
    }
    m_catalog.call(
        this,
        [account, sightings = look->sightings](catalog::Catalog& catalog) -> Result<void> {
            TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
            return charges->see(account, sightings, utcNow());
        },
        [this](const Result<void>&) { count(); });
    releaseStopped(account, *look);
}

void BurnService::count()
{
    m_catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<Figures> {
            Figures figures;
            TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
            const BudgetTimes times = budgetTimes(QDateTime::currentSecsSinceEpoch());
            TY_TRY(figures.current, charges->current());
            TY_TRY(figures.today, charges->spent(times.dayBegin, times.now));
            TY_TRY(figures.month, charges->spent(times.monthBegin, times.now));
            TY_TRY(figures.ever, charges->spent(kEver, times.now));
            TY_TRY(figures.budgets, readBudgets(catalog));
            TY_CHECK(addOwnBudgets(catalog.paths(), figures.budgets));
            figures.sandboxes = sandboxNames();
            figures.isSandboxUp = isSandboxUp(catalog.paths());
            return figures;
        },
        [this](const Result<Figures>& figures) {
            if (figures) {
                onCounted(*figures);
            }
        });
}

void BurnService::onCounted(const Figures& figures)
{
    Burn burn;
    burn.isSandboxAlone = true;
    for (const catalog::Charge& charge : figures.current) {
        const bool isSandbox = figures.sandboxes.contains(charge.account);
        if (isSandbox && !figures.isSandboxUp) {
            continue;
        }
        burn.isSandboxAlone = burn.isSandboxAlone && isSandbox;
        burn.perHour += charge.perHour;
        burn.unknown += charge.isPartial ? 1 : 0;
        (charge.isOn ? burn.machines : burn.offMachines) += 1;
        if (charge.state == cloud::machineStateName(cloud::MachineState::StoppedBilled)) {
            burn.stoppedBilled << QString::fromStdString(charge.machine);
        }
    }
    for (const catalog::Spent& spent : figures.today) {
        burn.today += spent.amount;
        burn.isTodayPartial = burn.isTodayPartial || spent.isPartial;
    }
    for (const catalog::Spent& spent : figures.month) {
        burn.month += spent.amount;
    }
    for (const auto& [account, watch] : m_watches) {
        if (watch->isUnread) {
            burn.unread << QString::fromStdString(account);
        }
    }
    burn.monthBudget = figures.budgets.perMonth;
    m_burn = std::move(burn);
    const auto warnings = warningsOf(figures.budgets, figures.month, figures.ever);
    warn(warnings);
    enforce(warnings);
    emit changed();
}

/// Each level once a month, and for a machine once at all.
void BurnService::warn(const std::vector<BudgetWarning>& warnings)
{
    QStringList told = m_settings.value(QLatin1String(kWarnedKey)).toStringList();
    const QString month = QDate::currentDate().toString(QStringLiteral("yyyy-MM"));
    for (const BudgetWarning& warning : warnings) {
        const QString name = QString::fromStdString(warning.machine);
        const QString what = QStringLiteral("%1|%2|%3|%4")
                                 .arg(name.isEmpty() ? month : name, name)
                                 .arg(warning.percent)
                                 .arg(warning.budget);
        if (told.contains(what)) {
            continue;
        }
        told << what;
        const QString spent = moneyText(warning.spent, kCurrency) + (warning.isPartial ? tr(" + unknown") : QString());
        const QString budget = moneyText(warning.budget, kCurrency);
        const QString text = name.isEmpty()
            ? tr("%1 % of this month's budget is spent: %2 of %3.").arg(warning.percent).arg(spent, budget)
            : tr("%1 % of the budget of %2 is spent: %3 of %4.").arg(QString::number(warning.percent), name, spent, budget);
        if (warning.percent >= kWholeBudget) {
            m_notices.error(text, {ErrorKind::Quota, {}, tr("Stop what is not needed, or raise the budget.").toStdString()});
        } else {
            m_notices.toast(text);
        }
    }
    m_settings.setValue(QLatin1String(kWarnedKey), told);
}

void BurnService::releaseStopped(const std::string& account, const CostLook& look)
{
    for (const cloud::MachineInfo& machine : look.machines) {
        const std::string key = markOf(machine);
        if (machine.state != cloud::MachineState::StoppedBilled) {
            m_released.erase(key);
        } else if (releasesStopped() && m_released.insert(key).second) {
            m_notices.toast(
                tr("%1 was off and still billed; its processors are given back.").arg(QString::fromStdString(machine.name)));
            m_machines.actIn(QString::fromStdString(account), machine, QStringLiteral("deallocate"));
        }
    }
}

/// A machine stops itself at its hard limit. One whose timer does not run is stopped from here.
void BurnService::stopOverdue(const std::string& account, const std::vector<Overdue>& overdue)
{
    for (const Overdue& each : overdue) {
        if (m_released.insert("limit " + markOf(each.machine) + " " + each.since).second) {
            m_notices.toast(tr("%1 has run for %2 h, its hard limit, and did not stop itself; it is stopped now.")
                                .arg(QString::fromStdString(each.machine.name))
                                .arg(static_cast<qlonglong>(each.hours)));
            m_machines.actIn(QString::fromStdString(account), each.machine, QStringLiteral("deallocate"));
        }
    }
}

/// A machine whose own budget is spent stops; its own timer does the same when this program is closed.
void BurnService::enforce(const std::vector<BudgetWarning>& warnings)
{
    for (const BudgetWarning& warning : warnings) {
        if (warning.machine.empty() || warning.percent < kWholeBudget) {
            continue;
        }
        for (const auto& [key, machine] : m_seen) {
            const bool isIt = machine.name == warning.machine && cloud::isBilled(machine.state);
            if (isIt && m_released.insert("budget " + markOf(machine)).second) {
                m_machines.actIn(
                    QString::fromStdString(key.substr(0, key.find('\n'))), machine, QStringLiteral("deallocate"));
            }
        }
    }
}

} // namespace ty::app
