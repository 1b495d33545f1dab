#include "app/services/cloud_services.h"

#include "app/services/all_services.h"
#include "app/services/machine_notices.h"

namespace ty::app {

CloudServices::CloudServices(AppContext& context)
    : QObject(&context.settings)
    , m_secrets(context.paths)
    , m_accounts(context.paths, m_secrets, context.catalog)
    , m_extras(new ActivityExtras(context.activity))
    , m_machines(context.paths, m_secrets, context.activity)
    , m_recovery(context.catalog, m_machines)
    , m_burn(context.paths, m_secrets, context.catalog, m_machines, context.settings, context.notices)
    , m_autoStop(context.paths, m_secrets, m_machines, m_burn, context.notices)
{
    connectMachineNotices(*this, context.notices);
    connect(&m_accounts, &AccountService::sessionsChanged, this, [this] {
        m_machines.forgetSessions();
        m_burn.forgetSessions();
        m_autoStop.forgetSessions();
    });
    connect(&m_machines, &MachineService::changed, this, [this] {
        if (m_machines.isLoaded() || m_machines.problem()) {
            m_accounts.note(m_machines.account(), m_machines.problem());
        }
    });
}

CloudServices::~CloudServices() = default;

CloudServices& CloudServices::of(const AppContext& context)
{
    return *context.settings.findChild<CloudServices*>(QString(), Qt::FindDirectChildrenOnly);
}

} // namespace ty::app
