#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

namespace ty::test {

/// A real server on loopback that gives the bytes it was told to, one answer a connection; "%PORT" in them
/// becomes its port, in five digits. Lives in its own thread.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<QByteArray> answers)
        : m_answers(std::move(answers))
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(&m_context, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }

    ~ScriptedServer()
    {
        QMetaObject::invokeMethod(&m_context, [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }

    std::string url(const char* path) const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }
    std::vector<QByteArray> requests()
    {
        std::vector<QByteArray> copy;
        QMetaObject::invokeMethod(&m_context, [&] { copy = m_requests; }, Qt::BlockingQueuedConnection);
        return copy;
    }

private:
    void listen()
    {
        m_server = std::make_unique<QTcpServer>();
        m_server->listen(QHostAddress::LocalHost);
        m_port = m_server->serverPort();
        QObject::connect(m_server.get(), &QTcpServer::newConnection, &m_context, [this] {
            QTcpSocket* socket = m_server->nextPendingConnection();
            auto received = std::make_shared<QByteArray>();
            QObject::connect(socket, &QTcpSocket::readyRead, &m_context, [this, socket, received] {
                *received += socket->readAll();
                const auto head = received->indexOf("\r\n\r\n");
                if (head < 0) {
                    return;
                }
                qsizetype length = 0;
                for (const QByteArray& line : received->left(head).split('\n')) {
                    if (line.toLower().startsWith("content-length:")) {
                        length = line.mid(15).trimmed().toLongLong();
                    }
                }
                if (received->size() < head + 4 + length) {
                    return;
                }
                m_requests.push_back(*received);
                if (m_next < m_answers.size()) {
                    QByteArray bytes = m_answers[m_next++];
                    bytes.replace("%PORT", QByteArray::number(m_port).rightJustified(5, '0'));
                    socket->write(bytes);
                }
                socket->disconnectFromHost();
            });
        });
    }

    std::vector<QByteArray> m_answers;
    std::vector<QByteArray> m_requests;
    std::size_t m_next = 0;
    quint16 m_port = 0;
    std::unique_ptr<QTcpServer> m_server;
    QObject m_context;
    QThread m_thread;
};

inline QByteArray answer(const char* status, const char* headers = "", const char* body = "")
{
    return QByteArray("HTTP/1.1 ") + status + "\r\n" + headers + "Content-Length: "
        + QByteArray::number(qstrlen(body)) + "\r\nConnection: close\r\n\r\n" + body;
}

/// Remembers the waits it was asked for and does not wait.
struct RecordedSleep {
    std::shared_ptr<std::vector<std::chrono::milliseconds>> waits
        = std::make_shared<std::vector<std::chrono::milliseconds>>();
    bool operator()(std::chrono::milliseconds duration, std::stop_token stop) const
    {
        waits->push_back(duration);
        return !stop.stop_requested();
    }
};

} // namespace ty::test
