#pragma once

#include <memory>

#include <QObject>
#include <QStringList>

class QLocalServer;

namespace ty::app {

/// One window per data folder: a second start hands its files to the first and ends at once.
///
/// The socket lies in $XDG_RUNTIME_DIR/trainyard (mode 0700), else in the data folder's state.
class SingleInstance : public QObject {
    Q_OBJECT
public:
    /// @param dataFolder  one window for each
    explicit SingleInstance(const QString& dataFolder, QObject* parent = nullptr);
    ~SingleInstance() override;

    /// True if a window is running: it has been asked to come to the front and open `files` (absolute paths).
    /// Before the event loop; waits at most half a second for an answer.
    bool handOver(const QStringList& files);
    /// From now on this process is the one.
    void listen();

signals:
    /// A second start: raise the window and open `files`.
    void raised(const QStringList& files);

private:
    QString m_socket;
    std::unique_ptr<QLocalServer> m_server;
};

} // namespace ty::app
