#include "app/runner/messages.h"

#include <cerrno>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace ty::runner {

namespace {

double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

int reportError(const Error& error, OutputForm form)
{
    if (form == OutputForm::Json) {
        const Json json{
            {"error",
             {{"kind", errorKindName(error.kind)}, {"message", error.message}, {"advice", error.advice}}}};
        (void)printText(toJsonLine(json) + "\n");
    }
    std::fprintf(stderr, "error: %s\n", error.message.c_str());
    if (!error.advice.empty()) {
        std::fprintf(stderr, "       %s\n", error.advice.c_str());
    }
    return exitCode(error.kind);
}

void reportWarning(const std::string& text)
{
    std::fprintf(stderr, "warning: %s\n", text.c_str());
}

Result<void> printText(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        return errnoError(errno, "cannot write", "the standard output");
    }
    return {};
}

Result<void> printJson(const Json& json)
{
    return printText(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

ReadingProgress::ReadingProgress(OutputForm form)
    : m_form(form)
    , m_isTerminal(isatty(STDERR_FILENO) == 1)
{
}

ReadingProgress::~ReadingProgress()
{
    if (m_isShown) {
        std::fputs("\r\033[K", stderr);
    }
}

void ReadingProgress::show(double done, const std::string& what)
{
    constexpr double kInterval = 0.1;
    const double now = steadySeconds();
    if (now - m_lastSeconds < kInterval) {
        return;
    }
    m_lastSeconds = now;
    if (m_form == OutputForm::Json && !m_isTerminal) {
        std::fprintf(stderr, "%s\n", toJsonLine({{"progress", done}, {"what", what}}).c_str());
    } else if (m_isTerminal) {
        const std::string share = done < 0 ? "" : fmt::format("{:3.0f} %  ", done * 100);
        std::fprintf(stderr, "\r\033[K%s%s", share.c_str(), what.substr(0, 60).c_str());
        m_isShown = true;
    }
}

} // namespace ty::runner
