#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

namespace ty::test {

/// A real proxy on 127.0.0.1 for https: it takes CONNECT, opens the way and hands bytes on that it cannot read. With a
/// `password` only those come through who say "user:password". Lives in its own thread.
class ConnectProxy {
public:
    explicit ConnectProxy(QByteArray userAndPassword = {}) : m_wanted(std::move(userAndPassword))
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(&m_context, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }
    ConnectProxy(const ConnectProxy&) = delete;
    ConnectProxy& operator=(const ConnectProxy&) = delete;
    ~ConnectProxy()
    {
        QMetaObject::invokeMethod(&m_context, [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }

    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    /// What it was asked for, with headers.
    std::vector<QByteArray> heads()
    {
        std::vector<QByteArray> copy;
        QMetaObject::invokeMethod(&m_context, [&] { copy = m_heads; }, Qt::BlockingQueuedConnection);
        return copy;
    }
    /// All that went through, as it could see it.
    QByteArray relayed()
    {
        QByteArray copy;
        QMetaObject::invokeMethod(&m_context, [&] { copy = m_relayed; }, Qt::BlockingQueuedConnection);
        return copy;
    }

private:
    void listen()
    {
        m_server = std::make_unique<QTcpServer>();
        m_server->listen(QHostAddress::LocalHost);
        m_port = m_server->serverPort();
        QObject::connect(m_server.get(), &QTcpServer::newConnection, &m_context, [this] { take(m_server->nextPendingConnection()); });
    }

    void take(QTcpSocket* client)
    {
        auto head = std::make_shared<QByteArray>();
        auto* target = new QTcpSocket(client);
        QObject::connect(client, &QTcpSocket::readyRead, &m_context, [this, client, target, head] {
            const QByteArray bytes = client->readAll();
            if (target->state() == QAbstractSocket::ConnectedState) {
                m_relayed += bytes;
                target->write(bytes);
                return;
            }
            *head += bytes;
            if (head->contains("\r\n\r\n")) {
                m_heads.push_back(*head);
                open(client, target, *head);
                head->clear();
            }
        });
        QObject::connect(target, &QTcpSocket::readyRead, &m_context, [this, client, target] {
            const QByteArray bytes = target->readAll();
            m_relayed += bytes;
            client->write(bytes);
        });
        QObject::connect(target, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
        QObject::connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    }

    void open(QTcpSocket* client, QTcpSocket* target, const QByteArray& head)
    {
        const QByteArray wanted = "Proxy-Authorization: Basic " + m_wanted.toBase64();
        if (!m_wanted.isEmpty() && !head.contains(wanted)) {
            client->write("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"t\"\r\n"
                          "Content-Length: 0\r\n\r\n");
            client->disconnectFromHost();
            return;
        }
        const QList<QByteArray> words = head.left(head.indexOf('\r')).split(' ');
        const QByteArray place = words.value(1);
        target->connectToHost(QString::fromLatin1(place.left(place.lastIndexOf(':'))), place.mid(place.lastIndexOf(':') + 1).toUShort());
        QObject::connect(target, &QTcpSocket::connected, client, [client] { client->write("HTTP/1.1 200 Connection established\r\n\r\n"); });
    }

    QByteArray m_wanted;
    std::vector<QByteArray> m_heads;
    QByteArray m_relayed;
    quint16 m_port = 0;
    std::unique_ptr<QTcpServer> m_server;
    QObject m_context;
    QThread m_thread;
};

} // namespace ty::test
