#pragma once

#include <string>
#include <vector>

#include <QDateTime>
#include <QString>

#include "engine/base/json.h"

namespace ty::app {

/// A line of evaluation/<part>_samples.csv.
struct SampleRow {
    QString id;
    QString truth;
    QString predicted;
    double confidence = 0; ///< NaN for regression
    double loss = 0;       ///< cross-entropy, or the absolute error
    quint64 sample = 0;    ///< index into the evaluated data
    bool isWrong = false;  ///< classification only
};

/// One evaluated part of a run.
struct PartPaper {
    Json report; ///< evaluation/<part>.json; null: not evaluated
    std::vector<SampleRow> samples;
    QString data; ///< path of the data that `sample` indexes
    QString title; ///< what the part is called; empty: by its place in the run

    bool isThere() const { return report.is_object(); }
};

struct FileRow {
    QString name; ///< relative to the run's folder
    qint64 bytes = 0;
    QDateTime modified;
};

/// What a run's folder holds for people to read. A value; load() reads files and belongs on a worker thread.
struct RunPaper {
    PartPaper training; ///< judged only where nothing can be learned by heart: groups without a target
    PartPaper validation;
    PartPaper test;
    Json started; ///< fields of the first "started" event: device, threads, version, host
    Json facts;   ///< fields of the "data" event
    Json plan;    ///< fields of the "plan" event
    Json spec;    ///< run.json
    std::vector<FileRow> files;
    QString log;  ///< its end, if it is long

    /// "training", "validation" or "test".
    const PartPaper& part(const QString& name) const
    {
        return name == QLatin1String("test") ? test : name == QLatin1String("training") ? training : validation;
    }

    static RunPaper load(const std::string& folder);
    /// The plan alone; an empty object when there is none.
    static Json planOf(const std::string& folder);
    /// Public for tests. Lines that are no sample are left out.
    static std::vector<SampleRow> parseSamples(const std::string& csv, bool isClassification);
};

} // namespace ty::app
