#include <QTest>

#include "cloud/provision/azure_plan.h"
#include "tests/provisioning/sandbox_home.h"

using namespace ty;
using namespace ty::cloud;
using app::SandboxHome;

/// Real processes, a real catalog and the sandbox: the program is killed at every request of an operation, before it is sent
/// and after its answer came, and started again. TRAINYARD_CRASH_STRIDE: only every so many-th request.
class TestProvisioningCrash : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const int stride = qEnvironmentVariableIntValue("TRAINYARD_CRASH_STRIDE");
        m_stride = stride > 0 ? stride : 1;
        QVERIFY(m_home.open());
    }

    void anyOperationEndsRightAfterAKill_data()
    {
        QTest::addColumn<QString>("provider");
        QTest::addColumn<QString>("action");
        for (const char* provider : {"azure", "google"}) {
            for (const char* action : {"create", "resize", "tag", "capture", "capture-whole", "delete"}) {
                QTest::addRow("%s %s", provider, action) << QString::fromLatin1(provider) << QString::fromLatin1(action);
            }
        }
    }
    void anyOperationEndsRightAfterAKill()
    {
        QFETCH(QString, provider);
        QFETCH(QString, action);
        m_home.setProvider(provider.toStdString());
        int kills = 0;
        for (const QString& when : {QStringLiteral("before"), QStringLiteral("after")}) {
            for (int request = 1;; request += m_stride) {
                const QString name = QStringLiteral("m%1").arg(++m_number);
                if (action != QLatin1String("create")) {
                    QCOMPARE(m_home.run(QStringLiteral("create"), name).exitCode, 0);
                }
                const auto ended = m_home.run(action, name, request, when);
                const auto again = m_home.run(QStringLiteral("recover"), name);
                QVERIFY2(again.exitCode == 0, again.output.constData());
                check(action, name);
                if (QTest::currentTestFailed()) {
                    qWarning("killed %s request %d of %s", qPrintable(when), request, qPrintable(action));
                    return;
                }
                clear(name);
                if (!ended.isKilled) {
                    break; // there are no more requests
                }
                ++kills;
            }
        }
        QVERIFY(kills >= 2);
        qInfo("%s %s: %d kills", qPrintable(provider), qPrintable(action), kills);
    }

    void aClusterIsWholeOrGoneAfterAKill_data()
    {
        QTest::addColumn<QString>("action");
        for (const char* action : {"create-cluster", "scale-cluster", "delete-cluster"}) {
            QTest::newRow(action) << QString::fromLatin1(action);
        }
    }
    void aClusterIsWholeOrGoneAfterAKill()
    {
        QFETCH(QString, action);
        m_home.setProvider("azure");
        int kills = 0;
        for (const QString& when : {QStringLiteral("before"), QStringLiteral("after")}) {
            for (int request = 1;; request += m_stride) {
                const QString name = QStringLiteral("c%1").arg(++m_number);
                if (action != QLatin1String("create-cluster")) {
                    QCOMPARE(m_home.run(QStringLiteral("create-cluster"), name).exitCode, 0);
                }
                const auto ended = m_home.run(action, name, request, when);
                const auto again = m_home.run(QStringLiteral("recover"), name);
                QVERIFY2(again.exitCode == 0, again.output.constData());
                checkCluster(action, name);
                if (QTest::currentTestFailed()) {
                    qWarning("killed %s request %d of %s", qPrintable(when), request, qPrintable(action));
                    return;
                }
                if (!m_home.inventory().empty()) {
                    QCOMPARE(m_home.run(QStringLiteral("delete-cluster"), name).exitCode, 0);
                }
                if (!ended.isKilled) {
                    break; // there are no more requests
                }
                ++kills;
            }
        }
        QVERIFY(kills >= 2);
        qInfo("%s: %d kills", qPrintable(action), kills);
    }

    /// A program that ended after its last request, before the catalog knew, must not take a name for ever.
    void aRecordWithoutAMachineDoesNotHoldItsName()
    {
        m_home.setProvider("azure");
        catalog::MachineRecord record;
        record.name = "gone";
        record.cloud = app::kSandboxAccount;
        record.state = "running";
        auto machines = catalog::Machines::open(m_home.paths()).value();
        QVERIFY(machines->put(record).isOk());
        record.name = "elsewhere";
        record.cloud = "Research";
        QVERIFY(machines->put(record).isOk());
        QCOMPARE(m_home.run(QStringLiteral("create"), QStringLiteral("gone")).exitCode, 0);
        QVERIFY(m_home.run(QStringLiteral("create"), QStringLiteral("gone")).exitCode != 0); // now it is one
        QVERIFY(m_home.run(QStringLiteral("create"), QStringLiteral("elsewhere")).exitCode != 0);
        clear(QStringLiteral("gone"));
        QVERIFY(machines->remove("elsewhere").isOk());
        QVERIFY(m_home.inventory().empty());
    }

