#include <limits>

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/paths.h"
#include "app/models/machine_command.h"
#include "app/models/machine_table_model.h"
#include "app/models/size_table_model.h"
#include "app/pages/machine_console.h"
#include "app/pages/machine_questions.h"
#include "app/pages/machines_table.h"
#include "app/pages/tags_dialog.h"
#include "app/provisioning/cloud_offers.h"
#include "app/services/settings_service.h"
#include "app/services/terminal.h"
#include "cloud/provision/azure_plan.h"

using namespace ty;
using namespace ty::app;
using cloud::MachineState;

namespace {

MachineRow machine(const char* name, MachineState state = MachineState::Running)
{
    MachineRow row;
    row.info.name = name;
    row.info.group = "lab";
    row.info.id = std::string("/subscriptions/s/resourceGroups/lab/providers/Microsoft.Compute/virtualMachines/") + name;
    row.info.state = state;
    row.info.size = "Standard_D2s_v5";
    row.info.region = "westeurope";
    row.info.publicAddress = "203.0.113.7";
    row.info.tags = {{cloud::kOperationTag, "mark"}, {"owner", "ada"}};
    row.request = cloud::MachineRequest();
    return row;
}

OfferedSize size(const char* name, const char* family, double cpus)
{
    OfferedSize made;
    made.size.name = name;
    made.size.family = family;
    made.size.vCpus = cpus;
    made.size.quotaVCpus = cpus;
    made.size.architecture = "x64";
    made.size.maxDataDisks = 4;
    made.offer.isOffered = true;
    made.offer.zones = {"1", "2"};
    made.coresLeft = 4;
    return made;
}

std::string obstacleOf(const std::vector<OfferedSize>& sizes, std::size_t index)
{
    return sizes.at(index).obstacle();
}

} // namespace

class TestMachineDetail : public QObject {
    Q_OBJECT

private slots:
    void vitalsFillTheirColumnsAndGoWithTheMachine();
    void whatWasNotMeasuredIsNoNumber();
    void whatIsNotCountedIsNoMoney();
    void severalMachinesAreChosenAndKeptOverNews();
    void columnsAreHiddenAndComeBack();
    void sizesSayWhyTheyDoNotFitAMachine();
    void itsOwnQuotaCountsAsFree();
    void pricesComeLaterAndUnknownIsNotZero();
    void commonTagsLeaveOutOurs();
    void changedTagsGoToEachMachine();
    void deletingSeveralListsAllAndWantsTheirNumber();
    void consoleTextLosesItsColours();
    void aMachineOfGoogleHasItsOwnCommand();
    void theTerminalOfThePersonComesFirst();
    void aMachineAboutToStopSaysWhen();
};

void TestMachineDetail::vitalsFillTheirColumnsAndGoWithTheMachine()
{
    MachineTableModel model;
    const QAbstractItemModelTester tester(&model);
    model.setRows({machine("a"), machine("b")});
    MachineVitals vitals;
    vitals.cpuPercent = {1, std::numeric_limits<double>::quiet_NaN(), 12.5};
    vitals.cpuNow = 12.5;
    vitals.networkIn = 2'500'000;
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setVitals(machine("b").key(), vitals);
    QCOMPARE(changed.count(), 1);
    const QModelIndex cpu = model.index(1, MachineTableModel::Cpu);
    QCOMPARE(cpu.data(MachineTableModel::ValuesRole).value<QList<double>>().size(), 3);
    QCOMPARE(cpu.data(MachineTableModel::SortRole).toDouble(), 12.5);
    QVERIFY(model.index(1, MachineTableModel::Network).data().toString().startsWith(QStringLiteral("2.50 / –")));
    QCOMPARE(model.index(0, MachineTableModel::Network).data().toString(), QStringLiteral("–"));

    model.setRows({machine("a"), machine("b")});
    QVERIFY2(cpu.data(MachineTableModel::ValuesRole).isValid(), "a list read anew keeps them");
    model.setRows({machine("a"), machine("b", MachineState::Off)});
    QVERIFY2(!cpu.data(MachineTableModel::ValuesRole).isValid(), "a machine that is off uses nothing that is known");
}

void TestMachineDetail::whatWasNotMeasuredIsNoNumber()
{
    MachineTableModel model;
    model.setRows({machine("a")});
    model.setVitals(machine("a").key(), {});
    QCOMPARE(model.index(0, MachineTableModel::Network).data().toString(), QStringLiteral("– / – MB/s"));
    QVERIFY(model.index(0, MachineTableModel::Cpu).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("not")));
}

