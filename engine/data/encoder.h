#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/string_pool.h"

namespace ty::engine {

/// How one column of a table becomes network inputs.
struct EncodedColumn {
    enum class Kind {
        Standardised, ///< (x - mean) / deviation; missing -> the training median
        OneHot,       ///< one input a category; missing or unknown -> all zero
        YearCycle,    ///< sine and cosine of a date's place in its year; missing -> both zero
        Words,        ///< the numbers of `words` words of a text in the vocabulary, which is `categories`
    };
    std::string name;
    Kind kind = Kind::Standardised;
    ColumnType sourceType = ColumnType::Numeric;
    double mean = 0;
    double deviation = 1; ///< never 0: a constant column gets 1
    double fill = 0;      ///< training median, in the column's own unit
    bool hasMissingFlag = false; ///< one more input, 1 where the value was missing
    /// Those that training samples hold, at most EncoderForm::categories: in the order in which people sort names, of many the most
    /// frequent first. All others count as unknown.
    /// Of Words: kLineEndWord, kUnknownWord, then the training part's words from the most frequent on.
    std::vector<std::string> categories;
    std::size_t words = 0; ///< Words only

    std::size_t width() const
    {
        switch (kind) {
        case Kind::Words:
            return words;
        case Kind::OneHot:
            return categories.size();
        case Kind::YearCycle:
            return 2U;
        case Kind::Standardised:
            break;
        }
        return hasMissingFlag ? 2U : 1U;
    }
};

/// What a network asks of the encoding.
struct EncoderForm {
    /// Pictures come as 0 to 1 and are their own target.
    bool isReconstruction = false;
    std::int64_t words = 0;            ///< above 0: numbers of so many words of a text column, and of nothing else
    std::int64_t vocabulary = 10'000;  ///< most numbers of words that there may be
    std::size_t categories = 64;       ///< of a column that are told apart; the rest count as unknown
    /// As versions did that knew no better, for their runs to go on: categories are those of all rows, the frequent ones counted in all.
    bool areCategoriesOfAllRows = false;
};

/// Turns raw samples into what the learner sees, and its answers back. Fitted on the training part alone, and
/// stored inside the model (model.json), so that prediction, evaluation and ONNX use the same numbers.
class Encoder {
public:
    /// Statistics over `samples` (the training part). Image: per-channel mean and deviation. Errors: InvalidInput for data
    /// that `form` cannot be made of.
    static Result<Encoder>
    fit(const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form = {});
    static Result<Encoder> fromJson(const Json& json);
    Json toJson() const;

    DataKind kind() const { return m_kind; }
    Task task() const { return m_task; }
    /// Without the batch: {features} for tables, {channels, height, width} for images.
    const std::vector<std::int64_t>& inputShape() const { return m_inputShape; }
    std::size_t inputSize() const;
    /// What a network gives of a sample: {classes}, {1} for a value, {inputSize()} for a reconstruction, of a running text
    /// {words, vocabulary}.
    std::vector<std::int64_t> outputShape() const;
    /// Numbers of a sample's target: 1, or of a reconstruction or running text as many as it has inputs.
    std::size_t targetSize() const;
    /// The words whose numbers are the inputs; empty for all but texts.
    const std::vector<std::string>& vocabulary() const;
    /// Names of the classes in index order, of Grouping those of the groups once they are found; empty for regression. Of a
    /// reconstruction those of the training data, which it does not look at.
    const std::vector<std::string>& classes() const { return m_classes; }
    /// Whether an answer is one of classes(), with a probability for each.
    bool areAnswersNames() const { return m_task == Task::Classification || m_task == Task::Grouping; }
    /// Of Grouping: the groups that were found. @param names  not empty
    void nameGroups(std::vector<std::string> names) { m_classes = std::move(names); }
    const std::vector<EncodedColumn>& columns() const { return m_columns; }
    /// Steps that data goes through before it is encoded, with what they found in the training data.
    const Preparation& preparation() const { return m_preparation; }
    /// Whether steps make other columns of those that data brings.
    bool areColumnsPrepared() const { return !m_rawColumns.empty(); }
    /// What new data must bring, with roles; the same as the table's columns unless steps change them.
    const std::vector<ColumnInfo>& columnsToRead() const { return m_rawColumns.empty() ? m_sourceColumns : m_rawColumns; }
    const std::vector<float>& imageMean() const { return m_imageMean; }           ///< per channel, in 0..255
    const std::vector<float>& imageDeviation() const { return m_imageDeviation; } ///< per channel, in 0..255
    const std::string& targetName() const { return m_targetName; }
    double targetMean() const { return m_targetMean; }
    double targetDeviation() const { return m_targetDeviation; }
    /// A DatasetInfo that OpenOptions::like takes: columns, categories, classes and image shape of the training data.
    DatasetInfo expectedData() const;

