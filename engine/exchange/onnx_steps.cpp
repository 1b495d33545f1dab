#include "engine/exchange/onnx_steps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/data/prepare/prepare_table.h"
#include "engine/data/text_values.h"
#include "engine/exchange/onnx_column_math.h"
#include "engine/exchange/onnx_expression.h"
#include "engine/exchange/onnx_preprocessing.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kFloat32Type = 1; // of TensorProto.DataType
constexpr std::int64_t kFloat64Type = 11;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

bool isWordColumn(const ColumnInfo& column)
{
    return column.type == ColumnType::Category || column.type == ColumnType::Text;
}

std::vector<const ColumnInfo*> columnsBrought(const Encoder& encoder)
{
    std::vector<const ColumnInfo*> columns;
    for (const ColumnInfo& column : encoder.columnsToRead()) {
        if (column.role == ColumnRole::Feature) {
            columns.push_back(&column);
        }
    }
    return columns;
}

/// The texts that anything in the model tells apart; all others are unknown words. A word's code is its place here.
class KnownWords {
public:
    explicit KnownWords(const Encoder& encoder)
    {
        for (const EncodedColumn& column : encoder.columns()) {
            addAll(column.categories);
        }
        for (const PrepareStep& step : encoder.preparation().steps) {
            const auto expression = step.expression.empty() ? Result<Expression>(Expression()) : Expression::parse(step.expression);
            for (const ExpressionNode& node : expression ? expression.value().nodes() : std::vector<ExpressionNode>()) {
                if (node.op == ExpressionOp::Text) {
                    add(node.text);
                }
            }
            for (const auto& [name, fitted] : step.fitted) {
                addAll(fitted.order);
                add(fitted.value);
                addAll(step.kind == StepKind::Bin ? intervalLabels(step, fitted.edges) : std::vector<std::string>());
            }
        }
    }

    const std::vector<std::string>& texts() const { return m_texts; }
    double codeOf(const std::string& text) const
    {
        const auto found = m_codes.find(text);
        return found == m_codes.end() ? ColumnMath::kUnknownCode : found->second;
    }

private:
    void add(const std::string& text)
    {
        if (!text.empty() && m_codes.emplace(text, static_cast<double>(m_texts.size())).second) {
            m_texts.push_back(text);
        }
    }
    void addAll(const std::vector<std::string>& texts)
    {
        for (const std::string& text : texts) {
            add(text);
        }
    }

    std::vector<std::string> m_texts;
    std::map<std::string, double> m_codes;
};

/// Codes begin at kUnknownCode; tables of them at 0.
constexpr double kFirstPlace = -ColumnMath::kUnknownCode;

class StepNodes {
public:
    StepNodes(OnnxGraph& graph, const Encoder& encoder) : m_graph(graph), m_encoder(encoder), m_words(encoder) {}

    Result<void> run()
    {
        takeInputs();
        const auto& steps = m_encoder.preparation().steps;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!steps[i].isEnabled || isTrainingOnly(steps[i].kind)) {
                continue;
            }
            if (auto done = addStep(steps[i], i); !done) {
                Error error = std::move(done).error();
                error.message = stepPlace(i, steps[i].kind) + error.message;
                return error;
            }
        }
        return giveColumns();
    }

