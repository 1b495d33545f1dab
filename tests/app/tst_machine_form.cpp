#include <algorithm>
#include <memory>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

#include "app/pages/agent_keys_box.h"
#include "app/pages/cost_view.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/machine_form.h"
#include "app/pages/month_estimate.h"
#include "app/pages/spot_fields.h"

using namespace ty;
using namespace ty::app;

namespace {

MachineBasics sandbox()
{
    MachineBasics basics;
    basics.account = "sandbox";
    basics.scope = "subscription";
    basics.isSandbox = true;
    basics.regions = {{"northeurope", "North Europe", {}}, {"westeurope", "West Europe", {"1", "2"}}};
    basics.publicKey = "ssh-ed25519 AAAA trainyard";
    return basics;
}

OfferedSize offered(const char* name, bool isOffered = true, std::optional<std::int64_t> coresLeft = 10)
{
    OfferedSize size;
    size.size.name = name;
    size.size.vCpus = 4;
    size.size.memoryGiB = 16;
    size.offer.isOffered = isOffered;
    size.offer.zones = {"1"};
    size.offer.reason = isOffered ? "" : "NotAvailableForSubscription";
    size.coresLeft = coresLeft;
    return size;
}

/// A form in which nothing is wrong.
std::unique_ptr<MachineForm> filledForm()
{
    auto form = std::make_unique<MachineForm>();
    cloud::MachineRequest request;
    request.name = "gpu-1";
    request.region = "westeurope";
    request.size = "Standard_D4s_v5";
    form->setRequest(request);
    form->setBasics(sandbox());
    form->setSizes({offered("Standard_D4s_v5"), offered("Standard_NC6s_v3", false), offered("Standard_D8s_v5", true, 2)});
    return form;
}

template<typename T>
T* named(QWidget& parent, const char* name)
{
    for (T* widget : parent.findChildren<T*>()) {
        if (widget->accessibleName() == QLatin1String(name)) {
            return widget;
        }
    }
    return nullptr;
}

} // namespace

class TestMachineForm : public QObject {
    Q_OBJECT

private slots:
    void whatTheSandboxNeedsIsThereFromTheStart();
    void aBadNameIsSaidBelowItsField();
    void aTakenNameIsRefused();
    void aSizeThatCannotBeHadSaysWhy_data();
    void aSizeThatCannotBeHadSaysWhy();
    void anyoneMayKnockOnlyWhenTicked();
    void theFieldsBecomeTheRequest();
    void atGoogleZonesAndGpusAreChosen();
    void aClusterNeedsQuotaForAllItsNodes();
    void anImageThatDoesNotFitIsRefused();
    void anotherRegionAsksForItsSizes();
    void clickingASizeChoosesIt();
    void theCostTableSaysUnknownAndAtLeast();
    void aSpotMachineSaysWhatBecomesOfIt();
    void googleTakesNoPriceLimit();
    void tagsAreNamesWithValues();
    void aBudgetNeedsAPrice();
    void keysOfTheAgentComeInToo();
    void theNearestRegionIsOneClickAway();
    void aMonthOfWorkingDaysCostsLess();
    void whatCannotBeHadHasWaysOut();
    void whoMayNotMakeMachinesIsTold();
    void windowsIsRefusedWithItsReason();
    void aMachineAsItWasBringsItsUsers();
    void theDataChoosesRegionDiskAndSize();
    void aChosenDiskStaysWhateverTheData();
};

void TestMachineForm::whatTheSandboxNeedsIsThereFromTheStart()
{
    const auto form = filledForm();

    QVERIFY2(form->isValid(), qPrintable(QString::number(form->problemCount())));
    const cloud::MachineRequest request = form->request();
    QCOMPARE(request.sshPublicKey, std::string("ssh-ed25519 AAAA trainyard"));
    QCOMPARE(request.allowedFrom, std::vector<std::string>{"127.0.0.1/32"});
    QCOMPARE(request.idleMinutes.value_or(0), 15);
    QCOMPARE(request.hardLimitHours.value_or(0), 12);
}

void TestMachineForm::aBadNameIsSaidBelowItsField()
{
    const auto form = filledForm();

    named<QLineEdit>(*form, "Name")->setText(QStringLiteral("a b"));

    QVERIFY(!form->isValid());
    QVERIFY2(form->problemOf("name").contains(QStringLiteral("blank")), qPrintable(form->problemOf("name")));
}

