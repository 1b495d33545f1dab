#pragma once

#include <filesystem>
#include <string>

#include <QByteArray>

#include "tests/data/data_files.h"

namespace ty::engine {

/// While it lives, temporary files of this process go to a folder of its own.
class TemporaryPlace {
public:
    TemporaryPlace() { qputenv("TMPDIR", QByteArray::fromStdString(m_files.folder())); }
    ~TemporaryPlace() { m_before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", m_before); }
    TemporaryPlace(const TemporaryPlace&) = delete;
    TemporaryPlace& operator=(const TemporaryPlace&) = delete;

    const FolderOfFiles& files() const { return m_files; }

private:
    FolderOfFiles m_files; ///< made before TMPDIR leads into it
    QByteArray m_before = qgetenv("TMPDIR");
};

} // namespace ty::engine
