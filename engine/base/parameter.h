#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty {

enum class ParameterType { Integer, Real, Boolean, Choice, Text };
enum class ParameterLevel { Basic, Advanced };

/// One row of a learner's table of parameters. The form, the CLI flags, the validation messages, the
/// tuner's search space and the documentation are all made from it.
struct Parameter {
    std::string name;  ///< as in run.json and `--set`, camelCase: "learningRate"
    std::string label; ///< as in the form: "Learning rate"
    ParameterType type = ParameterType::Real;
    Json defaultValue; ///< null: "automatic", the learner chooses from the data
    std::optional<double> minimum;
    std::optional<double> maximum;
    bool minimumExcluded = false;
    std::vector<std::string> choices; ///< for Choice
    std::string unit;                 ///< "", "epochs", "seconds", "%"
    std::string help;                 ///< one sentence
    std::string group;                ///< heading in the form: "Training", "Augmentation"
    ParameterLevel level = ParameterLevel::Basic;
    bool isAutomaticAllowed = false; ///< "auto" (JSON null) may be chosen
    std::optional<double> searchLow; ///< range a tuner tries
    std::optional<double> searchHigh;
    bool isSearchLogarithmic = false;
};

class ParameterTable {
public:
    ParameterTable() = default;
    explicit ParameterTable(std::vector<Parameter> rows) : m_rows(std::move(rows)) {}

    const std::vector<Parameter>& rows() const { return m_rows; }
    const Parameter* find(const std::string& name) const;

    /// An object with every parameter at its default.
    Json defaults() const;
    /// `given` over the defaults. Unknown names (with the nearest known one), wrong types and values out
    /// of range are InvalidInput errors that name the parameter and its range.
    Result<Json> complete(const Json& given) const;
    /// "0.01", "auto", "true" or "adamw" as the parameter's value, checked like complete().
    Result<Json> parseValue(const std::string& name, const std::string& text) const;
    Result<void> checkValue(const Parameter& row, const Json& value) const;
    /// The table as JSON: `trainyard-run learners --json`, and what the window builds its form from.
    Json toJson() const;
    static Result<ParameterTable> fromJson(const Json& json);

private:
    std::vector<Parameter> m_rows;
};

} // namespace ty
