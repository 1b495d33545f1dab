#include "app/services/cloud_services.h"

#include "app/services/all_services.h"
#include "app/services/machine_notices.h"

namespace ty::app {

CloudServices::CloudServices(AppContext& context)
    : QObject(&context.settings)
    , m_extras(new ActivityExtras(context.activity))
    , m_machines(context.paths, context.activity)
    , m_recovery(context.catalog, m_machines)
    , m_burn(context.paths, context.catalog, m_machines, context.settings, context.notices)
    , m_autoStop(context.paths, m_machines, m_burn, context.notices)
{
    connectMachineNotices(*this, context.notices);
}

CloudServices::~CloudServices() = default;

CloudServices& CloudServices::of(const AppContext& context)
{
    return *context.settings.findChild<CloudServices*>(QString(), Qt::FindDirectChildrenOnly);
}

} // namespace ty::app
