#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/sample_fixes.h"

namespace ty::app {

/// Corrections of a run's samples that a person is collecting, with every step back. `file` is a key of DataSpec::fixes.
class FixBook {
public:
    void relabel(const std::string& file, const std::string& id, const std::string& label);
    void exclude(const std::string& file, const std::string& id);
    /// Takes the last step back; false if there is none.
    bool undo();
    void clear();

    const SampleFixes& fixesOf(const std::string& file) const;
    const std::map<std::string, SampleFixes>& all() const { return m_fixes; }
    std::size_t count() const;
    bool canUndo() const { return !m_steps.empty(); }

    /// Without the steps.
    Json toJson() const;
    static FixBook fromJson(const Json& json);
    /// These corrections over earlier ones.
    void mergeInto(std::map<std::string, SampleFixes>& fixes) const;

private:
    struct Step {
        std::string file;
        std::string id;
        std::optional<std::string> label; ///< before
        bool wasExcluded = false;         ///< before
    };
    void remember(const std::string& file, const std::string& id);

    std::map<std::string, SampleFixes> m_fixes;
    std::vector<Step> m_steps;
};

} // namespace ty::app
