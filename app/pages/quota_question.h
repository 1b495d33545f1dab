#pragma once

#include <string>

#include <QString>

class QWidget;

namespace ty::app {

/// What a person asks a provider for when a quota does not suffice.
struct QuotaWish {
    std::string provider; ///< "azure" or "google"
    std::string scope;    ///< subscription or project
    std::string region;
    std::string what;     ///< "standardNCASv3_T4Family vCPUs", "nvidia-tesla-t4"
    double needed = 0;    ///< in all, beside what is used now
    bool hasPortal = true; ///< false in a sandbox or a cloud at an address of its own, whose portal is not known
};

/// The request in words, for a form of the provider or a mail to whoever administers the account.
QString quotaText(const QuotaWish& wish);
/// Shows the words, with a button that copies them and opens the provider's page of quotas.
void askForQuota(const QuotaWish& wish, QWidget* parent);

} // namespace ty::app