void TestMachineForm::aTakenNameIsRefused()
{
    const auto form = filledForm();

    form->setTakenNames({QStringLiteral("GPU-1")});

    QVERIFY(form->problemOf("name").contains(QStringLiteral("already")));
}

void TestMachineForm::aSizeThatCannotBeHadSaysWhy_data()
{
    QTest::addColumn<QString>("size");
    QTest::addColumn<QString>("reason");
    QTest::newRow("not offered") << "Standard_NC6s_v3" << "not for this subscription";
    QTest::newRow("no quota") << "Standard_D8s_v5" << "2 vCPU left";
    QTest::newRow("not there") << "Standard_X1" << "no such size";
}

void TestMachineForm::aSizeThatCannotBeHadSaysWhy()
{
    QFETCH(QString, size);
    QFETCH(QString, reason);
    const auto form = filledForm();

    named<QLineEdit>(*form, "Size")->setText(size);

    QVERIFY(!form->isValid());
    QVERIFY2(form->problemOf("size").contains(reason), qPrintable(form->problemOf("size")));
}

void TestMachineForm::anyoneMayKnockOnlyWhenTicked()
{
    const auto form = filledForm();
    auto* allowed = named<QLineEdit>(*form, "Allowed from");

    allowed->setText(QStringLiteral("0.0.0.0/0"));
    QVERIFY(!form->problemOf("allowedFrom").isEmpty());

    for (auto* tick : form->findChildren<QCheckBox*>()) {
        if (tick->text().contains(QStringLiteral("knock"))) {
            tick->setChecked(true);
        }
    }
    QVERIFY(form->isValid());
    QVERIFY(form->mayAnyoneKnock());
}

void TestMachineForm::theFieldsBecomeTheRequest()
{
    const auto form = filledForm();
    auto* disks = form->findChild<DataDisksEditor*>();
    disks->setDisks({{256, "Premium_LRS", false}, {512, "StandardSSD_LRS", true}});

    const cloud::MachineRequest request = form->request();

    QCOMPARE(request.dataDisks.size(), std::size_t{2});
    QCOMPARE(request.dataDisks[1].sizeGiB.value_or(0), 512);
    QCOMPARE(request.dataDisks[1].kind, std::string("StandardSSD_LRS"));
    QVERIFY(request.dataDisks[1].isDeletedWithMachine.value_or(false));
    QCOMPARE(request.image, std::string("Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest"));
    QCOMPARE(request.scope, std::string("subscription"));
}

void TestMachineForm::atGoogleZonesAndGpusAreChosen()
{
    MachineForm form;
    cloud::MachineRequest request;
    request.name = "gpu-1";
    request.region = "us-central1";
    request.size = "n1-standard-4";
    form.setRequest(request);
    MachineBasics basics = sandbox();
    basics.provider = "google";
    basics.regions = {{"us-central1", "us-central1", {"us-central1-a", "us-central1-f"}}};
    form.setBasics(basics);
    OfferedSize size = offered("n1-standard-4");
    size.offer.zones = {"us-central1-a", "us-central1-f"};
    form.setSizes({size});
    form.setAccelerators({{"nvidia-tesla-t4", "NVIDIA T4", {"us-central1-f"}, 4, 8}});
    QVERIFY2(form.isValid(), qPrintable(form.problemOf("zone") + form.problemOf("size") + form.problemOf("image")));
    QCOMPARE(form.request().zone, std::string("us-central1-a")); // there is no "wherever"
    QCOMPARE(form.request().image, std::string("ubuntu-os-cloud/ubuntu-2204-lts"));
    QVERIFY(form.request().group.empty());

    named<QComboBox>(form, "Kind of GPU")->setCurrentIndex(1);
    QVERIFY2(form.problemOf("gpu").contains(QStringLiteral("us-central1-f")), qPrintable(form.problemOf("gpu")));
    named<QComboBox>(form, "Zone")->setCurrentIndex(1);
    QVERIFY(form.isValid());
    QCOMPARE(form.request().gpu, std::string("nvidia-tesla-t4"));
    QCOMPARE(form.request().gpus.value_or(0), 1);
}

