#include "app/services/secrets_service.h"

#include <utility>

#include <QMetaObject>

namespace ty::app {

SecretsService::SecretsService(LazySecrets& secrets, QObject* parent) : QObject(parent), m_secrets(secrets)
{
    m_pool.setMaxThreadCount(1);
}

SecretsService::~SecretsService()
{
    m_pool.waitForDone();
}

template<typename T>
void SecretsService::run(QObject* receiver, std::function<Result<T>()> work, std::function<void(Result<T>)> then)
{
    m_pool.start([this, guard = QPointer<QObject>(receiver), work = std::move(work), then = std::move(then)] {
        auto outcome = work();
        QMetaObject::invokeMethod(
            this,
            [guard, then, outcome = std::move(outcome)] {
                if (guard) {
                    then(outcome);
                }
            },
            Qt::QueuedConnection);
    });
}

void SecretsService::readNeed(QObject* receiver, std::function<void(Result<SecretsNeed>)> then)
{
    run<SecretsNeed>(receiver, [this] { return m_secrets.need(); }, std::move(then));
}

void SecretsService::unlock(const cloud::Secret& passphrase, QObject* receiver, std::function<void(Result<void>)> then)
{
    run<void>(
        receiver, [this, passphrase] { return m_secrets.unlock(passphrase); },
        [this, then = std::move(then)](const Result<void>& done) {
            if (done) {
                emit unlocked();
            }
            then(done);
        });
}

void SecretsService::keepForSession()
{
    m_secrets.keepForSession();
    emit unlocked();
}

} // namespace ty::app