void TestMachineDetail::whatIsNotCountedIsNoMoney()
{
    MachineTableModel model;
    MachineRow other = machine("b");
    other.info.tags[cloud::kOperationTag] = "another";
    model.setRows({machine("a"), other});
    MachineSpending spending;
    spending.now = MoneyAmount{0.1497, false, "USD"};
    spending.today = MoneyAmount{0.5, true, "USD"};
    model.setSpending({{"mark", spending}});
    const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QVERIFY(cell(0, MachineTableModel::Now).startsWith(QStringLiteral("0.1497")));
    QVERIFY2(cell(0, MachineTableModel::Today).contains(QStringLiteral("at least")), "a part has no known price");
    QCOMPARE(cell(0, MachineTableModel::Month), QStringLiteral("–"));
    QCOMPARE(cell(1, MachineTableModel::Now), QStringLiteral("–"));

    model.setRows({machine("a"), machine("c"), other});
    QVERIFY(cell(0, MachineTableModel::Now).startsWith(QStringLiteral("0.1497")));
}

void TestMachineDetail::severalMachinesAreChosenAndKeptOverNews()
{
    QTemporaryDir folder;
    SettingsService settings(catalog::Paths::below(folder.path().toStdString()));
    MachinesTable table(settings);
    table.setRows({machine("a"), machine("b"), machine("c")});
    QCOMPARE(table.selectedMachines().size(), std::size_t(1));
    table.selectAll();
    QCOMPARE(table.selectedMachines().size(), std::size_t(3));
    QSignalSpy other(&table, &MachinesTable::selectionIsOther);
    table.setRows({machine("a"), machine("b", MachineState::Off), machine("c")});
    QCOMPARE(table.selectedMachines().size(), std::size_t(3));
    QCOMPARE(table.selectedMachines()[1].info.state, MachineState::Off);
    QVERIFY2(other.count() > 0, "what is shown of a chosen machine is to be renewed");
    table.setRows({machine("a"), machine("c")});
    QCOMPARE(table.selectedMachines().size(), std::size_t(2));
}

void TestMachineDetail::columnsAreHiddenAndComeBack()
{
    QTemporaryDir folder;
    SettingsService settings(catalog::Paths::below(folder.path().toStdString()));
    {
        MachinesTable table(settings);
        QVERIFY(table.isColumnHidden(MachineTableModel::Owner));
        QMenu menu;
        table.fillColumnMenu(menu);
        for (QAction* action : menu.actions()) {
            if (action->text() == QStringLiteral("Owner") || action->text() == QStringLiteral("Created")) {
                action->toggle();
            }
        }
        QVERIFY(!table.isColumnHidden(MachineTableModel::Owner));
    }
    MachinesTable again(settings);
    QVERIFY(!again.isColumnHidden(MachineTableModel::Owner));
    QVERIFY(again.isColumnHidden(MachineTableModel::Created));
}

void TestMachineDetail::sizesSayWhyTheyDoNotFitAMachine()
{
    MachineRow row = machine("a");
    row.info.zone = "1";
    row.info.dataDisks = {"x", "y"};
    auto arm = size("Standard_D2ps_v5", "arm", 2);
    arm.size.architecture = "Arm64";
    auto small = size("Standard_B1s", "b", 1);
    small.size.maxDataDisks = 1;
    auto elsewhere = size("Standard_D4s_v5", "d", 4);
    elsewhere.offer.zones = {"2"};
    auto closed = size("Standard_NC6", "nc", 6);
    closed.offer.isOffered = false;
    closed.offer.reason = "NotAvailableForSubscription";
    auto large = size("Standard_D8s_v4", "d4", 8);
    const auto sizes
        = sizesFor(row.info, {size("Standard_D2s_v5", "d", 2), arm, small, elsewhere, closed, large, size("Standard_E2", "e", 2)});
    QCOMPARE(obstacleOf(sizes, 0), std::string("what it is now"));
    QVERIFY(obstacleOf(sizes, 1).find("Arm64") != std::string::npos);
    QVERIFY(obstacleOf(sizes, 2).find("1 data disks") != std::string::npos);
    QCOMPARE(obstacleOf(sizes, 3), std::string("not in zone 1"));
    QCOMPARE(obstacleOf(sizes, 4), std::string("not for this subscription"));
    QVERIFY(obstacleOf(sizes, 5).find("quota") != std::string::npos);
    QCOMPARE(obstacleOf(sizes, 6), std::string());
}

void TestMachineDetail::itsOwnQuotaCountsAsFree()
{
    const std::vector<OfferedSize> all{size("Standard_D2s_v5", "d", 2), size("Standard_D6s_v5", "d", 6)};
    QCOMPARE(obstacleOf(sizesFor(machine("a").info, all), 1), std::string()); // 4 left and the 2 that it gives back
    QVERIFY(!obstacleOf(sizesFor(machine("a", MachineState::Off).info, all), 1).empty());
}

void TestMachineDetail::pricesComeLaterAndUnknownIsNotZero()
{
    SizeTableModel model;
    model.setSizes({size("Standard_D2s_v5", "d", 2), size("Standard_E2", "e", 2)});
    QCOMPARE(model.index(0, SizeTableModel::Price).data().toString(), QStringLiteral("…"));
    cloud::azure::VmPrice price;
    price.perHour = 0.1;
    model.setPrices({{"standard_d2s_v5", price}});
    QVERIFY(model.index(0, SizeTableModel::Price).data().toString().contains(QStringLiteral("0.1")));
    QCOMPARE(model.index(0, SizeTableModel::SpotPrice).data().toString(), QStringLiteral("unknown"));
    QCOMPARE(model.index(1, SizeTableModel::Price).data().toString(), QStringLiteral("unknown"));
}