void TestMachineForm::aClusterNeedsQuotaForAllItsNodes()
{
    const auto form = filledForm();

    form->setPurpose(MachineForm::Purpose::Cluster);
    QVERIFY(form->isValid()); // two nodes of 4 vCPU, 10 are left
    named<QSpinBox>(*form, "Nodes")->setValue(3);

    QVERIFY2(form->problemOf("size").contains(QStringLiteral("12")), qPrintable(form->problemOf("size")));
    QVERIFY(form->request().idleMinutes.value_or(0) > 0); // each node releases itself
    QVERIFY(!form->request().budget);
}

void TestMachineForm::anImageThatDoesNotFitIsRefused()
{
    const auto form = filledForm();
    OfferedSize arm = offered("Standard_D4ps_v5");
    arm.size.architecture = "Arm64";
    arm.size.isGeneration2 = true;
    form->setSizes({arm});

    named<QLineEdit>(*form, "Size")->setText(QStringLiteral("Standard_D4ps_v5"));

    QVERIFY2(form->problemOf("image").contains(QStringLiteral("Arm64")), qPrintable(form->problemOf("image")));
}

void TestMachineForm::anotherRegionAsksForItsSizes()
{
    const auto form = filledForm();
    QSignalSpy wanted(form.get(), &MachineForm::sizesWanted);

    named<QComboBox>(*form, "Region")->setCurrentText(QStringLiteral("northeurope"));

    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted.front().front().toString(), QStringLiteral("northeurope"));
    named<QComboBox>(*form, "Region")->setCurrentText(QStringLiteral("atlantis"));
    QCOMPARE(wanted.size(), 1);
    QVERIFY(!form->problemOf("region").isEmpty());
}

void TestMachineForm::clickingASizeChoosesIt()
{
    const auto form = filledForm();
    form->resize(900, 1200);
    form->show();
    QVERIFY(QTest::qWaitForWindowExposed(form.get()));
    auto* table = named<QTableView>(*form, "Sizes");
    const QModelIndex second = table->model()->index(1, 0);

    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(second).center());

    QCOMPARE(QString::fromStdString(form->request().size), second.data().toString());
}

void TestMachineForm::theCostTableSaysUnknownAndAtLeast()
{
    cloud::CostTable cost;
    cost.priceDate = "2026-11-21";
    cost.lines = {{"Standard_D4s_v5", 0.2, false}, {"System disk, 64 GiB", {}, true}};
    CostView view;

    view.show(cost);

    const auto* model = view.table()->model();
    QCOMPARE(model->index(1, 1).data().toString(), QStringLiteral("unknown"));
    QVERIFY(model->index(2, 1).data().toString().startsWith(QStringLiteral("at least")));
    QCOMPARE(model->index(2, 2).data().toString(), QStringLiteral("unknown")); // while off, only the disk costs
}

void TestMachineForm::aSpotMachineSaysWhatBecomesOfIt()
{
    const auto form = filledForm();
    form->setSizePrices({{"standard_d4s_v5", {"westeurope", "Standard_D4s_v5", "USD", 0.2, 0.05}}});
    auto* spot = form->findChild<SpotFields*>();

    spot->findChild<QCheckBox*>()->setChecked(true);
    named<QComboBox>(*form, "When it is taken away")->setCurrentIndex(1);
    named<QDoubleSpinBox>(*form, "Pay at most")->setValue(0.1);

    const cloud::MachineRequest request = form->request();
    QVERIFY(request.isSpot.value_or(false));
    QCOMPARE(request.eviction, std::string("delete"));
    QCOMPARE(request.maxPrice.value_or(0), 0.1);
    const auto labels = spot->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("75 %")) && label->text().contains(QStringLiteral("at least every 5 min"));
    }));
}

void TestMachineForm::googleTakesNoPriceLimit()
{
    SpotFields spot;
    spot.findChild<QCheckBox*>()->setChecked(true);
    named<QDoubleSpinBox>(spot, "Pay at most")->setValue(0.1);
    cloud::MachineRequest request;

    spot.setProvider(true);
    spot.fill(request);

    QVERIFY(!request.maxPrice);
}

