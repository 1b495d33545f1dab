#pragma once

#include <functional>

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include "app/provisioning/lazy_secrets.h"

namespace ty::app {

/// Whether the person's secrets can be read and kept, and what the person does about it. Lives on the GUI thread; keychain and
/// file are asked on a thread of its own.
class SecretsService : public QObject {
    Q_OBJECT
public:
    /// `secrets` outlives this.
    explicit SecretsService(LazySecrets& secrets, QObject* parent = nullptr);
    ~SecretsService() override;

    /// The encrypted file was asked for something and has no passphrase yet.
    bool isLocked() const { return m_secrets.isLocked(); }

    // `then` is called on the GUI thread, unless `receiver` has gone by then.
    void readNeed(QObject* receiver, std::function<void(Result<SecretsNeed>)> then);
    void unlock(const cloud::Secret& passphrase, QObject* receiver, std::function<void(Result<void>)> then);
    void keepForSession();

signals:
    /// What could not be read before can be now.
    void unlocked();

private:
    template<typename T>
    void run(QObject* receiver, std::function<Result<T>()> work, std::function<void(Result<T>)> then);

    LazySecrets& m_secrets;
    QThreadPool m_pool;
};

} // namespace ty::app
