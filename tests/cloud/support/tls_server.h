#pragma once

#include <memory>
#include <string>
#include <utility>

#include <QByteArray>
#include <QObject>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QThread>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "engine/base/files.h"

namespace ty::test {

/// A https server on 127.0.0.1 that says "safe" to everybody; its certificate is its own authority. Lives in its own thread.
class TlsServer {
public:
    TlsServer()
    {
        makeCertificate();
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(&m_context, [this] { listen(); }, Qt::BlockingQueuedConnection);
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer()
    {
        QMetaObject::invokeMethod(&m_context, [this] { m_server.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }

    int port() const { return m_port; }
    std::string authorityFile() const { return m_folder.filePath("authority.pem").toStdString(); }

private:
    void makeCertificate()
    {
        EVP_PKEY* key = EVP_RSA_gen(2048);
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test authority"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        for (const auto& [id, value] : {std::pair{NID_basic_constraints, "critical,CA:TRUE"}, {NID_subject_alt_name, "IP:127.0.0.1"}}) {
            X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
            X509_add_ext(certificate, extension, -1);
            X509_EXTENSION_free(extension);
        }
        X509_sign(certificate, key, EVP_sha256());
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(bio, certificate);
        m_certificate = drained(bio);
        PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
        m_key = drained(bio);
        BIO_free(bio);
        X509_free(certificate);
        EVP_PKEY_free(key);
        (void)writeFileAtomically(authorityFile(), m_certificate.toStdString());
    }

    static QByteArray drained(BIO* bio)
    {
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        QByteArray bytes(data, size);
        (void)BIO_reset(bio);
        return bytes;
    }

    void listen()
    {
        m_server = std::make_unique<QSslServer>();
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(m_certificate));
        configuration.setPrivateKey(QSslKey(m_key, QSsl::Rsa));
        m_server->setSslConfiguration(configuration);
        m_server->listen(QHostAddress::LocalHost);
        m_port = m_server->serverPort();
        QObject::connect(m_server.get(), &QSslServer::pendingConnectionAvailable, &m_context, [this] {
            QTcpSocket* socket = m_server->nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, &m_context, [socket] {
                socket->readAll();
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsafe");
                socket->disconnectFromHost();
            });
        });
    }

    QTemporaryDir m_folder;
    QByteArray m_certificate;
    QByteArray m_key;
    int m_port = 0;
    std::unique_ptr<QSslServer> m_server;
    QObject m_context;
    QThread m_thread;
};

} // namespace ty::test
