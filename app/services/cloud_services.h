#pragma once

#include <QObject>

#include "app/provisioning/lazy_secrets.h"
#include "app/services/account_service.h"
#include "app/services/activity_extras.h"
#include "app/services/auto_stop_watch.h"
#include "app/services/burn_service.h"
#include "app/services/machine_recovery.h"
#include "app/services/machine_service.h"

namespace ty::app {

struct AppContext;

/// The services around clouds, made at start with the others. They stand beside AppContext, not in it, so that pages that know
/// no cloud do not see the headers of clouds.
class CloudServices : public QObject {
    Q_OBJECT
public:
    /// `context` outlives this, which becomes a child of its settings, by which of() finds it.
    explicit CloudServices(AppContext& context);
    ~CloudServices() override;

    /// Those of this context. There are some as long as its Services live.
    static CloudServices& of(const AppContext& context);

    /// The one of all that is done in clouds. It blocks: no place for the GUI thread.
    cloud::SecretStore& secrets() { return m_secrets; }
    AccountService& accounts() { return m_accounts; }
    ActivityExtras& extras() { return *m_extras; }
    MachineService& machines() { return m_machines; }
    BurnService& burn() { return m_burn; }
    AutoStopWatch& autoStop() { return m_autoStop; }

signals:
    /// The Activity dock is to be shown.
    void activityRequested();

private:
    LazySecrets m_secrets; ///< goes last: the others use it
    AccountService m_accounts;
    ActivityExtras* m_extras; ///< of the ActivityService
    MachineService m_machines;
    MachineRecovery m_recovery;
    BurnService m_burn;
    AutoStopWatch m_autoStop;
};

} // namespace ty::app
