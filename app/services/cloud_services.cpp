#include "app/services/cloud_services.h"

#include "app/services/all_services.h"
#include "app/services/machine_notices.h"

namespace ty::app {

CloudServices::CloudServices(AppContext& context, LazySecrets& secrets)
    : QObject(&context.settings)
    , m_secrets(secrets)
    , m_unlocking(secrets)
    , m_accounts(context.paths, m_secrets, context.catalog)
    , m_extras(new ActivityExtras(context.activity))
    , m_machines(context.paths, m_secrets, context.activity)
    , m_recovery(context.catalog, m_machines)
    , m_burn(context.paths, m_secrets, context.catalog, m_machines, context.settings, context.notices)
    , m_autoStop(context.paths, m_secrets, m_machines, m_burn, context.notices)
    , m_rescue(m_machines, context.notices)
{
    connect(&m_rescue, &CreationRescue::machineWanted, this, &CloudServices::machineWanted);
    connectMachineNotices(*this, context.notices);
    connect(&m_machines, &MachineService::ended, this, [&stores = context.stores](const OperationReport& report) {
        if (report.kind == "delete" && report.outcome == cloud::Outcome::Done) {
            stores.removeMachine(QString::fromStdString(report.machine));
        }
    });
    const auto openAnew = [this] {
        m_machines.forgetSessions();
        m_burn.forgetSessions();
        m_autoStop.forgetSessions();
    };
    connect(&m_accounts, &AccountService::sessionsChanged, this, openAnew);
    connect(&m_unlocking, &SecretsService::unlocked, this, openAnew);
    connect(&m_machines, &MachineService::changed, this, [this] {
        for (const auto& list : m_machines.lists()) {
            if (list->isLoaded() || list->problem()) {
                m_accounts.note(list->account(), list->problem());
            }
        }
    });
}

CloudServices::~CloudServices() = default;

CloudServices& CloudServices::of(const AppContext& context)
{
    return *context.settings.findChild<CloudServices*>(QString(), Qt::FindDirectChildrenOnly);
}

} // namespace ty::app