void TestMachineForm::tagsAreNamesWithValues()
{
    const auto form = filledForm();
    auto* tags = named<QLineEdit>(*form, "Tags");

    tags->setText(QStringLiteral("owner=ada, project = digits"));
    QCOMPARE(form->request().tags, (cloud::TextMap{{"owner", "ada"}, {"project", "digits"}}));
    QVERIFY2(form->isValid(), qPrintable(form->problemOf("tags")));

    tags->setText(QStringLiteral("ada"));
    QVERIFY(form->problemOf("tags").contains(QStringLiteral("name=value")));
}

void TestMachineForm::aBudgetNeedsAPrice()
{
    const auto form = filledForm();
    named<QDoubleSpinBox>(*form, "When it has cost")->setValue(10);
    QVERIFY(!form->problemOf("budget").isEmpty());

    form->setListPrice(0.2);

    QVERIFY2(form->isValid(), qPrintable(form->problemOf("budget")));
    QCOMPARE(form->request().budget.value_or(0), 10.0);
    QCOMPARE(form->request().listPrice.value_or(0), 0.2);
}

void TestMachineForm::keysOfTheAgentComeInToo()
{
    const auto form = filledForm();
    MachineBasics basics = sandbox();
    basics.agentKeys = {"ssh-ed25519 BBBB me@laptop", "ssh-rsa CCCC work"};

    form->setBasics(basics);
    QCOMPARE(form->request().moreKeys, basics.agentKeys);

    form->findChild<AgentKeysBox*>()->findChildren<QCheckBox*>().constLast()->setChecked(false);
    QCOMPARE(form->request().moreKeys, std::vector<std::string>{"ssh-ed25519 BBBB me@laptop"});
}

void TestMachineForm::theNearestRegionIsOneClickAway()
{
    const auto form = filledForm();
    MachineBasics basics = sandbox();
    basics.nearRegion = NearRegion{"northeurope", 270};
    basics.timeZone = "Europe/Dublin";
    form->setBasics(basics);
    const auto buttons = form->findChildren<QPushButton*>();
    const auto nearest = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* button) {
        return button->text().contains(QStringLiteral("northeurope, about 270 km"));
    });
    QVERIFY(nearest != buttons.end());

    (*nearest)->click();

    QCOMPARE(form->request().region, std::string("northeurope"));
    QVERIFY((*nearest)->isHidden());
}

void TestMachineForm::aMonthOfWorkingDaysCostsLess()
{
    cloud::CostTable cost;
    cost.lines = {{"Standard_D4s_v5", 1.0, false}, {"System disk, 64 GiB", 0.1, true}};
    MonthEstimate month;
    month.setCost(cost);
    // 176 hours on at 1.1, 554 off at 0.1.
    QVERIFY2(month.text().contains(QStringLiteral("249")), qPrintable(month.text()));

    named<QSpinBox>(month, "Traffic out a month")->setValue(50);
    QVERIFY2(month.text().contains(QStringLiteral("at least")), qPrintable(month.text()));
    QVERIFY(month.text().contains(QStringLiteral("unknown")));

    month.setTraffic(5.0);
    QVERIFY2(month.text().contains(QStringLiteral("254")), qPrintable(month.text()));
}

QPushButton* button(QWidget& parent, const char* text)
{
    for (auto* each : parent.findChildren<QPushButton*>()) {
        if (each->text().contains(QLatin1String(text))) {
            return each;
        }
    }
    return nullptr;
}

void TestMachineForm::whatCannotBeHadHasWaysOut()
{
    const auto form = filledForm();
    QSignalSpy region(form.get(), &MachineForm::otherRegionWanted);
    QSignalSpy quota(form.get(), &MachineForm::quotaWanted);
    auto* switchRegion = button(*form, "Switch region");
    auto* request = button(*form, "Request quota");
    QVERIFY(switchRegion->parentWidget()->isHidden());

    named<QLineEdit>(*form, "Size")->setText(QStringLiteral("Standard_D8s_v5")); // 4 vCPU, of which 2 are left
    QVERIFY(!switchRegion->parentWidget()->isHidden());
    QVERIFY(!request->isHidden());
    QCOMPARE(form->missingQuota()->needed, 4.0);
    switchRegion->click();
    request->click();
    QCOMPARE(region.size(), 1);
    QCOMPARE(quota.size(), 1);

    named<QLineEdit>(*form, "Size")->setText(QStringLiteral("Standard_NC6s_v3")); // not for this subscription
    QVERIFY(request->isHidden());
    form->setPlace("northeurope", {});
    form->setSize(QStringLiteral("Standard_D4s_v5"));
    QCOMPARE(form->request().region, std::string("northeurope"));
    QVERIFY(switchRegion->parentWidget()->isHidden());
}