private:
    void takeInputs()
    {
        const auto ports = onnxRawPorts(m_encoder);
        const auto columns = columnsBrought(m_encoder);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            GraphColumn column;
            column.isWords = isWordColumn(*columns[i]);
            column.isDate = columns[i]->type == ColumnType::Date;
            const std::string hint = "column_" + columns[i]->name;
            const std::string narrow = column.isWords ? codesOf(ports[i].name, hint) : ports[i].name;
            column.value = m_graph.cast(narrow, kFloat64Type, hint);
            m_anchor = column.isWords ? m_anchor : column.value;
            m_anchor = m_anchor.empty() ? column.value : m_anchor;
            m_columns[columns[i]->name] = column;
        }
    }

    std::string codesOf(const std::string& input, const std::string& hint)
    {
        std::vector<std::string> keys{""};
        std::vector<float> values{static_cast<float>(ColumnMath::kMissingWord)};
        for (const std::string& text : m_words.texts()) {
            keys.push_back(text);
            values.push_back(static_cast<float>(m_words.codeOf(text)));
        }
        const auto codes = m_graph.node(
            "ai.onnx.ml:LabelEncoder", {input},
            {{"keys_strings", keys}, {"values_floats", values}, {"default_float", static_cast<float>(ColumnMath::kUnknownCode)}}, hint + "_codes");
        m_graph.describe(codes, {-1, 1});
        return codes;
    }

    GraphColumn* find(const std::string& name)
    {
        const auto found = m_columns.find(name);
        return found == m_columns.end() ? nullptr : &found->second;
    }

    Result<void> addStep(const PrepareStep& step, std::size_t index)
    {
        ColumnMath math(m_graph, fmt::format("step{}", index + 1));
        if (step.kind == StepKind::Compute) {
            return compute(math, step);
        }
        for (const std::string& name : step.columns) {
            GraphColumn* column = find(name);
            if (column == nullptr) {
                continue; // nothing that the model reads is made of it
            }
            const auto fitted = step.fitted.find(name);
            if (fitted == step.fitted.end()) {
                return Error{ErrorKind::InvalidInput, fmt::format("what was found in column \"{}\" is lost", name), "The model file is damaged."};
            }
            switch (step.kind) {
            case StepKind::Fill:
                TY_CHECK(fill(math, fitted->second, *column));
                break;
            case StepKind::Clip:
                clip(math, fitted->second, *column);
                break;
            case StepKind::Bin:
                bin(math, step, fitted->second, *column);
                break;
            case StepKind::Encode:
                encode(math, step, fitted->second, *column);
                break;
            case StepKind::Scale:
                break; // the encoding's
            default:
                return Error{ErrorKind::Unsupported, "has no ONNX form here", {}};
            }
        }
        return {};
    }

    Result<void> compute(ColumnMath& math, const PrepareStep& step)
    {
        TY_TRY(const auto expression, Expression::parse(step.expression));
        for (const std::string& name : expression.columns()) {
            if (find(name) == nullptr) {
                return {}; // as above
            }
        }
        const GraphNames names{
            [this](const std::string& name) { return find(name); }, [this](const std::string& text) { return m_words.codeOf(text); }};
        TY_TRY(GraphColumn made, addExpression(math, expression, names));
        made.value = math.spread(made.value, m_anchor);
        m_columns[step.columns.front()] = made;
        return {};
    }

    Result<void> fill(ColumnMath& math, const FittedColumn& fitted, GraphColumn& column)
    {
        if (column.isWords) {
            const auto missing = math.isCode(column.value, ColumnMath::kMissingWord);
            column.value = math.choose(missing, math.number(m_words.codeOf(fitted.value)), column.value);
            return {};
        }
        double value = 0;
        if (!parseNumber(fitted.value, value) && !parseDate(fitted.value, value, DateOrder::YearMonthDay)) {
            return Error{ErrorKind::InvalidInput, fmt::format("\"{}\" is no number", fitted.value), {}};
        }
        column.value = math.choose(math.isMissing(column.value), math.number(static_cast<float>(value)), column.value);
        return {};
    }

    static void clip(ColumnMath& math, const FittedColumn& fitted, GraphColumn& column)
    {
        // A comparison with what is missing is false, so it stays missing.
        if (fitted.low) {
            const auto low = math.number(static_cast<float>(*fitted.low));
            column.value = math.choose(math.compare("Less", column.value, low), low, column.value);
        }
        if (fitted.high) {
            const auto high = math.number(static_cast<float>(*fitted.high));
            column.value = math.choose(math.compare("Greater", column.value, high), high, column.value);
        }
    }

    void bin(ColumnMath& math, const PrepareStep& step, const FittedColumn& fitted, GraphColumn& column)
    {
        std::vector<double> codes;
        for (const std::string& label : intervalLabels(step, fitted.edges)) {
            codes.push_back(m_words.codeOf(label));
        }
        const auto code = math.look(codes, math.countReached(column.value, fitted.edges));
        column.value = math.choose(math.isMissing(column.value), math.number(ColumnMath::kMissingWord), code);
        column.isWords = true;
        column.isDate = false;
    }

    void encode(ColumnMath& math, const PrepareStep& step, const FittedColumn& fitted, GraphColumn& column)
    {
        if (step.method == "ordinal") {
            if (!column.isWords) {
                return;
            }
            std::vector<double> numbers(m_words.texts().size() + static_cast<std::size_t>(kFirstPlace), kNothing);
            for (std::size_t i = 0; i < fitted.order.size(); ++i) {
                if (!fitted.order[i].empty()) {
                    numbers[static_cast<std::size_t>(m_words.codeOf(fitted.order[i]) + kFirstPlace)] = static_cast<double>(i);
                }
            }
            column.value = math.look(numbers, placesOf(math, column.value));
            column.isWords = false;
            column.isDate = false;
            return;
        }
        if (!column.isWords) {
            column.value = wordsOf(math, column);
            column.isWords = true;
        }
    }

    /// Of the numbers whose texts somebody tells apart; the others are unknown words.
    std::string wordsOf(ColumnMath& math, const GraphColumn& column)
    {
        std::vector<float> numbers;
        std::vector<float> weights;
        for (const std::string& text : m_words.texts()) {
            double number = 0;
            const bool isNumber = column.isDate ? parseDate(text, number, DateOrder::YearMonthDay) : parseNumber(text, number);
            const auto held = static_cast<float>(number);
            if (isNumber && (column.isDate ? formatDate(held) : formatNumber(held)) == text) {
                numbers.push_back(held);
                weights.push_back(static_cast<float>(m_words.codeOf(text) + kFirstPlace));
            }
        }
        const auto code = numbers.empty() ? math.number(ColumnMath::kUnknownCode)
                                          : math.apply("Sub", math.weigh(column.value, numbers, weights), math.number(kFirstPlace));
        return math.choose(math.isMissing(column.value), math.number(ColumnMath::kMissingWord), code);
    }

    static std::string placesOf(ColumnMath& math, const std::string& codes) { return math.apply("Add", codes, math.number(kFirstPlace)); }

    /// What the encoding reads: numbers side by side, words as texts.
    Result<void> giveColumns()
    {
        const auto columns = onnxColumns(m_encoder);
        std::vector<std::string> numbers(numericWidth(columns));
        ColumnMath math(m_graph, "prepared");
        std::vector<std::string> texts{"", ""};
        texts.insert(texts.end(), m_words.texts().begin(), m_words.texts().end());
        std::string table;
        for (const OnnxColumn& entry : columns) {
            const GraphColumn* column = find(entry.column->name);
            if (column == nullptr || column->isWords == entry.isNumber()) {
                return Error{ErrorKind::Unsupported, fmt::format("the column \"{}\" cannot be made of what data brings", entry.column->name), {}};
            }
            if (entry.isNumber()) {
                numbers[entry.position] = m_graph.cast(column->value, kFloat32Type, "prepared_number");
            } else if (!entry.column->categories.empty()) {
                table = table.empty() ? m_graph.texts("known_words", {static_cast<std::int64_t>(texts.size())}, texts) : table;
                const auto words = m_graph.node(
                    "Gather", {table, math.indices(placesOf(math, column->value))}, {{"axis", std::int64_t{0}}}, "prepared_words");
                m_graph.nameOutput(words, entry.input);
            }
        }
        if (!numbers.empty()) {
            m_graph.nameOutput(m_graph.node("Concat", numbers, {{"axis", std::int64_t{1}}}, "prepared_numbers"), kFeaturesInput);
        }
        return {};
    }

    OnnxGraph& m_graph;
    const Encoder& m_encoder;
    KnownWords m_words;
    std::map<std::string, GraphColumn> m_columns; ///< by name
    std::string m_anchor; ///< a column that comes from outside, so that it has the rows of the batch
};

} // namespace

