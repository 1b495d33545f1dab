#pragma once

#include <QByteArray>
#include <QtGlobal>

#include <cstdint>
#include <fstream>
#include <string>

namespace ty {

/// Lets the process believe in less memory while it lives.
class MemoryLimit {
public:
    /// @param text  as $TRAINYARD_MEMORY takes it; "1" leaves nothing
    explicit MemoryLimit(const std::string& text) : m_isSet(qEnvironmentVariableIsSet(kName)), m_before(qgetenv(kName))
    {
        qputenv(kName, QByteArray::fromStdString(text));
    }
    MemoryLimit(const MemoryLimit&) = delete;
    MemoryLimit& operator=(const MemoryLimit&) = delete;
    ~MemoryLimit()
    {
        if (m_isSet) {
            qputenv(kName, m_before);
        } else {
            qunsetenv(kName);
        }
    }

private:
    static constexpr const char* kName = "TRAINYARD_MEMORY";
    bool m_isSet;
    QByteArray m_before;
};

/// Memory of this process that is no file's.
inline std::uint64_t anonymousBytes()
{
    std::ifstream lines("/proc/self/status");
    std::string word;
    std::uint64_t kibibytes = 0;
    while (lines >> word) {
        if (word == "RssAnon:" && lines >> kibibytes) {
            return kibibytes * 1024;
        }
    }
    return 0;
}

} // namespace ty