void TestMachineForm::whoMayNotMakeMachinesIsTold()
{
    const auto form = filledForm();
    MachineBasics basics = sandbox();
    basics.roleProblem = "This account may not make machines here.";

    form->setBasics(basics);

    const auto labels = form->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->text().contains(QStringLiteral("may not make machines")) && !label->isHidden();
    }));
}

void TestMachineForm::windowsIsRefusedWithItsReason()
{
    const auto form = filledForm();

    named<QComboBox>(*form, "Image")->setCurrentText(QStringLiteral("MicrosoftWindowsServer:WindowsServer:2022-datacenter:latest"));

    QVERIFY2(form->problemOf("image").contains(QStringLiteral("SSH")), qPrintable(form->problemOf("image")));
    QVERIFY(!form->isValid());
}

void TestMachineForm::aMachineAsItWasBringsItsUsers()
{
    const auto form = filledForm();
    MachineBasics basics = sandbox();
    basics.images = {{"/subscriptions/s/versions/1.0.0", "kept 1.0.0", "westeurope", true}};
    form->setBasics(basics);

    named<QComboBox>(*form, "Image")->setCurrentIndex(named<QComboBox>(*form, "Image")->count() - 1);

    QVERIFY(form->request().isImageSpecialized.value_or(false));
    QVERIFY(!named<QLineEdit>(*form, "User")->isEnabled());
    QVERIFY2(form->isValid(), qPrintable(form->problemOf("image")));
}

void TestMachineForm::theDataChoosesRegionDiskAndSize()
{
    const auto form = filledForm();
    OfferedSize small = offered("Standard_D4s_v5");
    small.size.memoryGiB = 16;
    OfferedSize large = offered("Standard_E4s_v5");
    large.size.memoryGiB = 32;
    form->setSizes({small, large});
    form->setSizePrices(
        {{"standard_d4s_v5", {"westeurope", "Standard_D4s_v5", "USD", 0.2, 0.05}},
         {"standard_e4s_v5", {"westeurope", "Standard_E4s_v5", "USD", 0.3, 0.08}}});
    QSignalSpy wanted(form.get(), &MachineForm::dataRegionWanted);
    form->setData({{"images", "az://research/images", std::int64_t{100} << 30, "images-fast-1", std::int64_t{14} << 30}});

    named<QComboBox>(*form, "For the data")->setCurrentIndex(1);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted.front().front().toString(), QStringLiteral("az://research/images"));
    form->setDataRegion("northeurope");

    QCOMPARE(form->request().region, std::string("northeurope"));
    QCOMPARE(form->request().dataDisks.size(), std::size_t(1));
    QCOMPARE(form->request().dataDisks.front().sizeGiB.value_or(0), 150);
    auto* fits = button(*form, "cheapest that holds it"); // 14 GiB and a quarter more do not fit into 16
    QVERIFY(fits != nullptr && fits->text().contains(QStringLiteral("Standard_E4s_v5")));
    fits->click();
    QCOMPARE(form->request().size, std::string("Standard_E4s_v5"));
    QVERIFY(fits->isHidden());
    named<QComboBox>(*form, "Region")->setCurrentText(QStringLiteral("westeurope"));
    QVERIFY(!button(*form, "where the data is")->isHidden());

    named<QComboBox>(*form, "For the data")->setCurrentIndex(0);
    QVERIFY(form->request().dataDisks.empty());
}

void TestMachineForm::aChosenDiskStaysWhateverTheData()
{
    const auto form = filledForm();
    form->findChild<DataDisksEditor*>()->setDisks({{512, "Premium_LRS", false}});
    form->setData({{"iris", "/data/iris.csv", 4000, {}, 0}});

    named<QComboBox>(*form, "For the data")->setCurrentIndex(1);

    QCOMPARE(form->request().dataDisks.size(), std::size_t(1));
    QCOMPARE(form->request().dataDisks.front().sizeGiB.value_or(0), 512);
}

QTEST_MAIN(TestMachineForm)
#include "tst_machine_form.moc"
