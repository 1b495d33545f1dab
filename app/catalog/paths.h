#pragma once

#include <string>

#include "engine/base/result.h"

namespace ty::catalog {

/// Where Trainyard keeps its files. A value; nothing is created before ensure().
///
/// In order: an explicit folder (`--data-dir`), TRAINYARD_HOME, the XDG base directories. With one of the first two
/// everything lies below that folder, so that a test or a second instance touches nothing else.
class Paths {
public:
    /// `dataDir`: the value of --data-dir, or empty.
    /// Errors: InvalidInput when neither a folder nor HOME is known.
    static Result<Paths> fromEnvironment(const std::string& dataDir = {});
    /// Everything below `root`.
    static Paths below(const std::string& root);

    const std::string& dataFolder() const { return m_data; }     ///< catalog, runs, models
    const std::string& configFolder() const { return m_config; } ///< settings of the window
    const std::string& cacheFolder() const { return m_cache; }   ///< may be deleted at any time
    const std::string& stateFolder() const { return m_state; }   ///< logs

    std::string catalogFile() const { return m_data + "/catalog.sqlite"; }
    std::string backupFolder() const { return m_data + "/backups"; }
    std::string runsFolder() const { return m_data + "/runs"; }
    std::string modelsFolder() const { return m_data + "/models"; }
    std::string logFile() const { return m_state + "/trainyard.log"; }

    /// Creates the folders; the ones of our own are readable by their owner alone (0700).
    Result<void> ensure() const;

private:
    std::string m_data;
    std::string m_config;
    std::string m_cache;
    std::string m_state;
};

} // namespace ty::catalog
