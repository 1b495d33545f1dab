#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::runner {

enum class OutputForm { Text, Json };

/// Says an error in the form "error: what / advice" on standard error and, for OutputForm::Json, also as
/// {"error": {"kind", "message", "advice"}} on standard output. Result: the process's exit code.
int reportError(const Error& error, OutputForm form);
/// "warning: ..." on standard error.
void reportWarning(const std::string& text);
/// Pretty-printed on standard output. Errors: Io when the reader of a pipe is gone, DiskFull.
Result<void> printJson(const Json& json);
Result<void> printText(const std::string& text);

/// Progress of reading data on standard error, at most ten times a second: on a terminal one line that is written over;
/// else {"progress": 0.4, "what": "..."} lines for OutputForm::Json, and nothing for OutputForm::Text.
class ReadingProgress {
public:
    explicit ReadingProgress(OutputForm form);
    ~ReadingProgress();
    ReadingProgress(const ReadingProgress&) = delete;
    ReadingProgress& operator=(const ReadingProgress&) = delete;

    /// @param done  in [0, 1], negative when unknown
    void show(double done, const std::string& what);

private:
    OutputForm m_form;
    bool m_isTerminal;
    bool m_isShown = false;
    double m_lastSeconds = -1;
};

} // namespace ty::runner
