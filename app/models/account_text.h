#pragma once

#include <QString>

#include "app/provisioning/account.h"

namespace ty::app {

/// "Sandbox (this computer)", else its name.
QString accountText(const Account& account);
/// "Microsoft Azure".
QString cloudText(const Account& account);
/// "in a browser, by a code".
QString signInText(const std::string& signIn, bool isGoogle);
/// "✔ Connected · 21 Nov 14:05", "✖ Sign-in refused since 12 Nov 09:30", in local time.
QString accountStateText(const Account& account, const AccountState& state);
/// What its machines are made in: "Subscription" or "Project".
QString scopeWordText(const Account& account);
/// "Research · 9f2c...", or its id alone when its owner gave it no other name.
QString scopeText(const std::string& name, const std::string& id);

} // namespace ty::app
