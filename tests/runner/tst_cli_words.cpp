#include <QTest>

#include "app/cli/vm_options.h"

using namespace ty::cli;

/// How command lines are brought into the order in which they are read.
class TestCliWords : public QObject {
    Q_OBJECT
private slots:
    void optionsOfSshMayStandBehindTheName_data();
    void optionsOfSshMayStandBehindTheName();
};

void TestCliWords::optionsOfSshMayStandBehindTheName_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("read");
    QTest::newRow("no options") << "vm ssh gpu-1" << "vm ssh gpu-1";
    QTest::newRow("account") << "vm ssh gpu-1 --account lab" << "vm ssh --account lab gpu-1";
    QTest::newRow("account as one word") << "vm ssh gpu-1 --account=lab nvidia-smi" << "vm ssh --account=lab gpu-1 nvidia-smi";
    QTest::newRow("a command with options of its own")
        << "vm ssh gpu-1 --account lab ls -la --all" << "vm ssh --account lab gpu-1 ls -la --all";
    QTest::newRow("a command behind two dashes") << "vm ssh gpu-1 --verbose -- --help" << "vm ssh --verbose gpu-1 --help";
    QTest::newRow("already in order") << "vm ssh --account lab gpu-1 ls" << "vm ssh --account lab gpu-1 ls";
    QTest::newRow("another data folder") << "--data-dir x vm ssh gpu-1 --account lab" << "--data-dir x vm ssh --account lab gpu-1";
    QTest::newRow("another verb") << "vm show gpu-1 --account lab" << "vm show gpu-1 --account lab";
}

void TestCliWords::optionsOfSshMayStandBehindTheName()
{
    QFETCH(QString, typed);
    QFETCH(QString, read);
    std::vector<std::string> words;
    for (const QString& word : typed.split(QLatin1Char(' '))) {
        words.push_back(word.toStdString());
    }
    QStringList ordered;
    for (const std::string& word : sshOptionsFirst(words)) {
        ordered << QString::fromStdString(word);
    }
    QCOMPARE(ordered.join(QLatin1Char(' ')), read);
}

QTEST_GUILESS_MAIN(TestCliWords)
#include "tst_cli_words.moc"
