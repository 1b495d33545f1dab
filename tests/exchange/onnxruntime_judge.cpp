#include "tests/exchange/onnxruntime_judge.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>

#include <cmath>

namespace ty::testing {

Json valueJson(const engine::OnnxValue& value)
{
    Json json{{"dims", value.shape}};
    if (!value.texts.empty()) {
        json["texts"] = value.texts;
        return json;
    }
    Json numbers = Json::array();
    for (const float number : value.numbers) {
        numbers.push_back(std::isnan(number) ? Json() : Json(number));
    }
    json["numbers"] = numbers;
    return json;
}

Judgements askOnnxruntime(const std::vector<std::string>& caseFiles)
{
    constexpr int kProcessMilliseconds = 120000;
    const QString folder = QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/exchange/onnxruntime");
    Judgements judgements;
    const auto node = QStandardPaths::findExecutable("node");
    if (node.isEmpty() || !QFileInfo::exists(folder + "/node_modules/onnxruntime-node")) {
        judgements.problem = "onnxruntime-node is not installed; run npm ci in tests/exchange/onnxruntime";
        return judgements;
    }
    QStringList arguments{folder + "/compare.js"};
    for (const auto& file : caseFiles) {
        arguments << QString::fromStdString(file);
    }
    QProcess judge;
    judge.start(node, arguments);
    if (!judge.waitForFinished(kProcessMilliseconds) || judge.exitCode() != 0) {
        judgements.failure = "node ended badly: " + QString::fromUtf8(judge.readAllStandardError());
        return judgements;
    }
    for (const auto& line : judge.readAllStandardOutput().split('\n')) {
        const auto judgement = QJsonDocument::fromJson(line).object();
        judgements.byCase[judgement["case"].toString().toStdString()] = judgement;
    }
    return judgements;
}

QString firstDisagreement(const Judgements& judged, const std::vector<std::string>& caseFiles, double most)
{
    for (const std::string& file : caseFiles) {
        const QJsonObject answer = judged.byCase.at(file);
        if (answer.contains("error") || !(answer["maxDifference"].toDouble(1) <= most)) {
            return QString::fromStdString(file) + ": " + answer["error"].toString() + QString::number(answer["maxDifference"].toDouble());
        }
    }
    return {};
}

} // namespace ty::testing
