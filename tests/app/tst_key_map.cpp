#include <memory>

#include <QAction>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/paths.h"
#include "app/services/key_map.h"
#include "app/services/settings_service.h"

using namespace ty::app;

namespace {
const QKeySequence kSearch(Qt::CTRL | Qt::Key_K);
const QKeySequence kDelete(Qt::Key_Delete);
} // namespace

class TestKeyMap : public QObject {
    Q_OBJECT
private slots:
    void init();
    void actionsKeepTheirKeysUntilChanged();
    void aChosenKeyIsRemembered();
    void aKeyDoesOneThing();
    void pagesMayShareAKey();
    void resetGivesTheUsualKeysBack();
    void nonsenseInTheSettingsIsNoKey();

private:
    ty::catalog::Paths paths() const
    {
        return ty::catalog::Paths::fromEnvironment(m_folder->path().toStdString()).value();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestKeyMap::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(paths().ensure());
}

void TestKeyMap::actionsKeepTheirKeysUntilChanged()
{
    SettingsService settings(paths());
    KeyMap keys(settings);
    QAction search(QStringLiteral("&Search…"));
    search.setShortcut(kSearch);
    keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
    QCOMPARE(search.shortcut(), kSearch);
    QCOMPARE(keys.entries().front().text, QStringLiteral("Search"));
    QVERIFY(keys.isUsual(QStringLiteral("window/search")));
}

void TestKeyMap::aChosenKeyIsRemembered()
{
    const QKeySequence chosen(Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    {
        SettingsService settings(paths());
        KeyMap keys(settings);
        QAction search(QStringLiteral("Search"));
        search.setShortcut(kSearch);
        keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
        keys.setKeys(QStringLiteral("window/search"), chosen);
        QCOMPARE(search.shortcut(), chosen);
    }
    SettingsService settings(paths());
    KeyMap keys(settings);
    QAction search(QStringLiteral("Search"));
    search.setShortcut(kSearch);
    keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
    QCOMPARE(search.shortcut(), chosen);
    QVERIFY(!keys.isUsual(QStringLiteral("window/search")));
}

void TestKeyMap::aKeyDoesOneThing()
{
    SettingsService settings(paths());
    KeyMap keys(settings);
    QAction search(QStringLiteral("Search"));
    search.setShortcut(kSearch);
    QAction help(QStringLiteral("Help"));
    help.setShortcuts({QKeySequence(Qt::Key_F1), QKeySequence(Qt::Key_Help)});
    keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
    keys.add(help, QStringLiteral("window/help"), QStringLiteral("Window"));
    QCOMPARE(keys.takenBy(QStringLiteral("window/search"), QKeySequence(Qt::Key_F1)), QStringList{QStringLiteral("Help")});
    QSignalSpy changed(&keys, &KeyMap::keysChanged);
    keys.setKeys(QStringLiteral("window/search"), QKeySequence(Qt::Key_F1));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(search.shortcut(), QKeySequence(Qt::Key_F1));
    QCOMPARE(help.shortcuts(), QList<QKeySequence>{QKeySequence(Qt::Key_Help)});
    keys.setKeys(QStringLiteral("window/search"), {});
    QVERIFY(search.shortcuts().isEmpty());
}

void TestKeyMap::pagesMayShareAKey()
{
    SettingsService settings(paths());
    KeyMap keys(settings);
    QAction runs(QStringLiteral("Move run to Trash"));
    runs.setShortcut(kDelete);
    QAction models(QStringLiteral("Move model to Trash"));
    models.setShortcut(kDelete);
    keys.add(runs, QStringLiteral("runsPage/delete"), QStringLiteral("Runs"));
    keys.add(models, QStringLiteral("modelsPage/delete"), QStringLiteral("Models"));
    QVERIFY(keys.takenBy(QStringLiteral("runsPage/delete"), kDelete).isEmpty());
    keys.setKeys(QStringLiteral("runsPage/delete"), kDelete);
    QCOMPARE(models.shortcut(), kDelete);
}

void TestKeyMap::resetGivesTheUsualKeysBack()
{
    SettingsService settings(paths());
    KeyMap keys(settings);
    QAction search(QStringLiteral("Search"));
    search.setShortcut(kSearch);
    QAction help(QStringLiteral("Help"));
    help.setShortcut(QKeySequence(Qt::Key_F1));
    keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
    keys.add(help, QStringLiteral("window/help"), QStringLiteral("Window"));
    keys.setKeys(QStringLiteral("window/search"), QKeySequence(Qt::Key_F1));
    keys.reset(QStringLiteral("window/search"));
    QCOMPARE(search.shortcut(), kSearch);
    QVERIFY(help.shortcuts().isEmpty()); // lost it to Search
    keys.resetAll();
    QCOMPARE(help.shortcut(), QKeySequence(Qt::Key_F1));
}

void TestKeyMap::nonsenseInTheSettingsIsNoKey()
{
    SettingsService settings(paths());
    settings.setValue(QStringLiteral("keys/window/search"), QStringList{QString()});
    KeyMap keys(settings);
    QAction search(QStringLiteral("Search"));
    search.setShortcut(kSearch);
    keys.add(search, QStringLiteral("window/search"), QStringLiteral("Window"));
    QVERIFY(search.shortcuts().isEmpty());
}

QTEST_MAIN(TestKeyMap)
#include "tst_key_map.moc"
