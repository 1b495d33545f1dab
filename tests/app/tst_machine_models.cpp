#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "app/models/machine_command.h"
#include "app/models/cluster_table_model.h"
#include "app/models/machine_table_model.h"
#include "app/models/machine_text.h"
#include "app/pages/machine_questions.h"
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
    row.info.state = state;
    row.info.size = "Standard_D2s_v5";
    row.info.region = "westeurope";
    row.info.zone = "1";
    row.info.publicAddress = "203.0.113.7";
    row.info.osDisk = "/subscriptions/s/resourceGroups/lab/providers/Microsoft.Compute/disks/gpu-os";
    row.info.tags[cloud::kOperationTag] = "mark";
    row.request = cloud::MachineRequest();
    return row;
}

QString cell(const MachineTableModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestMachineModels : public QObject {
    Q_OBJECT

private slots:
    void stateIsSaidInWordsAndASign_data();
    void stateIsSaidInWordsAndASign();
    void anUnknownPriceIsNeverZero();
    void machinesOfTwoAccountsStandSideBySide();
    void aSizeSaysWhatItHas();
    void gpuUseIsTheMachinesOwnWordOrUnknown();
    void whatNodesToldHoldsWhileTheyRun();
    void rowsThatStayKeepTheirIndexes();
    void anUnchangedListTellsNothing();
    void whatIsUnderWayStandsInThePlaceOfTheState();
    void actionsFollowTheState_data();
    void actionsFollowTheState();
    void deletionNamesWhatIsDestroyed();
    void aMachineOfOthersGoesAlone();
    void theCommandLineSaysTheSame();
    void wordsForAShellAreQuotedWhereNeeded();
};

void TestMachineModels::stateIsSaidInWordsAndASign_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("words");
    const auto row = [](MachineState state, const char* words) {
        QTest::newRow(cloud::machineStateName(state)) << static_cast<int>(state) << QString::fromUtf8(words);
    };
    row(MachineState::Starting, "Starting (billed)");
    row(MachineState::Running, "Running (billed)");
    row(MachineState::Idle, "Idle (billed)");
    row(MachineState::StoppedBilled, "Stopped but still billed");
    row(MachineState::Off, "Off - disks only");
    row(MachineState::Deleting, "Deleting");
    row(MachineState::Failed, "Failed");
    row(MachineState::Unknown, "Unknown");
}

void TestMachineModels::stateIsSaidInWordsAndASign()
{
    QFETCH(int, state);
    QFETCH(QString, words);
    const auto value = static_cast<MachineState>(state);

    QCOMPARE(machineStateSpoken(value), words);
    QVERIFY(machineStateText(value).endsWith(words));
    QVERIFY(machineStateText(value).size() > words.size());
}

void TestMachineModels::anUnknownPriceIsNeverZero()
{
    MachineTableModel model;
    MachineRow dear = machine("dear");
    dear.usdPerHour = 0.526;
    model.setRows({machine("blank"), dear});

    QCOMPARE(cell(model, 0, MachineTableModel::Price), QStringLiteral("unknown"));
    QVERIFY(cell(model, 1, MachineTableModel::Price).contains(QStringLiteral("526")));
}

void TestMachineModels::machinesOfTwoAccountsStandSideBySide()
{
    MachineTableModel model;
    MachineRow ours = machine("gpu-1");
    ours.account = QStringLiteral("lab");
    MachineRow other = machine("gpu-1");
    other.account = QStringLiteral("research");
    other.info.provider = "google";
    model.setRows({other, ours});

    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(cell(model, 0, MachineTableModel::Cloud), QStringLiteral("Azure · lab"));
    QCOMPARE(cell(model, 1, MachineTableModel::Cloud), QStringLiteral("Google · research"));
    QVERIFY(model.rowOf(ours.key()) != model.rowOf(other.key()));
}

void TestMachineModels::aSizeSaysWhatItHas()
{
    MachineTableModel model;
    MachineRow known = machine("a");
    known.info.size = "Standard_NC4as_T4_v3";
    known.sizeFacts = SizeFacts{4, 28, 1, "NVIDIA T4"};
    MachineRow blank = machine("b");
    blank.info.size = "Standard_X";
    model.setRows({known, blank});

    QCOMPARE(cell(model, 0, MachineTableModel::Size), QStringLiteral("Standard_NC4as_T4_v3 (4 / 28 / 1)"));
    QCOMPARE(cell(model, 1, MachineTableModel::Size), QStringLiteral("Standard_X"));
    QVERIFY(model.index(0, MachineTableModel::Size).data(Qt::ToolTipRole).toString().contains(QStringLiteral("NVIDIA T4")));
}

