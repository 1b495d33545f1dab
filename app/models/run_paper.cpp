#include "app/models/run_paper.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <QDir>
#include <QDirIterator>
#include <QFile>

#include "engine/base/files.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

constexpr qint64 kLogBytes = 1 << 20;
constexpr std::uint64_t kSamplesBytes = std::uint64_t{1} << 28;
constexpr int kMostFiles = 2000;
constexpr int kLinesBeforePlan = 200;

/// The fields of one line of RFC 4180 CSV that begins at `at`; `at` moves behind the line.
std::vector<std::string> csvLine(const std::string& text, std::size_t& at)
{
    std::vector<std::string> fields(1);
    bool isQuoted = false;
    for (; at < text.size(); ++at) {
        const char letter = text[at];
        if (isQuoted) {
            if (letter == '"' && at + 1 < text.size() && text[at + 1] == '"') {
                fields.back() += '"';
                ++at;
            } else if (letter == '"') {
                isQuoted = false;
            } else {
                fields.back() += letter;
            }
        } else if (letter == '"') {
            isQuoted = true;
        } else if (letter == ',') {
            fields.emplace_back();
        } else if (letter == '\n') {
            ++at;
            return fields;
        } else if (letter != '\r') {
            fields.back() += letter;
        }
    }
    return fields;
}

double numberOf(const std::string& text)
{
    bool isNumber = false;
    const double value = QString::fromStdString(text).toDouble(&isNumber);
    return isNumber ? value : std::nan("");
}

PartPaper loadPart(const RunFolder& folder, const std::string& part)
{
    PartPaper paper;
    auto report = readJsonFile(folder.evaluationFolder() + "/" + part + ".json");
    if (!report || !report->is_object()) {
        return paper;
    }
    paper.report = std::move(report).value();
    if (const auto path = paper.report.find("data"); path != paper.report.end() && path->is_string()) {
        paper.data = QString::fromStdString(path->get<std::string>());
    }
    if (const auto csv = readFile(folder.evaluationFolder() + "/" + part + "_samples.csv", kSamplesBytes)) {
        paper.samples = RunPaper::parseSamples(
            csv.value(), paper.report.value("task", std::string()) == "classification");
    }
    return paper;
}

void loadBeginning(const RunFolder& folder, RunPaper& paper)
{
    std::ifstream events(folder.eventsFile());
    std::string line;
    for (int i = 0; i < kLinesBeforePlan && std::getline(events, line); ++i) {
        auto event = RunEvent::fromLine(line);
        if (!event) {
            continue;
        }
        Json* place = event->type == "started" && paper.started.is_null() ? &paper.started
            : event->type == "data"                                      ? &paper.facts
            : event->type == "plan"                                      ? &paper.plan
                                                                         : nullptr;
        if (place != nullptr) {
            *place = std::move(event->fields);
        }
        if (!paper.plan.is_null()) {
            return;
        }
    }
}

} // namespace

std::vector<SampleRow> RunPaper::parseSamples(const std::string& csv, bool isClassification)
{
    std::vector<SampleRow> rows;
    std::size_t at = 0;
    csvLine(csv, at); // header: id,true,predicted,confidence,loss,sample
    while (at < csv.size()) {
        const auto fields = csvLine(csv, at);
        if (fields.size() < 6) {
            continue;
        }
        SampleRow row;
        row.id = QString::fromStdString(fields[0]);
        row.truth = QString::fromStdString(fields[1]);
        row.predicted = QString::fromStdString(fields[2]);
        row.confidence = numberOf(fields[3]);
        row.loss = numberOf(fields[4]);
        row.sample = QString::fromStdString(fields[5]).toULongLong();
        row.isWrong = isClassification && fields[1] != fields[2];
        rows.push_back(std::move(row));
    }
    return rows;
}

Json RunPaper::planOf(const std::string& root)
{
    RunPaper paper;
    loadBeginning(RunFolder{root}, paper);
    return paper.plan.is_object() ? std::move(paper.plan) : Json::object();
}

RunPaper RunPaper::load(const std::string& root)
{
    const RunFolder folder{root};
    RunPaper paper;
    paper.training = loadPart(folder, "training");
    paper.validation = loadPart(folder, "validation");
    paper.test = loadPart(folder, "test");
    loadBeginning(folder, paper);
    if (auto spec = readJsonFile(folder.specFile())) {
        paper.spec = std::move(spec).value();
    }
    const QDir dir(QString::fromStdString(root));
    QDirIterator files(dir.path(), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext() && paper.files.size() < kMostFiles) {
        files.next();
        const QFileInfo info = files.fileInfo();
        paper.files.push_back({dir.relativeFilePath(info.filePath()), info.size(), info.lastModified()});
    }
    std::sort(paper.files.begin(), paper.files.end(), [](const FileRow& a, const FileRow& b) { return a.name < b.name; });
    QFile log(QString::fromStdString(folder.logFile()));
    if (log.open(QIODevice::ReadOnly)) {
        log.seek(std::max<qint64>(0, log.size() - kLogBytes));
        paper.log = QString::fromUtf8(log.readAll());
    }
    return paper;
}

} // namespace ty::app
