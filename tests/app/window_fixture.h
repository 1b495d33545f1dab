#pragma once

#include <memory>

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

class QWidget;

namespace ty::app {
class MainWindow;
class Services;
struct AppContext;
} // namespace ty::app

/// A window over a data folder of its own, with every real service.
class WindowFixture {
public:
    WindowFixture();
    ~WindowFixture();

    /// Starts services and shows the window; true once the catalog is open.
    bool start();
    /// Window and services go, the data folder stays.
    void stop();

    ty::app::AppContext& context();
    ty::app::MainWindow& window() { return *m_window; }
    /// A new folder for the test's own files.
    QString folder() const { return m_folder.path(); }

    /// Writes `text` and gives the path.
    QString writeFile(const QString& name, const QByteArray& text) const;
    /// A table of two classes that a line parts.
    QString writeCsv(const QString& name = QStringLiteral("flowers.csv"), int rows = 60) const;
    /// Folders of small PNG pictures, one a class.
    QString writePictures(const QString& name, const QStringList& classes, int each) const;
    /// Drops files on the middle of a widget as a file manager does: enter, move, drop.
    static bool dropFiles(QWidget& target, const QStringList& paths);

private:
    QTemporaryDir m_folder;
    std::unique_ptr<ty::app::Services> m_services;
    std::unique_ptr<ty::app::MainWindow> m_window;
};
