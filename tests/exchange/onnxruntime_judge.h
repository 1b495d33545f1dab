#pragma once

#include <map>
#include <string>
#include <vector>

#include <QJsonObject>
#include <QString>

#include "engine/base/json.h"
#include "engine/exchange/onnx_check.h"

namespace ty::testing {

/// What onnxruntime says of files and expected answers; see onnxruntime/compare.js for the cases.
struct Judgements {
    std::map<std::string, QJsonObject> byCase; ///< by the case's file
    QString problem;                           ///< why it could not be asked; empty: it was
    QString failure;                           ///< it was asked and ended badly
};

/// An input or an expected output in a case.
Json valueJson(const engine::OnnxValue& value);

Judgements askOnnxruntime(const std::vector<std::string>& caseFiles);

/// The first case in which onnxruntime answers otherwise than expected, by more than `most`, with what it said; empty: none.
QString firstDisagreement(const Judgements& judged, const std::vector<std::string>& caseFiles, double most);

} // namespace ty::testing