    /// Checks that `dataset` has the columns or the kind this encoder needs; names what is missing.
    Result<void> checkFits(const Dataset& dataset) const;
    /// Writes inputSize() floats. Thread-safe. Of a running text the last words, or with room for one more number the first
    /// words and the one that follows them; of other texts the first words. `dataset` has been opened with `like = expectedData()` or is the fitted one.
    Result<void> encodeInput(const Dataset& dataset, std::uint64_t sample, std::span<float> into) const;
    /// The same of another part of a recording (Dataset::readPart). @param place  0: the beginning, 1: the end
    Result<void> encodePart(const Dataset& dataset, std::uint64_t sample, double place, std::span<float> into) const;
    /// Which of the inputs of columns()[column], OneHot, a category has. @param code  as data has it that encodeInput() takes; -1: missing
    /// @return  -1: none, the category is missing or unknown
    std::int32_t inputOf(std::size_t column, std::int32_t code) const
    {
        const auto& inputs = m_inputOf[column];
        return code >= 0 && static_cast<std::size_t>(code) < inputs.size() ? inputs[static_cast<std::size_t>(code)] : -1;
    }
    /// Class index as a number, or the standardised target; 0 where the inputs are the target or there is none.
    float encodeTarget(const Dataset& dataset, std::uint64_t sample) const;
    double decodeTarget(double encoded) const { return encoded * m_targetDeviation + m_targetMean; }

private:
    Result<void> fitTable(const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form);
    Result<void> fitWords(const Dataset& dataset, std::span<const std::uint32_t> samples, const EncoderForm& form);
    void keepSourceColumns(const DatasetInfo& info);
    void rememberWords();
    void rememberInputs();
    /// All that codes of the column may mean.
    const std::vector<std::string>& knownCategories(const EncodedColumn& column) const;
    void standardise(std::span<const std::uint8_t> pixels, std::span<float> into) const;
    Result<void> encodeWords(const Dataset& dataset, std::uint64_t sample, std::span<float> into) const;
    Result<void> fitImages(const Dataset& dataset, std::span<const std::uint32_t> samples);

    DataKind m_kind = DataKind::Table;
    Task m_task = Task::Classification;
    std::vector<std::int64_t> m_inputShape;
    std::vector<std::string> m_classes;
    std::map<std::string, std::string> m_mergedClasses; ///< names that stand for one of m_classes
    std::vector<EncodedColumn> m_columns;
    StringPool m_words; ///< the vocabulary by number
    std::vector<std::vector<std::int32_t>> m_inputOf; ///< by column, and code in m_sourceColumns; -1: none
    Preparation m_preparation;               ///< fitted; done before the columns are encoded
    std::vector<ColumnInfo> m_rawColumns;    ///< before it; empty: as m_sourceColumns
    std::vector<ColumnInfo> m_sourceColumns; ///< of the training table, in its order; name, type, role, categories
    std::vector<float> m_imageMean;
    std::vector<float> m_imageDeviation;
    std::string m_targetName;
    double m_targetMean = 0;
    double m_targetDeviation = 1;
};

} // namespace ty::engine
