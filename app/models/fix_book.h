#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/sample_fixes.h"

namespace ty::app {

/// Corrections of samples that a person is collecting, with every step back; those made together go together. `file` is a key of
/// DataSpec::fixes.
class FixBook {
public:
    void relabel(const std::string& file, const std::string& id, const std::string& label);
    void exclude(const std::string& file, const std::string& id);
    /// @param restored  samples that go back to what the data says in the same act
    void relabel(
        const std::string& file, const std::vector<std::string>& ids, const std::string& label,
        const std::vector<std::string>& restored = {});
    void exclude(const std::string& file, const std::vector<std::string>& ids);
    /// Takes corrections of these samples back, which is a step as well.
    void forget(const std::string& file, const std::vector<std::string>& ids);
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
        int act = 0; ///< those of one act are taken back together
    };
    void remember(const std::string& file, const std::string& id);
    void restore(const std::string& file, const std::vector<std::string>& ids);

    std::map<std::string, SampleFixes> m_fixes;
    std::vector<Step> m_steps;
    int m_act = 0;
};

} // namespace ty::app
