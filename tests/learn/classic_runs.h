#pragma once

#include <QTemporaryDir>

#include <string>
#include <vector>

#include "run_fixture.h"

namespace ty::engine {

/// Whole runs of learners of tables, in a folder that goes with it.
class ClassicRuns {
public:
    std::string path(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }

    /// @param test  empty: a fifth of the data judges
    Result<Json> train(const std::string& learner, const std::string& data, const std::string& test, const Json& settings = Json::object())
    {
        RunRequest request;
        request.spec.name = learner;
        request.spec.learner = learner;
        request.spec.data.training = data;
        request.spec.data.task = task;
        request.spec.data.test = test;
        request.spec.data.split.validation = test.empty() ? 0.2 : 0.0;
        if (data.find("seattle") != std::string::npos) {
            request.spec.data.columns["date"].role = "ignored";
        }
        request.spec.settings = settings;
        request.folder.root = path(learner + std::to_string(m_count++));
        modelFolder = request.folder.modelFolder();
        CollectingSink sink;
        StoppableControl control;
        auto result = executeRun(request, sink, control);
        epochs = sink.of("epoch");
        return result;
    }

    std::string task;        ///< of the data; empty: guessed
    std::string modelFolder; ///< of the last run
    std::vector<Json> epochs; ///< of the last run

private:
    QTemporaryDir m_folder;
    int m_count = 0;
};

} // namespace ty::engine
