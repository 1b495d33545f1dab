#pragma once

#include <QObject>

#include "app/provisioning/lazy_secrets.h"
#include "app/services/account_service.h"
#include "app/services/activity_extras.h"
#include "app/services/auto_stop_watch.h"
#include "app/services/burn_service.h"
#include "app/services/creation_rescue.h"
#include "app/services/machine_recovery.h"
#include "app/services/machine_service.h"
#include "app/services/secrets_service.h"

namespace ty::app {

struct AppContext;

/// The services around clouds, made at start with the others. They stand beside AppContext, not in it, so that pages that know
/// no cloud do not see the headers of clouds.
class CloudServices : public QObject {
    Q_OBJECT
public:
    /// Both outlive this, which becomes a child of the context's settings, by which of() finds it.
    CloudServices(AppContext& context, LazySecrets& secrets);
    ~CloudServices() override;

    /// Those of this context. There are some as long as its Services live.
    static CloudServices& of(const AppContext& context);

    /// The one of all that is done in clouds. It blocks: no place for the GUI thread.
    cloud::SecretStore& secrets() { return m_secrets; }
    /// What the person does about it.
    SecretsService& unlocking() { return m_unlocking; }
    AccountService& accounts() { return m_accounts; }
    ActivityExtras& extras() { return *m_extras; }
    MachineService& machines() { return m_machines; }
    BurnService& burn() { return m_burn; }
    AutoStopWatch& autoStop() { return m_autoStop; }
    CreationRescue& rescue() { return m_rescue; }

signals:
    /// The Activity dock is to be shown.
    void activityRequested();
    /// The form of a new machine is to be shown, with these fields.
    void machineWanted(const QString& account, const ty::cloud::MachineRequest& request, int nodes);

private:
    LazySecrets& m_secrets;
    SecretsService m_unlocking;
    AccountService m_accounts;
    ActivityExtras* m_extras; ///< of the ActivityService
    MachineService m_machines;
    MachineRecovery m_recovery;
    BurnService m_burn;
    AutoStopWatch m_autoStop;
    CreationRescue m_rescue;
};

} // namespace ty::app
