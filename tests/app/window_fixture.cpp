#include "tests/app/window_fixture.h"

#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QDragMoveEvent>
#include <QDropEvent>
#include <QFile>
#include <QImage>
#include <QMimeData>
#include <QTest>
#include <QUrl>

#include "app/catalog/paths.h"
#include "app/main_window.h"
#include "app/services/all_services.h"
#include "app/services/services.h"

using namespace ty;
using namespace ty::app;

WindowFixture::WindowFixture() = default;

WindowFixture::~WindowFixture()
{
    stop();
}

bool WindowFixture::start()
{
    const auto paths = catalog::Paths::below((m_folder.path() + "/home").toStdString());
    if (!paths.ensure()) {
        return false;
    }
    m_services = std::make_unique<Services>(paths);
    m_services->start();
    m_window = std::make_unique<MainWindow>(m_services->context());
    m_window->show();
    return QTest::qWaitForWindowExposed(m_window.get())
        && QTest::qWaitFor([this] { return context().catalog.isOpen(); }, 30000);
}

void WindowFixture::stop()
{
    if (m_window) {
        m_window->close();
    }
    m_window.reset();
    m_services.reset();
}

AppContext& WindowFixture::context()
{
    return m_services->context();
}

QString WindowFixture::writeFile(const QString& name, const QByteArray& text) const
{
    const auto path = m_folder.filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) {
        qFatal("cannot write %s", qPrintable(path));
    }
    return path;
}

QString WindowFixture::writeCsv(const QString& name, int rows) const
{
    QByteArray text = "length,width,species\n";
    for (int row = 0; row < rows; ++row) {
        const bool isFirst = row % 2 == 0;
        text += QByteArray::number((isFirst ? 1.0 : 5.0) + 0.01 * row) + ','
            + QByteArray::number(2.0 + 0.02 * ((row * 7) % 13)) + ',' + (isFirst ? "setosa" : "virginica") + '\n';
    }
    return writeFile(name, text);
}

QString WindowFixture::writePictures(const QString& name, const QStringList& classes, int each) const
{
    const auto root = m_folder.filePath(name);
    int number = 0;
    for (const auto& label : classes) {
        QDir().mkpath(root + '/' + label);
        for (int index = 0; index < each; ++index) {
            QImage image(8, 8, QImage::Format_Grayscale8);
            for (int y = 0; y < 8; ++y) {
                for (int x = 0; x < 8; ++x) {
                    image.setPixelColor(x, y, QColor::fromHsv(0, 0, (x * 31 + y * 17 + ++number * 7) % 256));
                }
            }
            image.save(QStringLiteral("%1/%2/%3.png").arg(root, label).arg(index));
        }
    }
    return root;
}

bool WindowFixture::dropFiles(QWidget& target, const QStringList& paths)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const auto& path : paths) {
        urls << QUrl::fromLocalFile(path);
    }
    data.setUrls(urls);
    const auto middle = target.rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &enter);
    if (!enter.isAccepted()) {
        return false;
    }
    QDragMoveEvent move(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &move);
    QDropEvent drop(QPointF(middle), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &drop);
    return drop.isAccepted();
}