void TestMachineDetail::commonTagsLeaveOutOurs()
{
    MachineRow other = machine("b");
    other.info.tags["project"] = "digits";
    QCOMPARE(commonTags({machine("a"), other}), (cloud::TextMap{{"owner", "ada"}}));
    other.info.tags["owner"] = "grace";
    QVERIFY(commonTags({machine("a"), other}).empty());
}

void TestMachineDetail::changedTagsGoToEachMachine()
{
    const cloud::TextMap own{{"owner", "ada"}, {"project", "digits"}, {"mine", "1"}};
    const cloud::TextMap after
        = changedTags(own, {{"owner", "ada"}, {"project", "digits"}}, {{"owner", "grace"}, {"new", "x"}});
    QCOMPARE(after, (cloud::TextMap{{"owner", "grace"}, {"mine", "1"}, {"new", "x"}}));
}

void TestMachineDetail::deletingSeveralListsAllAndWantsTheirNumber()
{
    QWidget window;
    MachineRow first = machine("a");
    first.info.dataDisks = {"/x/providers/Microsoft.Compute/disks/a-data0"};
    first.request->dataDisks = {{256, "Premium_LRS", true}};
    bool isAgreed = false;
    askToDelete({first, machine("b")}, &window, [&] { isAgreed = true; });
    auto* dialog = window.findChild<QDialog*>();
    QVERIFY(dialog != nullptr);
    auto* typed = dialog->findChild<QLineEdit*>();
    QVERIFY2(typed != nullptr, "a data disk goes, too");
    QPushButton* go = nullptr;
    for (auto* button : dialog->findChildren<QPushButton*>()) {
        go = button->text().contains(QStringLiteral("2 machines")) ? button : go;
    }
    QVERIFY(go != nullptr && !go->isEnabled());
    typed->setText(QStringLiteral("2 machines"));
    QVERIFY(go->isEnabled());
    go->click();
    QVERIFY(isAgreed);
}

void TestMachineDetail::aMachineOfGoogleHasItsOwnCommand()
{
    cloud::MachineRequest request;
    request.provider = "google";
    request.scope = "lab";
    request.name = "gpu-1";
    request.zone = "europe-west4-a";
    request.size = "n1-standard-4";
    request.gpu = "nvidia-tesla-t4";
    request.gpus = 2;
    request.image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts";
    request.osDisk = {64, "pd-balanced", true};
    request.user = "trainer";
    request.sshPublicKey = "ssh-ed25519 AAAA me@home";
    QCOMPARE(
        providerCommand(request),
        QStringLiteral(
            "gcloud compute instances create gpu-1 --project lab --zone europe-west4-a --machine-type n1-standard-4 "
            "--image-family=ubuntu-2204-lts --image-project=ubuntu-os-cloud --accelerator=type=nvidia-tesla-t4,count=2 "
            "--maintenance-policy=TERMINATE --boot-disk-size=64GB --boot-disk-type=pd-balanced "
            "'--metadata=ssh-keys=trainer:ssh-ed25519 AAAA me@home'"));
    request.provider = "azure";
    QVERIFY(providerCommand(request).startsWith(QStringLiteral("az group create")));
}

void TestMachineDetail::consoleTextLosesItsColours()
{
    QCOMPARE(
        plainConsoleText(QStringLiteral("[  \x1b[32mOK\x1b[0m  ] Started\r\n\x1b]0;title\x07login: \x1b[?25h")),
        QStringLiteral("[  OK  ] Started\nlogin: "));
}

void TestMachineDetail::theTerminalOfThePersonComesFirst()
{
    const QByteArray before = qgetenv("TERMINAL");
    qputenv("TERMINAL", "/bin/sh");
    QCOMPARE(terminalWords(), (QStringList{QStringLiteral("/bin/sh"), QStringLiteral("-e")}));
    qputenv("TERMINAL", "no-such-terminal");
    QVERIFY(terminalWords().isEmpty() || terminalWords().front() != QStringLiteral("no-such-terminal"));
    qputenv("TERMINAL", before);
}

void TestMachineDetail::aMachineAboutToStopSaysWhen()
{
    MachineTableModel model;
    MachineRow soon = machine("a");
    soon.stopsAt = QDateTime::currentSecsSinceEpoch() + 4 * 60 + 30;
    MachineRow past = machine("b");
    past.stopsAt = QDateTime::currentSecsSinceEpoch() - 60;

    model.setRows({soon, past});

    QCOMPARE(model.index(0, MachineTableModel::AutoStop).data().toString(), QStringLiteral("in 5 min"));
    QVERIFY(!model.index(1, MachineTableModel::AutoStop).data().toString().startsWith(QStringLiteral("in ")));
}

QTEST_MAIN(TestMachineDetail)
#include "tst_machine_detail.moc"
