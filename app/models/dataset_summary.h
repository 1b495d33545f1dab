#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include <QMetaType>
#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::app {

struct ColumnSummary {
    QString name;
    QString type; ///< "numeric", "category", "date", "text"
    QString role; ///< "feature", "target", "ignored"
    quint64 missing = 0;
    quint64 distinct = 0;
    double minimum = 0; ///< NaN unless numeric
    double maximum = 0;
    double mean = 0;
    std::vector<double> bars = {}; ///< how often: of bins of one width, or of `barNames`; empty: not counted
    double barsFrom = 0;       ///< lower edge of the first bin
    double barsTo = 0;         ///< upper edge of the last
    QStringList barNames = {}; ///< categories, the most frequent first
    quint64 otherValues = 0;   ///< cells of other categories
};

struct ClassSummary {
    QString name;
    quint64 samples = 0;
};

struct ProblemSummary {
    QString severity; ///< "note", "warning", "error"
    QString kind;
    QString message;
    QString advice;
    QStringList places;
    QStringList names; ///< what it is about: the column; the classes
    std::map<QString, QStringList> removals = {}; ///< ids of samples that could be left out, by what is kept: engine::Problem::removals
};

/// What `inspect --json` said about a dataset, for views.
struct DatasetSummary {
    QString path;
    QString name;
    QString format;
    QString kind; ///< "table", "image"
    QString task; ///< "classification", "regression", "next-word"
    quint64 samples = 0;
    quint64 bytes = 0;
    QString target;
    std::vector<ColumnSummary> columns;
    std::vector<ClassSummary> classes;
    std::array<int, 3> imageShape{}; ///< channels, height, width
    std::array<quint64, 3> givenSplit{};
    QString fingerprint;
    std::vector<ProblemSummary> problems;
    std::vector<ProblemSummary> repaired; ///< dealt with by DataSpec::repairs
    quint64 leftOut = 0;                  ///< samples that repairs left out
    Json json; ///< as it came; what the catalog keeps

    bool isImage() const { return kind == QLatin1String("image"); }
    bool isText() const { return task == QLatin1String("next-word"); } ///< a running text
    /// "4 columns" or "1 × 28 × 28" (channels, height, width).
    QString shapeText() const;

    QString formatText() const; ///< "JSON Lines"

    static Result<DatasetSummary> fromJson(const Json& json);
};

/// The beginning of a table, for the import sheet.
struct TablePreview {
    DatasetSummary summary; ///< counts may be estimates
    bool isComplete = false;
    std::vector<QStringList> rows; ///< at most 100
};

} // namespace ty::app

Q_DECLARE_METATYPE(ty::app::DatasetSummary)