private:
    /// Either all of it or nothing of it; and the catalog says the same as the cloud.
    void check(const QString& action, const QString& name)
    {
        const auto operations = catalog::Operations::open(m_home.paths()).value();
        QVERIFY2(operations->openOnes()->empty(), "an operation is still open");
        const auto newest = operations->newest(1).value();
        const auto machines = m_home.session().machines().machines({});
        QVERIFY(machines.isOk());
        const auto found = m_home.inventory();
        const bool isThere = !machines->empty();
        const auto record = catalog::Machines::open(m_home.paths()).value()->find(name.toStdString()).value();
        const std::string kind = action.section(QLatin1Char('-'), 0, 0).toStdString();
        const bool isBegun = !newest.empty() && newest.front().kind == kind && newest.front().target == name.toStdString();
        if (action == QLatin1String("create")) {
            QCOMPARE(isThere, isBegun && newest.front().state == "done");
            QCOMPARE(record.has_value(), isThere);
        } else {
            QCOMPARE(isThere, action != QLatin1String("delete") || !isBegun);
        }
        if (!isThere) {
            QVERIFY2(found.empty(), "something is left");
            return;
        }
        QCOMPARE(machines->size(), std::size_t{1});
        for (const auto& [part, count] : partsOfAMachine()) {
            QCOMPARE(found.at(part), count);
        }
        if (action == QLatin1String("resize") && isBegun) {
            QCOMPARE(machines->front().size, m_home.provider() == "google" ? "n1-standard-4" : "Standard_D4s_v5");
            QCOMPARE(machines->front().state, MachineState::Running);
        }
        if (action == QLatin1String("tag")) {
            const auto& tags = machines->front().tags;
            QCOMPARE(tags.contains("owner"), isBegun);
            QVERIFY(tags.contains(kOperationTag));
        }
        if (action == QLatin1String("capture-whole")) {
            checkCopy(found, isBegun, machines->front().state);
        }
        if (action == QLatin1String("capture")) {
            const auto images = found.find(m_home.provider() == "google" ? "images" : "Microsoft.Compute/images");
            QCOMPARE(images == found.end() ? 0 : images->second, isBegun ? 1 : 0);
        }
    }

    /// The copy is there, and the machine runs as it did.
    void checkCopy(const std::map<std::string, int>& found, bool isBegun, MachineState state)
    {
        const bool isGoogle = m_home.provider() == "google";
        const auto copies = found.find(isGoogle ? "machineImages" : "Microsoft.Compute/galleries/images/versions");
        QCOMPARE(copies == found.end() ? 0 : copies->second, isBegun ? 1 : 0);
        QCOMPARE(state, MachineState::Running);
    }

    void checkCluster(const QString& action, const QString& name)
    {
        const auto operations = catalog::Operations::open(m_home.paths()).value();
        QVERIFY2(operations->openOnes()->empty(), "an operation is still open");
        const auto newest = operations->newest(1).value();
        const bool isBegun = !newest.empty() && newest.front().target == name.toStdString()
            && newest.front().kind == QString(action).replace(QLatin1Char('-'), QLatin1Char(' ')).toStdString();
        const auto clusters = m_home.session().provider().clusters({});
        QVERIFY(clusters.isOk());
        const bool isWanted = action == QLatin1String("create-cluster") ? isBegun && newest.front().state == "done"
            : action == QLatin1String("delete-cluster")                  ? !isBegun
                                                                          : true;
        QCOMPARE(clusters->size(), std::size_t(isWanted ? 1 : 0));
        const auto found = m_home.inventory();
        if (!isWanted) {
            QVERIFY2(found.empty(), "something is left");
            return;
        }
        QCOMPARE(found.at("Microsoft.Compute/virtualMachineScaleSets"), 1);
        QCOMPARE(found.at("Microsoft.Network/virtualNetworks"), 1);
        QCOMPARE(found.at("Microsoft.Network/networkSecurityGroups"), 1);
        const std::size_t nodes = action == QLatin1String("scale-cluster") && isBegun ? 3 : 2;
        QCOMPARE(clusters->front().nodes.size(), nodes);
        QCOMPARE(clusters->front().readyNodes(), static_cast<int>(nodes));
    }

    std::map<std::string, int> partsOfAMachine() const
    {
        if (m_home.provider() == "google") {
            return {{"instances", 1}, {"disks", 2}, {"firewalls", 2}};
        }
        return {
            {"Microsoft.Compute/virtualMachines", 1},       {"Microsoft.Compute/disks", 2},
            {"Microsoft.Network/networkInterfaces", 1},     {"Microsoft.Network/publicIPAddresses", 1},
            {"Microsoft.Network/virtualNetworks", 1},       {"Microsoft.Network/networkSecurityGroups", 1}};
    }

    /// Nothing is there for the next round.
    void clear(const QString& name)
    {
        auto& session = m_home.session();
        const auto machines = session.machines().machines({});
        if (machines && !machines->empty()) {
            const auto ended = m_home.run(QStringLiteral("delete"), name);
            QVERIFY2(ended.exitCode == 0, ended.output.constData());
        }
        const std::string imageName = name.toStdString() + "-image";
        if (m_home.provider() == "google") {
            auto& client = session.google()->client();
            const std::string& project = session.account().scope;
            for (const auto& request : {gcp::deleteImage(project, imageName), gcp::deleteMachineImage(project, imageName)}) {
                const auto removal = client.begin(request, {});
                if (removal && !removal->failure) {
                    (void)client.wait(*removal, {});
                }
            }
            return;
        }
        const auto drop = [&](azure::ResourceType type, std::vector<std::string> names) {
            const azure::ResourceRef ref{session.account().scope, "crash", type, std::move(names)};
            if (auto removal = session.connection().client().begin<azure::NoBody>(azure::deleteResource(ref), {})) {
                (void)removal->wait({});
            }
        };
        drop(azure::kImages, {imageName});
        drop(azure::kGalleryVersions, {"trainyard", imageName, "1.0.0"});
        drop(azure::kGalleryImages, {"trainyard", imageName});
        drop(azure::kGalleries, {"trainyard"});
    }

    SandboxHome m_home;
    int m_stride = 1;
    int m_number = 0;
};

QTEST_GUILESS_MAIN(TestProvisioningCrash)

#include "tst_provisioning_crash.moc"
