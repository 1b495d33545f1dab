#include "app/models/account_text.h"

#include <QCoreApplication>

#include "app/models/run_format.h"

namespace ty::app {

namespace {

QString words(const char* text)
{
    return QCoreApplication::translate("AccountText", text);
}

} // namespace

QString accountText(const Account& account)
{
    return !account.isSandbox()  ? QString::fromStdString(account.name)
        : account.isGoogle() ? words("Sandbox as Google (this computer)")
                             : words("Sandbox (this computer)");
}

QString cloudText(const Account& account)
{
    return account.isSandbox() ? words("This computer")
        : account.isGoogle()   ? words("Google Cloud")
                               : words("Microsoft Azure");
}

QString signInText(const std::string& signIn, bool isGoogle)
{
    return signIn == "device-code"     ? words("In a browser, by a code")
        : signIn == "secret"           ? words("Service principal with a secret")
        : signIn == "certificate"      ? words("Service principal with a certificate")
        : signIn == "managed-identity" ? words("Identity of this machine")
        : signIn == "service-account"  ? words("Service account's key file")
        : signIn == "default"          ? words("Application default credentials")
        : signIn == "sandbox"          ? words("None is needed")
        : isGoogle                     ? words("As gcloud is signed in")
                                       : words("As az is signed in");
}

QString scopeWordText(const Account& account)
{
    return account.isGoogle() ? words("Project") : words("Subscription");
}

QString scopeText(const std::string& name, const std::string& id)
{
    const QString known = QString::fromStdString(id);
    return name.empty() || name == id ? known : QStringLiteral("%1 · %2").arg(QString::fromStdString(name), known);
}

QString accountStateText(const Account& account, const AccountState& state)
{
    if (account.isSandbox()) {
        return words("✔ Connected");
    }
    if (state.isSignedOut.value_or(false)) {
        return words("○ Signed out");
    }
    if (!state.refused.empty()) {
        return words("✖ Sign-in refused since %1").arg(whenText(state.refused));
    }
    return state.answered.empty() ? words("○ Not tried yet") : words("✔ Connected · %1").arg(whenText(state.answered));
}

} // namespace ty::app