void TestMachineModels::gpuUseIsTheMachinesOwnWordOrUnknown()
{
    MachineTableModel model;
    MachineRow told = machine("a");
    told.gpuUse = GpuUse{0.0, 1'700'000'000, {}};
    MachineRow silent = machine("b");
    silent.gpuUse = GpuUse{{}, 1'700'000'000, "nvidia-smi is not installed on it"};
    MachineRow without = machine("c");
    without.sizeFacts = SizeFacts{2, 8, 0, {}};
    model.setRows({told, silent, without});

    QCOMPARE(cell(model, 0, MachineTableModel::Gpu), QStringLiteral("0 %")); // told: that is not unknown
    QCOMPARE(cell(model, 1, MachineTableModel::Gpu), QStringLiteral("unknown"));
    QVERIFY(model.index(1, MachineTableModel::Gpu).data(Qt::ToolTipRole).toString().contains(QStringLiteral("not installed")));
    QCOMPARE(cell(model, 2, MachineTableModel::Gpu), QStringLiteral("–"));
}

void TestMachineModels::whatNodesToldHoldsWhileTheyRun()
{
    cloud::ClusterInfo crew;
    crew.id = "/crew";
    crew.capacity = 2;
    crew.nodes = {{"0", "/crew/0", "crew0", "203.0.113.1", MachineState::Running, {}, {}}};
    crew.nodes.push_back(crew.nodes.front());
    ClusterTableModel model;
    model.setClusters({crew});
    model.setFacts({{ClusterTableModel::factsKey(crew), {1.0, 0.5}}});
    const auto text = [&](int column) { return model.index(0, column).data().toString(); };
    QCOMPARE(text(ClusterTableModel::Gpus), QStringLiteral("?/2"));
    QCOMPARE(text(ClusterTableModel::Queue), QStringLiteral("unknown"));
    ClusterPulse told;
    told.busyGpus = 2;
    told.scheduler = "Slurm";
    told.queued = 3;
    model.setPulse(crew, told);
    QCOMPARE(text(ClusterTableModel::Gpus), QStringLiteral("2/2"));
    QCOMPARE(text(ClusterTableModel::Queue), QStringLiteral("3"));
    crew.nodes.back().state = MachineState::Off;
    model.setClusters({crew});
    QCOMPARE(text(ClusterTableModel::Gpus), QStringLiteral("?/2"));
    QCOMPARE(text(ClusterTableModel::Scheduler), QStringLiteral("unknown"));
    ClusterPulse none; // its leader answered and has no scheduler
    none.busyGpus = 0;
    model.setPulse(crew, none);
    QCOMPARE(text(ClusterTableModel::Gpus), QStringLiteral("0/2"));
    QCOMPARE(text(ClusterTableModel::Queue), QStringLiteral("–"));
}

void TestMachineModels::rowsThatStayKeepTheirIndexes()
{
    MachineTableModel model;
    const QAbstractItemModelTester tester(&model);
    model.setRows({machine("b"), machine("d"), machine("e")});
    const QPersistentModelIndex kept = model.index(1, MachineTableModel::Name);

    model.setRows({machine("a"), machine("c"), machine("d", MachineState::Off), machine("f")});

    QVERIFY(kept.isValid());
    QCOMPARE(kept.row(), 2);
    QCOMPARE(kept.data().toString(), QStringLiteral("d"));
    QCOMPARE(model.rowCount(), 4);
    QVERIFY(cell(model, 2, MachineTableModel::State).endsWith(QStringLiteral("disks only")));
    model.setRows({});
    QCOMPARE(model.rowCount(), 0);
}

void TestMachineModels::anUnchangedListTellsNothing()
{
    MachineTableModel model;
    model.setRows({machine("a"), machine("b")});
    const QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

    model.setRows({machine("b"), machine("a")});

    QCOMPARE(changes.size(), 0);
}

void TestMachineModels::whatIsUnderWayStandsInThePlaceOfTheState()
{
    MachineTableModel model;
    MachineRow busy = machine("gpu-1");
    busy.work = QStringLiteral("Stopping 1/2");
    model.setRows({busy});

    QVERIFY(cell(model, 0, MachineTableModel::State).contains(QStringLiteral("Stopping 1/2")));
    QVERIFY(!abilitiesOf(busy).canDelete);
}

void TestMachineModels::actionsFollowTheState_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("canStart");
    QTest::addColumn<bool>("canStop");
    QTest::addColumn<bool>("canConnect");
    QTest::newRow("running") << static_cast<int>(MachineState::Running) << false << true << true;
    QTest::newRow("off") << static_cast<int>(MachineState::Off) << true << false << false;
    QTest::newRow("stopped, billed") << static_cast<int>(MachineState::StoppedBilled) << true << true << false;
    QTest::newRow("starting") << static_cast<int>(MachineState::Starting) << false << true << false;
    QTest::newRow("deleting") << static_cast<int>(MachineState::Deleting) << false << false << false;
}

void TestMachineModels::actionsFollowTheState()
{
    QFETCH(int, state);
    QFETCH(bool, canStart);
    QFETCH(bool, canStop);
    QFETCH(bool, canConnect);

    const MachineAbilities abilities = abilitiesOf(machine("gpu-1", static_cast<MachineState>(state)));

    QCOMPARE(abilities.canStart, canStart);
    QCOMPARE(abilities.canStop, canStop);
    QCOMPARE(abilities.canConnect, canConnect);
}

void TestMachineModels::deletionNamesWhatIsDestroyed()
{
    MachineRow row = machine("gpu-1");
    row.info.dataDisks = {"/x/providers/Microsoft.Compute/disks/gpu-data0"};
    row.request->dataDisks = {{256, "Premium_LRS", false}};

    const Destruction all = destructionOf(row);

    const QString destroyed = all.destroyed.join(QLatin1Char('\n'));
    QVERIFY(destroyed.contains(QStringLiteral("gpu-1")));
    QVERIFY(destroyed.contains(QStringLiteral("gpu-os")));
    QVERIFY(destroyed.contains(QStringLiteral("203.0.113.7")));
    QCOMPARE(all.kept.size(), 1);
    QVERIFY(all.kept.front().contains(QStringLiteral("gpu-data0")));
    QVERIFY(!all.hasDataDisk);
}

void TestMachineModels::aMachineOfOthersGoesAlone()
{
    MachineRow row = machine("theirs");
    row.request.reset();

    const Destruction all = destructionOf(row);

    QCOMPARE(all.destroyed.size(), 1);
    QVERIFY(all.kept.join(QLatin1Char('\n')).contains(QStringLiteral("gpu-os")));
}

void TestMachineModels::theCommandLineSaysTheSame()
{
    cloud::MachineRequest request;
    request.account = "sandbox";
    request.name = "gpu-1";
    request.group = "lab";
    request.region = "westeurope";
    request.size = "Standard_NC4as_T4_v3";
    request.image = "Canonical:x:y:latest";
    request.osDisk = {64, "StandardSSD_LRS", true};
    request.dataDisks = {{256, "Premium_LRS", false}};
    request.user = "trainer";
    request.allowedFrom = {"203.0.113.7/32"};
    request.isSpot = true;

    const QString ours = trainyardCommand(request, false);
    const QString az = azCommand(request);

    QVERIFY2(ours.startsWith(QStringLiteral("trainyard vm create gpu-1 ")), qPrintable(ours));
    for (const char* part : {"--size Standard_NC4as_T4_v3", "--data-disk 256:Premium_LRS", "--allow-from 203.0.113.7/32", "--spot",
                             "--idle-minutes 0"}) {
        QVERIFY2(ours.contains(QLatin1String(part)), part);
    }
    QVERIFY(!ours.contains(QStringLiteral("--anyone-can-knock")));
    for (const char* part : {"az group create", "az vm create", "--nsg-rule NONE", "--source-address-prefixes 203.0.113.7/32",
                             "--priority Spot"}) {
        QVERIFY2(az.contains(QLatin1String(part)), part);
    }
}

void TestMachineModels::wordsForAShellAreQuotedWhereNeeded()
{
    QCOMPARE(shellLine({"ssh", "-o", "A=b", "it's here", ""}), QStringLiteral("ssh -o A=b 'it'\\''s here' ''"));
}

QTEST_MAIN(TestMachineModels)
#include "tst_machine_models.moc"
