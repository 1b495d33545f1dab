#include "cloud/secrets/keychain_secrets.h"

#include <cstdlib>
#include <utility>

#include <libsecret/secret.h>
#include <sys/stat.h>

namespace ty::cloud {

namespace {

constexpr const char* kAttribute = "name";
constexpr const char* kService = "org.freedesktop.secrets";
constexpr int kBusPatienceMs = 2000;

const SecretSchema& schema()
{
    static const SecretSchema schema = {
        .name = "org.trainyard.Secret",
        .flags = SECRET_SCHEMA_NONE,
        .attributes = {{kAttribute, SECRET_SCHEMA_ATTRIBUTE_STRING}, {nullptr, SECRET_SCHEMA_ATTRIBUTE_STRING}},
        .reserved = 0,
        .reserved1 = nullptr,
        .reserved2 = nullptr,
        .reserved3 = nullptr,
        .reserved4 = nullptr,
        .reserved5 = nullptr,
        .reserved6 = nullptr,
        .reserved7 = nullptr};
    return schema;
}

using GErrorHolder = std::unique_ptr<GError, decltype(&g_error_free)>;

Error keychainError(const char* what, GError* error)
{
    const GErrorHolder holder(error, g_error_free);
    return Error{
        ErrorKind::Permission, std::string("the keychain cannot ") + what + ": " + (error ? error->message : "no reason"),
        "Unlock the keychain, or keep secrets in an encrypted file."};
}

/// Without an address GLib would start a bus of its own where there is a display.
bool hasSessionBus()
{
    if (const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS"); address != nullptr && *address != '\0') {
        return true;
    }
    const char* folder = std::getenv("XDG_RUNTIME_DIR");
    struct stat status = {};
    return folder != nullptr && ::stat((std::string(folder) + "/bus").c_str(), &status) == 0;
}

/// Whether some program offers the service now; asking the bus starts nobody.
bool isServiceRunning()
{
    GError* error = nullptr;
    GDBusConnection* bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, &error);
    if (bus == nullptr) {
        g_clear_error(&error);
        return false;
    }
    GVariant* answer = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
        g_variant_new("(s)", kService), G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, kBusPatienceMs, nullptr,
        &error);
    gboolean isOwned = FALSE;
    if (answer != nullptr) {
        g_variant_get(answer, "(b)", &isOwned);
        g_variant_unref(answer);
    }
    g_clear_error(&error);
    g_object_unref(bus);
    return isOwned != FALSE;
}

} // namespace

Result<std::unique_ptr<KeychainSecrets>> KeychainSecrets::open()
{
    if (!hasSessionBus() || !isServiceRunning()) {
        return std::unique_ptr<KeychainSecrets>{};
    }
    std::unique_ptr<KeychainSecrets> keychain(new KeychainSecrets);
    // A keychain that cannot be unlocked answers "not found" to every question; only a write shows it.
    const std::string name = "probe";
    const Secret probe("trainyard");
    TY_CHECK(keychain->put(name, probe, "Trainyard looks whether the keychain works"));
    TY_TRY(const auto found, keychain->find(name));
    TY_CHECK(keychain->remove(name));
    if (!found || !(*found == probe)) {
        return Error{
            ErrorKind::Permission, "the keychain does not give back what was put into it",
            "Unlock the keychain, or keep secrets in an encrypted file."};
    }
    return keychain;
}

Result<std::optional<Secret>> KeychainSecrets::find(const std::string& name)
{
    GError* error = nullptr;
    gchar* text = secret_password_lookup_sync(&schema(), nullptr, &error, kAttribute, name.c_str(), nullptr);
    if (error != nullptr) {
        return keychainError("be read", error);
    }
    if (text == nullptr) {
        return std::optional<Secret>{};
    }
    std::optional<Secret> secret{Secret(text)};
    secret_password_free(text); // wipes it
    return secret;
}

Result<void> KeychainSecrets::put(const std::string& name, const Secret& secret, const std::string& label)
{
    GError* error = nullptr;
    const gboolean isStored = secret_password_store_sync(
        &schema(), SECRET_COLLECTION_DEFAULT, label.c_str(), secret.reveal().c_str(), nullptr, &error, kAttribute,
        name.c_str(), nullptr);
    if (isStored == FALSE) {
        return keychainError("be written", error);
    }
    return {};
}

Result<void> KeychainSecrets::remove(const std::string& name)
{
    GError* error = nullptr;
    secret_password_clear_sync(&schema(), nullptr, &error, kAttribute, name.c_str(), nullptr);
    if (error != nullptr) {
        return keychainError("forget a secret", error);
    }
    return {};
}

} // namespace ty::cloud
