#pragma once

#include <map>
#include <string>
#include <vector>

#include <QJsonObject>
#include <QString>

namespace ty::testing {

/// What onnxruntime says of files and expected answers; see onnxruntime/compare.js for the cases.
struct Judgements {
    std::map<std::string, QJsonObject> byCase; ///< by the case's file
    QString problem;                           ///< why it could not be asked; empty: it was
    QString failure;                           ///< it was asked and ended badly
};

Judgements askOnnxruntime(const std::vector<std::string>& caseFiles);

} // namespace ty::testing