bool hasOnnxSteps(const Encoder& encoder)
{
    const auto& steps = encoder.preparation().steps;
    return encoder.kind() == DataKind::Table && encoder.areColumnsPrepared() && std::any_of(steps.begin(), steps.end(), [](const PrepareStep& step) {
        return step.isEnabled && !isTrainingOnly(step.kind) && step.kind != StepKind::Scale;
    });
}

std::string onnxStepProblem(const Encoder& encoder)
{
    OnnxGraph scratch{OnnxOptions{}};
    const auto added = addSteps(scratch, encoder);
    return added ? std::string() : added.error().message;
}

std::vector<OnnxPort> onnxRawPorts(const Encoder& encoder)
{
    std::vector<OnnxPort> ports;
    std::set<std::string> taken = onnxReservedNames();
    for (const ColumnInfo* column : columnsBrought(encoder)) {
        ports.push_back({freeOnnxName(column->name, taken), isWordColumn(*column) ? "string" : "float32", {-1, 1}});
    }
    return ports;
}

Json onnxRawColumnsJson(const Encoder& encoder)
{
    Json list = Json::array();
    const auto ports = onnxRawPorts(encoder);
    const auto columns = columnsBrought(encoder);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        list.push_back({{"name", columns[i]->name}, {"type", columnTypeName(columns[i]->type)}, {"input", ports[i].name}});
    }
    return list;
}

Result<void> addSteps(OnnxGraph& graph, const Encoder& encoder)
{
    if (!encoder.vocabulary().empty()) {
        return Error{ErrorKind::Unsupported, "texts that are read word by word have no ONNX form", {}};
    }
    return StepNodes(graph, encoder).run();
}

} // namespace ty::engine
