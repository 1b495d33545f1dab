#include <filesystem>
#include <fstream>
#include <sstream>

#include <QTest>

#include "tests/layering/include_rules.h"

namespace fs = std::filesystem;
using ty::layering::checkIncludes;

namespace {

const QString kRoot = QStringLiteral(TRAINYARD_SOURCE_DIR);

/// Sources of the product, relative to the root.
std::vector<std::string> sources()
{
    std::vector<std::string> found;
    const fs::path root = kRoot.toStdString();
    for (const char* folder : {"engine", "cloud", "widgets", "app"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const auto suffix = entry.path().extension();
            if (entry.is_regular_file() && (suffix == ".h" || suffix == ".cpp")) {
                found.push_back(fs::relative(entry.path(), root).generic_string());
            }
        }
    }
    return found;
}

std::string contentOf(const std::string& file)
{
    std::ifstream stream(fs::path(kRoot.toStdString()) / file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

} // namespace

class TestLayering : public QObject {
    Q_OBJECT

private slots:
    void everyIncludeFollowsTheTable();
    void aPlantedIncludeIsJudged_data();
    void aPlantedIncludeIsJudged();
    void includesInCommentsDoNotCount();
};

void TestLayering::everyIncludeFollowsTheTable()
{
    const auto files = sources();
    QVERIFY2(files.size() > 50, "the sources were not found");
    std::string report;
    for (const auto& file : files) {
        for (const auto& violation : checkIncludes(file, contentOf(file))) {
            report += violation.text() + "\n";
        }
    }
    QVERIFY2(report.empty(), report.c_str());
}

void TestLayering::aPlantedIncludeIsJudged_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("include");
    QTest::addColumn<QString>("reason"); // empty: allowed
    const auto row = [](const char* name, const char* file, const char* include, const char* reason) {
        QTest::newRow(name) << file << include << reason;
    };
    row("own folder", "engine/nn/presets.cpp", "\"engine/nn/presets.h\"", "");
    row("downward", "engine/learn/learner.cpp", "\"engine/backends/cpu/cpu_backend.h\"", "");
    row("upward", "engine/tensor/tensor.h", "\"engine/nn/presets.h\"", "engine/tensor may not know engine/nn");
    row("sideways", "engine/data/dataset.cpp", "\"engine/nn/presets.h\"", "engine/data may not know engine/nn");
    row("engine to window", "engine/base/json.cpp", "\"app/catalog/catalog.h\"", "engine/base may not know app/catalog");
    row("cloud to engine", "cloud/http/transport.cpp", "\"engine/nn/presets.h\"", "cloud may not know engine/nn");
    row("cloud to base", "cloud/http/transport.cpp", "\"engine/base/result.h\"", "");
    row("sandbox to client", "cloud/sandbox/sandbox.cpp", "\"cloud/http/transport.h\"", "cloud/sandbox may not know cloud");
    row("client to sandbox", "cloud/http/transport.cpp", "\"cloud/sandbox/sandbox.h\"", "cloud may not know cloud/sandbox");
    row("Qt in the sandbox", "app/sandbox/main.cpp", "<QCoreApplication>", "Qt belongs to widgets and the window alone");
    row("widgets to base", "widgets/icons.cpp", "\"engine/base/result.h\"", "widgets may not know engine/base");
    row("catalog to engine", "app/catalog/catalog.cpp", "\"engine/nn/presets.h\"", "app/catalog may not know engine/nn");
    row("runner to catalog", "app/runner/main.cpp", "\"app/catalog/catalog.h\"", "app/runner may not know app/catalog");
    row("runner to engine", "app/runner/main.cpp", "\"engine/learn/learner.h\"", "");
    row("command line to pages", "app/cli/runs.cpp", "\"app/pages/page.h\"", "app/cli may not know app");
    row("window to catalog", "app/main_window.cpp", "\"app/catalog/catalog.h\"", "");
    row("window to widgets", "app/pages/runs_page.cpp", "\"widgets/icons.h\"", "");
    row("relative path", "engine/nn/presets.cpp", "\"presets.h\"", "is not written from the repository's root, or lies in no folder of the table");
    row("Qt in engine", "engine/base/files.cpp", "<QString>", "Qt belongs to widgets and the window alone");
    row("Qt in catalog", "app/catalog/paths.cpp", "<QtCore/QString>", "Qt belongs to widgets and the window alone");
    row("Qt in runner", "app/runner/main.cpp", "<QCoreApplication>", "Qt belongs to widgets and the window alone");
    row("Qt in the window", "app/main_window.h", "<QMainWindow>", "");
    row("oneDNN at home", "engine/backends/cpu/dense.cpp", "<oneapi/dnnl/dnnl.hpp>", "");
    row("oneDNN in a private header", "engine/backends/cpu/dense.h", "<oneapi/dnnl/dnnl.hpp>", "");
    row("oneDNN in the public header", "engine/backends/cpu/cpu_backend.h", "<oneapi/dnnl/dnnl.hpp>", "a library stays out of public headers");
    row("a backend's private header", "engine/learn/device.cpp", "\"engine/backends/cpu/cpu_session.h\"", "is private to engine/backends/cpu");
    row("SQLite in a header", "app/catalog/database.h", "<sqlite3.h>", "a library stays inside .cpp files");
    row("oneDNN elsewhere", "engine/nn/presets.cpp", "<oneapi/dnnl/dnnl.hpp>", "belongs to engine/backends/cpu alone");
    row("ONNX elsewhere", "engine/learn/learner.cpp", "<onnx/onnx_pb.h>", "belongs to engine/exchange alone");
    row("SQLite elsewhere", "app/services/catalog_service.cpp", "<sqlite3.h>", "belongs to app/catalog alone");
    row("curl elsewhere", "cloud/azure/client.cpp", "<curl/curl.h>", "belongs to cloud/http alone");
    row("JSON in a header", "engine/base/json.h", "<nlohmann/json.hpp>", "");
    row("standard", "engine/base/files.cpp", "<string_view>", "");
    row("POSIX", "engine/base/files.cpp", "<sys/stat.h>", "");
    row("unknown", "engine/base/files.cpp", "<boost/asio.hpp>", "unknown header: give it a row in the table");
}

void TestLayering::aPlantedIncludeIsJudged()
{
    QFETCH(QString, file);
    QFETCH(QString, include);
    QFETCH(QString, reason);
    const auto content = "#pragma once\n\n  #  include " + include.toStdString() + " // planted\n";

    const auto violations = checkIncludes(file.toStdString(), content);

    QCOMPARE(violations.size(), reason.isEmpty() ? std::size_t{0} : std::size_t{1});
    if (!reason.isEmpty()) {
        QCOMPARE(QString::fromStdString(violations.front().reason), reason);
        QCOMPARE(violations.front().line, 3);
    }
}

void TestLayering::includesInCommentsDoNotCount()
{
    const auto violations = checkIncludes(
        "engine/base/files.cpp", "// #include <QString>\n/* one\n#include <QString>\n*/\n#include <QList>\n");

    QCOMPARE(violations.size(), std::size_t{1});
    QCOMPARE(violations.front().line, 5);
}

QTEST_GUILESS_MAIN(TestLayering)
#include "tst_layering.moc"
