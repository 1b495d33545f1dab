#include <cstdio>
#include <cstring>
#include <memory>

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QIcon>
#include <QTimer>

#include "app/catalog/paths.h"
#include "app/catalog_problem.h"
#include "app/cli/cli.h"
#include "app/main_window.h"
#include "app/main_window_actions.h"
#include "app/services/services.h"
#include "app/services/single_instance.h"
#include "app/services/watchdog.h"
#include "app/start_problem.h"

namespace {

/// The first word that is no option may be a subcommand of the command line twin, also where a file is called like it
/// ("./data" opens that); --help and --version belong to it too. No QApplication is made for those: they work without a display.
bool isCommandLine(int argc, char** argv)
{
    for (int index = 1; index < argc; ++index) {
        const char* word = argv[index];
        if (std::strcmp(word, "--help") == 0 || std::strcmp(word, "-h") == 0 || std::strcmp(word, "--version") == 0) {
            return true;
        }
        if (std::strcmp(word, "--data-dir") == 0 || std::strcmp(word, "--page") == 0) {
            ++index;
            continue;
        }
        if (word[0] == '-') {
            continue;
        }
        return ty::cli::isCommand(word);
    }
    return false;
}

bool hasFlag(int argc, char** argv, const char* flag)
{
    for (int index = 1; index < argc; ++index) {
        if (std::strcmp(argv[index], flag) == 0) {
            return true;
        }
    }
    return false;
}

int runWindow(int argc, char** argv)
{
    if (hasFlag(argc, argv, "--offscreen")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("trainyard"));
    QApplication::setApplicationDisplayName(QStringLiteral("Trainyard"));
    QApplication::setApplicationVersion(QStringLiteral(TRAINYARD_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.trainyard.Trainyard"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/trainyard.svg")));

    QCommandLineParser parser;
    const QCommandLineOption dataDir(QStringLiteral("data-dir"), QString(), QStringLiteral("folder"));
    const QCommandLineOption offscreen(QStringLiteral("offscreen"));
    const QCommandLineOption page(QStringLiteral("page"), QString(), QStringLiteral("name"));
    parser.addOptions({dataDir, offscreen, page});
    if (!parser.parse(QApplication::arguments())) {
        std::fprintf(stderr, "trainyard: %s\n", qPrintable(parser.errorText()));
        return 2;
    }
    auto paths = ty::catalog::Paths::fromEnvironment(parser.value(dataDir).toStdString());
    if (!paths) {
        std::fprintf(stderr, "trainyard: %s\n", paths.error().message.c_str());
        return 1;
    }
    while (true) {
        const auto made = paths->ensure();
        if (made) {
            break;
        }
        std::fprintf(stderr, "trainyard: %s\n", made.error().message.c_str());
        if (QApplication::platformName() == QLatin1String("offscreen")) {
            return 1; // nobody sees a question
        }
        ty::app::StartProblem problem(made.error(), QString::fromStdString(paths->dataFolder()));
        if (problem.exec() != QDialog::Accepted) {
            return 1;
        }
        if (!problem.chosenFolder().isEmpty()) {
            paths = ty::catalog::Paths::fromEnvironment(problem.chosenFolder().toStdString());
            if (!paths) {
                std::fprintf(stderr, "trainyard: %s\n", paths.error().message.c_str());
                return 1;
            }
        }
    }
    QStringList files;
    for (const auto& file : parser.positionalArguments()) {
        files << QFileInfo(file).absoluteFilePath();
    }
    ty::app::SingleInstance instance(QString::fromStdString(paths->dataFolder()));
    if (instance.handOver(files)) {
        return 0;
    }
    instance.listen();

    ty::app::Services services(std::move(paths).value());
    services.start();
    ty::app::MainWindow window(services.context());
    ty::app::CatalogProblem::watch(services.context(), window);
    QObject::connect(
        &instance, &ty::app::SingleInstance::raised, &window, &ty::app::MainWindow::raiseWith);
    for (const auto& entry : ty::app::railEntries()) {
        if (entry.icon == parser.value(page).toLower()) {
            window.showPage(entry.id);
        }
    }
    window.show();
    std::unique_ptr<ty::app::Watchdog> watchdog;
    if (const auto file = qEnvironmentVariable("TRAINYARD_WATCHDOG"); !file.isEmpty()) {
        // From the first turn of the event loop on: making the window is start-up, not a stall.
        QTimer::singleShot(0, &window, [&watchdog, file] {
            watchdog = std::make_unique<ty::app::Watchdog>(file.toStdString());
        });
    }
    if (!files.isEmpty()) {
        QTimer::singleShot(0, &window, [&window, files] { window.openFiles(files); });
    }
    const int code = QApplication::exec();
    watchdog.reset();
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    return isCommandLine(argc, argv) ? ty::cli::runCli(argc, argv) : runWindow(argc, argv);
}
